/** The certificates of a campaign and its list of revoked ones, checked by OpenSSL, which shares no code with it. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Campaign, day, type Member, now } from '../support/campaign.ts'
import { withoutOpenssl } from '../support/certificates.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'

const run = promisify(execFile)

describe.skipIf(withoutOpenssl !== null)(`OpenSSL on the certificates ${withoutOpenssl ?? ''}`, () => {
	let clear: () => Promise<void>
	let campaign: Campaign
	let kiosk: Member
	let broker: Member
	let centre: Member

	beforeAll(async () => {
		const home = await temporaryFolderOf((gone) => {
			clear = gone
		})
		campaign = await Campaign.make(home)
		centre = await campaign.member('centre', 'centre')
		broker = await campaign.broker('broker', 'broker.example', '192.0.2.7')
		kiosk = await campaign.member('kiosk')
	})
	afterAll(() => clear())

	const ofCampaign = (name: string) => join(campaign.authority, name)
	async function verify(words: readonly string[], at = now): Promise<string> {
		const chain = ['-CAfile', ofCampaign('root.pem'), '-untrusted', ofCampaign('campaign.pem')]
		const all = ['verify', '-x509_strict', '-attime', String(at / 1000), ...chain, ...words]
		const { stdout, stderr } = await run('openssl', all).catch((error) => error)
		return `${stdout}${stderr}`
	}

	test('all chain to the root, strictly', async () => {
		for (const path of [
			ofCampaign('campaign.pem'),
			...[kiosk, centre].map(({ directory }) => join(directory, 'certificate.pem')),
			...[kiosk, centre, broker].map(({ directory }) => join(directory, 'tls.pem')),
		]) {
			expect(await verify([path])).toBe(`${path}: OK\n`)
		}
	})

	test('each is good for its purpose only, and a broker for its names only', async () => {
		const [client, server] = [kiosk, broker].map(({ directory }) => join(directory, 'tls.pem'))
		const signing = join(kiosk.directory, 'certificate.pem')
		const unsuitable = /unsuitable certificate purpose/
		for (const [answer, ...words] of [
			[/OK/, 'sslclient', client],
			[/OK/, 'sslserver', '-verify_hostname', 'broker.example', server],
			[/OK/, 'sslserver', '-verify_ip', '192.0.2.7', server],
			[/mismatch/, 'sslserver', '-verify_hostname', 'other.example', server],
			...[[unsuitable, 'sslserver', client] as const, [unsuitable, 'sslclient', server] as const],
			...['sslclient', 'sslserver', 'smimesign'].map((use) => [unsuitable, use, signing] as const),
		] as const) {
			expect(await verify(['-purpose', ...words.map(String)])).toMatch(answer)
		}
	})

	test('a campaign may issue no authority, a device nothing', async () => {
		const shown = async (path: string) => {
			const extensions = 'basicConstraints,keyUsage,extendedKeyUsage'
			return (await run('openssl', ['x509', '-in', path, '-noout', '-subject', '-ext', extensions])).stdout
		}
		expect(await shown(ofCampaign('campaign.pem'))).toMatch(
			/CN = a-[a-z2-7]{10}\n[\s\S]*Basic Constraints: critical\s+CA:TRUE, pathlen:0\s+X509v3 Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign\s+$/,
		)
		expect(await shown(join(kiosk.directory, 'certificate.pem'))).toMatch(
			/CN = k-[a-z2-7]{10}\n[\s\S]*critical\s+CA:FALSE\s+X509v3 Key Usage: critical\s+Digital Signature\s+X509v3 Extended Key Usage: critical\s+2\.25\.\d+\.1\s+$/,
		)
	})

	test('a list of nobody revoked is well signed, and revokes nobody', async () => {
		const list = await campaign.revocationList()
		const by = ['-CAfile', ofCampaign('campaign.pem')]
		const read = await run('openssl', ['crl', '-in', list, '-noout', '-text', ...by])
		expect(`${read.stdout}${read.stderr}`).toMatch(/verify OK/)
		expect(read.stdout).toMatch(/X509v3 CRL Number:\s+\d+\n[\s\S]*No Revoked Certificates/)
		const path = join(kiosk.directory, 'tls.pem')
		expect(await verify(['-crl_check', '-CRLfile', list, path])).toContain('OK')
	})

	test("of two kiosks the revoked one is, both its certificates, to the campaign's end", async () => {
		const lost = await campaign.member('lost')
		await campaign.revoke(lost)
		const list = await campaign.revocationList(now + day)
		for (const at of [now + 2 * day, now + 29 * day]) {
			for (const name of ['certificate.pem', 'tls.pem']) {
				const of = ({ directory }: Member) =>
					verify(['-crl_check', '-CRLfile', list, join(directory, name)], at)
				expect(await of(lost)).toContain('certificate revoked')
				expect(await of(kiosk)).toMatch(/: OK\n$/)
			}
		}
	})
})
