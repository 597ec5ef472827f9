import { randomBytes } from 'node:crypto'
import { appendFile, chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CampaignAuthority, makeAuthority } from '#src/enrolment/authority.js'
import { certify } from '#src/enrolment/certify.js'
import { readRequest, signRequest } from '#src/enrolment/request.js'
import { CentreList } from '#src/evidence/authority/centre-list.js'
import { commonName } from '#src/evidence/keys/certificate.js'
import { Campaign, day, now } from '../support/campaign.ts'
import { inDirectory } from '../support/in-directory.ts'
import { codeOf, gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'

const inCampaign = (work: (campaign: Campaign) => Promise<void>) =>
	inDirectory(async (directory) => work(await Campaign.make(directory)))

async function opening({ authority }: Campaign, at = now): Promise<string> {
	const opened = await CampaignAuthority.open(authority, at)
	if (opened.ok) await opened.value.close()
	return codeOf(opened)
}

/** What becomes of a request at an authority that is open. */
const answered = (campaign: Campaign, request: string) =>
	campaign.use(async (authority) =>
		codeOf(await certify(authority, gotten(readRequest(request)), { now, random: randomBytes })),
	)

describe("a campaign's authority", () => {
	test('keeps its keys for itself, and is never overwritten', () =>
		inCampaign(async ({ authority }) => {
			const before = await readFile(join(authority, 'root-key.pem'))
			for (const name of ['root-key.pem', 'campaign-key.pem']) {
				expect((await stat(join(authority, name))).mode & 0o777).toBe(0o600)
			}
			const again = await makeAuthority(authority, { now, random: randomBytes, days: 1 })
			expect(codeOf(again)).toBe('already-there')
			expect(await readFile(join(authority, 'root-key.pem'))).toEqual(before)
		}))

	test('works without the key of its root', () =>
		inCampaign(async (campaign) => {
			await rm(join(campaign.authority, 'root-key.pem'))
			const { request, id } = await campaign.machine('kiosk')
			const { tls } = await campaign.certify(request)
			expect(tls && commonName(tls)).toBe(id)
		}))

	test('gives the same request the same certificates, also after a start', () =>
		inCampaign(async (campaign) => {
			const { request } = await campaign.machine('kiosk')
			const first = await campaign.certify(request)
			const again = await campaign.certify(request, now + day)
			expect(again.signing?.raw).toEqual(first.signing?.raw)
			expect(again.tls?.raw).toEqual(first.tls?.raw)
		}))

	test('id-taken: never two requests with one id, whatever became of the first', () =>
		inCampaign(async (campaign) => {
			const id = 'k-abcdefghij'
			await campaign.certify(await signRequest('device', makeSigner(id), makeSigner(id)))
			await campaign.revoke({ id }, 7)
			const second = await signRequest('device', makeSigner(id), makeSigner(id))
			expect(await answered(campaign, second)).toBe('id-taken')
			await campaign.use(async ({ log }) => expect(log.issued()).toHaveLength(1))
		}))

	test('revoked: what was answered and revoked since is not answered again', () =>
		inCampaign(async (campaign) => {
			const { request, id } = await campaign.machine('kiosk')
			await campaign.certify(request)
			await campaign.revoke({ id }, 7)
			expect(await answered(campaign, request)).toBe('revoked')
		}))

	test('clock-behind: nothing is issued before what was issued last', () =>
		inCampaign(async (campaign) => {
			await campaign.certify((await campaign.machine('one')).request, now + day)
			expect(await answered(campaign, (await campaign.machine('two')).request)).toBe('clock-behind')
		}))

	test('names the centres of now to a device, and none that was revoked', () =>
		inCampaign(async (campaign) => {
			const [first, second] = [await campaign.machine('c1', 'centre'), await campaign.machine('c2', 'centre')]
			await campaign.certify(first.request)
			const { request } = await campaign.machine('kiosk')
			const named = async () => {
				const { centres, campaign: certificate } = await campaign.certify(request)
				const list = new CentreList(certificate.publicKey, null)
				expect(gotten(list.take(centres ?? ''))).toBe(true)
				return [list.issue, ...list.centres.map(({ id }) => id), ...list.revoked]
			}
			expect(await named()).toEqual([1, first.id])
			expect(await named()).toEqual([1, first.id])
			await campaign.certify(second.request)
			expect(await named()).toEqual([2, first.id, second.id])
			await campaign.revoke(second, 7)
			expect(await named()).toEqual([3, first.id, { id: second.id, reason: 'lost' }])
		}))

	test('a last line that a power cut left half is put aside; its id was never answered', () =>
		inCampaign(async (campaign) => {
			await campaign.certify((await campaign.machine('one')).request)
			await appendFile(join(campaign.authority, 'authority.jsonl'), '{"kind":"issued","id":"k-')
			const { request, id } = await campaign.machine('two')
			await campaign.certify(request)
			await campaign.use(async ({ log }) => {
				expect(log.issued()).toHaveLength(2)
				expect(log.issuedTo(id)?.role).toBe('device')
			})
		}))

	test.each<[string, (campaign: Campaign) => Promise<unknown>]>([
		['key-exposed', ({ authority }) => chmod(join(authority, 'campaign-key.pem'), 0o644)],
		['key-missing', ({ authority }) => rm(join(authority, 'campaign-key.pem'))],
		['file-missing', ({ authority }) => rm(join(authority, 'campaign.pem'))],
		['not-a-certificate', ({ authority }) => writeFile(join(authority, 'root.pem'), 'a root')],
		['log-damaged', ({ authority }) => writeFile(join(authority, 'authority.jsonl'), '{}\n')],
		['log-unreadable', ({ authority }) => mkdir(join(authority, 'authority.jsonl'))],
		['key-mismatch', (campaign) => replace(campaign, 'campaign-key.pem')],
		['foreign-certificate', (campaign) => replace(campaign, 'root.pem')],
	])('%s: it does not open', (code, harm) =>
		inCampaign(async (campaign) => {
			await harm(campaign)
			expect(await opening(campaign)).toBe(code)
		}),
	)

	test('locked: while another command works with it', () =>
		inCampaign((campaign) => campaign.use(async () => expect(await opening(campaign)).toBe('locked'))))

	test('certificate-expired: after its days', () =>
		inCampaign(async (campaign) => {
			expect(await opening(campaign, now + 30 * day)).toBe('ok')
			expect(await opening(campaign, now + 30 * day + 1_000)).toBe('certificate-expired')
		}))
})

/** Another campaign's file in place of ours. */
function replace({ authority }: Campaign, name: string): Promise<void> {
	return inDirectory(async (elsewhere) => {
		const other = await Campaign.make(elsewhere)
		await writeFile(join(authority, name), await readFile(join(other.authority, name)))
	})
}
