/** Certificates by openssl, made on the spot and kept nowhere. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const withoutOpenssl = (() => {
	try {
		execFileSync('openssl', ['version'], { stdio: 'ignore' })
		return null
	} catch {
		return 'skipped, openssl is not installed (apt install openssl)'
	}
})()

export interface CertificateWishes {
	/** Milliseconds since 1970. */
	readonly from: number
	readonly to: number
	/** As openssl writes it: `DNS:localhost`. */
	readonly names?: string
	/** `CA:TRUE` for one that may sign others. */
	readonly constraints?: string
	/** Extended key usage. */
	readonly usage?: string
}

/** Name of a certificate's files in `directory`: `<name>.pem` and `<name>.key`. */
export class Certificates {
	readonly directory: string

	constructor(directory: string) {
		this.directory = directory
		writeFileSync(join(directory, 'index.txt'), '')
		writeFileSync(join(directory, 'index.txt.attr'), 'unique_subject = no\n')
	}

	path(name: string): string {
		return join(this.directory, name)
	}

	/** Makes a key, and a certificate for it that `by` signs; signed by itself without. */
	make(name: string, { from, to, names, constraints, usage }: CertificateWishes, by?: string): void {
		const run = (...words: string[]) =>
			execFileSync('openssl', words, { cwd: this.directory, stdio: ['ignore', 'ignore', 'pipe'] })
		const extensions = [
			`basicConstraints = critical, ${constraints ?? 'CA:FALSE'}`,
			...(names === undefined ? [] : [`subjectAltName = ${names}`]),
			...(usage === undefined ? [] : [`extendedKeyUsage = ${usage}`]),
		]
		// Only `openssl ca` takes both ends of the time (openssl 3.0).
		writeFileSync(
			this.path('ca.cnf'),
			[
				...['[ca]', 'default_ca = here', '[here]', 'database = index.txt', 'new_certs_dir = .'],
				...['rand_serial = yes', 'default_md = sha256', 'policy = any', '[any]', 'commonName = supplied'],
				...['[req]', 'distinguished_name = any', '[wished]', ...extensions, ''],
			].join('\n'),
		)
		run('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`)
		const files = ['-key', `${name}.key`, '-out', `${name}.csr`]
		run('req', '-new', '-config', 'ca.cnf', '-subj', `/CN=${name}`, ...files)
		const signer =
			by === undefined
				? ['-selfsign', '-keyfile', `${name}.key`]
				: ['-cert', `${by}.pem`, '-keyfile', `${by}.key`]
		run(
			...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-extensions', 'wished', ...signer],
			...['-startdate', asn1Time(from), '-enddate', asn1Time(to)],
			...['-in', `${name}.csr`, '-out', `${name}.pem`],
		)
	}
}

/** YYYYMMDDHHMMSSZ (RFC 5280, section 4.1.2.5.2). */
function asn1Time(milliseconds: number): string {
	return `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
}
