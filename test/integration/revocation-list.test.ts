/** A broker's list of revoked certificates, checked by OpenSSL as mosquitto checks it. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Campaign, day, now } from '../support/campaign.ts'
import { withoutOpenssl } from '../support/certificates.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test.skipIf(withoutOpenssl !== null)(
	`of two kiosks the revoked one is, both its certificates, to the campaign's end ${withoutOpenssl ?? ''}`,
	async () => {
		const directory = await temporaryFolder()
		const campaign = await Campaign.make(directory)
		const [lost, kept] = [await campaign.machine('lost'), await campaign.machine('kept')]
		const certificates = new Map<string, string>()
		for (const { id, request } of [lost, kept]) {
			const { signing, tls } = await campaign.certify(request)
			certificates.set(`${id}-signing`, String(signing)).set(`${id}-tls`, String(tls))
		}
		await campaign.revoke(lost)
		const list = await campaign.revocationList(now + day)

		const verify = async (name: string, at: number) => {
			const path = join(directory, `${name}.pem`)
			await writeFile(path, certificates.get(name) ?? '')
			const words = [
				...['verify', '-crl_check', '-CRLfile', list, '-attime', String(at / 1000)],
				...['-CAfile', join(campaign.authority, 'root.pem')],
				...['-untrusted', join(campaign.authority, 'campaign.pem'), path],
			]
			const { stdout, stderr } = await promisify(execFile)('openssl', words).catch((error) => error)
			return `${stdout}${stderr}`
		}
		for (const at of [now + 2 * day, now + 29 * day]) {
			for (const use of ['signing', 'tls']) {
				expect(await verify(`${lost.id}-${use}`, at)).toContain('certificate revoked')
				expect(await verify(`${kept.id}-${use}`, at)).toMatch(/: OK\n$/)
			}
		}
	},
)
