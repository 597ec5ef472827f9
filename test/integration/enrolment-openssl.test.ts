/** The certificates and fingerprint words of an enrolment, checked by programs that share no code with it. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutOpenssl } from '../support/certificates.ts'
import { type Desk, desks, enrol } from '../support/desk.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'

const run = promisify(execFile)

describe.skipIf(withoutOpenssl !== null)(`OpenSSL on the certificates ${withoutOpenssl ?? ''}`, () => {
	let clear: () => Promise<void>
	let laptop: Desk
	let kiosk: Desk
	let broker: Desk
	let centre: Desk

	beforeAll(async () => {
		const home = await temporaryFolderOf((gone) => {
			clear = gone
		})
		;({ laptop, kiosk, broker, centre } = await desks(home))
		const rootWords = (await laptop.gets('ca', 'init', '--dir', 'ca', '--days', '30'))[2] ?? ''
		await enrol(laptop, centre, rootWords, 'centre')
		await enrol(laptop, broker, rootWords, 'broker', '--name', 'broker.example', '192.0.2.7')
		await enrol(laptop, kiosk, rootWords, 'request')
	}, 240_000)
	afterAll(() => clear())

	const chain = () => ['-CAfile', laptop.path('ca/root.pem'), '-untrusted', laptop.path('ca/campaign.pem')]
	async function verify(...words: string[]): Promise<string> {
		const done = await run('openssl', ['verify', '-x509_strict', ...chain(), ...words]).catch(
			(error) => error,
		)
		return `${done.stdout}${done.stderr}`
	}

	test('all chain to the root, strictly', async () => {
		for (const path of [
			laptop.path('ca/campaign.pem'),
			...[kiosk, centre].map((desk) => desk.path('identity/certificate.pem')),
			...[kiosk, centre, broker].map((desk) => desk.path('identity/tls.pem')),
			kiosk.path('identity/centre.pem'),
		]) {
			expect(await verify(path)).toBe(`${path}: OK\n`)
		}
	})

	test('each is good for its purpose only, and a broker for its names only', async () => {
		const client = kiosk.path('identity/tls.pem')
		const server = broker.path('identity/tls.pem')
		const signing = kiosk.path('identity/certificate.pem')
		const unsuitable = /unsuitable certificate purpose/
		for (const [answer, ...words] of [
			[/OK/, 'sslclient', client],
			[/OK/, 'sslserver', '-verify_hostname', 'broker.example', server],
			[/OK/, 'sslserver', '-verify_ip', '192.0.2.7', server],
			[/mismatch/, 'sslserver', '-verify_hostname', 'other.example', server],
			...[[unsuitable, 'sslserver', client] as const, [unsuitable, 'sslclient', server] as const],
			...['sslclient', 'sslserver', 'smimesign'].map((use) => [unsuitable, use, signing] as const),
		] as const) {
			expect(await verify('-purpose', ...words)).toMatch(answer)
		}
	})

	test('a campaign may issue no authority, a device nothing', async () => {
		const shown = async (path: string) => {
			const extensions = 'basicConstraints,keyUsage,extendedKeyUsage'
			return (await run('openssl', ['x509', '-in', path, '-noout', '-subject', '-ext', extensions])).stdout
		}
		expect(await shown(laptop.path('ca/campaign.pem'))).toMatch(
			/CN = a-[a-z2-7]{10}\n[\s\S]*Basic Constraints: critical\s+CA:TRUE, pathlen:0\s+X509v3 Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign\s+$/,
		)
		expect(await shown(kiosk.path('identity/certificate.pem'))).toMatch(
			/CN = k-[a-z2-7]{10}\n[\s\S]*critical\s+CA:FALSE\s+X509v3 Key Usage: critical\s+Digital Signature\s+X509v3 Extended Key Usage: critical\s+2\.25\.\d+\.1\s+$/,
		)
	})

	test('a list of nobody revoked is well signed, and revokes nobody', async () => {
		await laptop.gets('ca', 'crl', '--dir', 'ca', '--out', 'crl.pem')
		const list = laptop.path('crl.pem')
		const by = ['-CAfile', laptop.path('ca/campaign.pem')]
		const read = await run('openssl', ['crl', '-in', list, '-noout', '-text', ...by])
		expect(`${read.stdout}${read.stderr}`).toMatch(/verify OK/)
		expect(read.stdout).toMatch(/X509v3 CRL Number:\s+\d+\n[\s\S]*No Revoked Certificates/)
		expect(await verify('-crl_check', '-CRLfile', list, kiosk.path('identity/tls.pem'))).toContain('OK')
	})

	test('the words are the first 88 bits of the SHA-256 of the request, as anybody can work out', async () => {
		const path = kiosk.path('identity/request.txt')
		const digest = createHash('sha256')
			.update((await readFile(path, 'utf8')).trim())
			.digest('hex')
		const bits = BigInt(`0x${digest}`).toString(2).padStart(256, '0').slice(0, 88)
		const words = (bits.match(/.{11}/g) ?? []).map((eleven) => wordlist[Number.parseInt(eleven, 2)])
		await laptop.gets('ca', 'sign', path, '--dir', 'ca', '--words', words.join(' '))
	})
})
