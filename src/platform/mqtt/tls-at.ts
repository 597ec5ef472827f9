/**
 * TLS for a machine whose clock is surely behind, as one that says 1970: to it no certificate is valid yet.
 * Here the peer's is checked by a later time, one that has certainly passed.
 *
 * Node can give OpenSSL no other time than the system's, and of several faults of a chain it names one only,
 * so "not yet valid" may hide "signed by a stranger": passing over it would pass over both. So the handshake,
 * which proves that the peer holds the key of its certificate, goes through unchecked; not a byte is sent; and
 * `openssl verify` checks the chain, the name and the purpose by all of OpenSSL's rules, at the later time.
 * What has expired since then is still taken: without a clock nobody can know.
 */
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { promisify } from 'node:util'
import { instant } from '../clock.ts'
import { type Fault, fail, ok, type Result } from '../result.ts'

export interface TlsEndpoint {
	/** A name or an address, without brackets. */
	readonly host: string
	readonly port: number
}

/** PEM: who may sign the peer's certificate (otherwise those that Node knows), and our own. */
export interface TlsCredentials {
	readonly ca?: Buffer | undefined
	readonly cert?: Buffer | undefined
	readonly key?: Buffer | undefined
}

/** `untrusted`: this peer is not to be spoken to, or there is no `openssl` to check it. */
export type TlsFault = Fault<'unreachable' | 'untrusted'>

/** When our own certificate was issued, milliseconds since 1970; 0 without one. Throws when it is none. */
export function issueOf({ cert }: TlsCredentials): number {
	return cert === undefined ? 0 : Date.parse(new X509Certificate(cert).validFrom)
}

/** A socket that is connected to a peer whose certificate is good at `time`, milliseconds since 1970. */
export async function connectTlsAt(
	time: number,
	{ host, port }: TlsEndpoint,
	credentials: TlsCredentials,
	signal: AbortSignal,
): Promise<Result<TLSSocket, TlsFault>> {
	const name = isIP(host) === 0 ? { servername: host } : {}
	const socket = tlsConnect({ ...credentials, ...name, host, port, rejectUnauthorized: false })
	// Stays: an error without a listener would end the process.
	socket.on('error', () => {})
	const abort = () => socket.destroy(new Error('given up'))
	signal.addEventListener('abort', abort)
	try {
		if (signal.aborted) throw new Error('given up')
		await once(socket, 'secureConnect')
		const trusted = credentials.ca ?? rootCertificates.join('\n')
		const fault = await checkChain(chainOf(socket), host, trusted, time, signal)
		if (fault === null && !socket.destroyed) return ok(socket)
		socket.destroy()
		return fault === null ? fail('unreachable', `${host}: the connection is gone`) : { ok: false, fault }
	} catch (error) {
		socket.destroy()
		return fail('unreachable', `${host}: ${(error as Error).message}`)
	} finally {
		signal.removeEventListener('abort', abort)
	}
}

/** As the peer sent it, its own first. */
function chainOf(socket: TLSSocket): readonly X509Certificate[] {
	const chain: X509Certificate[] = []
	let next = socket.getPeerX509Certificate()
	while (next !== undefined && !chain.some(({ fingerprint256 }) => fingerprint256 === next?.fingerprint256)) {
		chain.push(next)
		next = next.issuerCertificate
	}
	return chain
}

async function checkChain(
	[own, ...others]: readonly X509Certificate[],
	host: string,
	trusted: string | Buffer,
	time: number,
	signal: AbortSignal,
): Promise<TlsFault | null> {
	if (own === undefined) return fail('untrusted', `${host} shows no certificate`).fault
	const directory = await mkdtemp(join(tmpdir(), 'testigo-tls-'))
	const file = (name: string) => join(directory, name)
	try {
		await writeFile(file('trusted.pem'), trusted)
		await writeFile(file('others.pem'), others.map(String).join(''))
		await writeFile(file('own.pem'), String(own))
		const words = [
			...['verify', '-attime', String(Math.floor(time / 1000)), '-purpose', 'sslserver'],
			// Level 2: no RSA under 2048 bits and no SHA-1, whatever the system's configuration says.
			...['-auth_level', '2', isIP(host) === 0 ? '-verify_hostname' : '-verify_ip', host],
			...['-no-CApath', '-no-CAstore', '-CAfile', file('trusted.pem')],
			...(others.length === 0 ? [] : ['-untrusted', file('others.pem')]),
			file('own.pem'),
		]
		await promisify(execFile)('openssl', words, { signal })
		return null
	} catch (error) {
		const { code, stderr } = error as { code?: unknown; stderr?: string }
		if (code === 'ENOENT') {
			return fail('untrusted', `this machine's clock is wrong, and without openssl nobody is trusted`).fault
		}
		const reason = /^error .*$/m.exec(stderr ?? '')?.[0] ?? String(code)
		return fail('untrusted', `${host}, verified at ${instant(time)}: ${reason}`).fault
	} finally {
		await rm(directory, { recursive: true, force: true })
	}
}
