/** What an authority issues for the public log: campaign objects and lists of mirrors. */
import { expect, test } from 'vitest'
import {
	issueCampaign,
	issueMirrors,
	namedRegistry,
	signedCampaigns,
	signedMirrors,
	type WantedCampaign,
} from '#src/enrolment/publish-campaign.js'
import { issueRegistry, revoke } from '#src/enrolment/publish-devices.js'
import { signCampaign } from '#src/evidence/authority/campaign.js'
import { digestOfText } from '#src/evidence/authority/centre-list.js'
import { formatVerifierKey, noteType, verifierKey } from '#src/evidence/keys/verifier-key.js'
import { now, Campaign as TheCampaign } from '../support/campaign.ts'
import { inDirectory } from '../support/in-directory.ts'
import { codeOf, gotten } from '../support/result.ts'

const digest = 'a'.repeat(64)
const origin = 'log.example/2024'
const wanted: WantedCampaign = {
	...{ election: 've-2024-presidential', definition: digest, register: digest },
	...{ registry: { issue: 1, sha256: digest }, centres: { issue: 1, sha256: digest } },
	log: { origin, vkey: formatVerifierKey(verifierKey(origin, noteType, new Uint8Array(32).fill(9))) },
	...{ witnesses: [], threshold: 0, rehearsal: false, earlier: [] },
}

test('a campaign object is signed where it says something else; all issues are kept, also when it is opened anew', () =>
	inDirectory(async (directory) => {
		const campaign = await TheCampaign.make(directory)
		const first = await campaign.use(async (authority) => {
			const issued = gotten(await issueCampaign(authority, wanted, [], now))
			expect(issued).toMatchObject({ isNew: true, before: null, newest: { said: { issue: 1 } } })
			const again = gotten(await issueCampaign(authority, wanted, issued.texts, now + 5000))
			expect([again.isNew, again.newest.text, again.texts]).toEqual([
				...[false, issued.newest.text, issued.texts],
			])
			return issued.newest
		})
		await campaign.use(async (authority) => {
			const changed = { ...wanted, register: 'b'.repeat(64) }
			const { newest, before, texts } = gotten(
				await issueCampaign(authority, changed, [first.text], now + 9000),
			)
			expect([before?.text, newest.said.issue, newest.said.time]).toEqual([
				...[first.text, 2, '2026-11-23T12:00:09Z'],
			])
			expect(texts).toEqual([first.text, newest.text])
			expect(signedCampaigns(authority).map(({ text }) => text)).toEqual(texts)
		})
	}))

test('nothing is signed that is not good, does not go on, or has a number that is taken', () =>
	inDirectory(async (directory) => {
		const campaign = await TheCampaign.make(directory)
		await campaign.use(async (authority) => {
			const { newest } = gotten(await issueCampaign(authority, wanted, [], now))
			const issue = (other: Partial<WantedCampaign>, published: readonly string[] = [newest.text]) =>
				issueCampaign(authority, { ...wanted, ...other }, published, now)
			const { v: _v, ...said } = newest.said
			const bySomebody = async (other: object) =>
				(await signCampaign({ v: 1, ...said, ...other }, authority.signer)).text
			expect(await issue({ threshold: 2, register: 'none' })).toMatchObject({
				fault: {
					code: 'not-good',
					faults: [expect.stringMatching('^register'), expect.stringMatching('^threshold')],
				},
			})
			expect(codeOf(await issue({ rehearsal: true }))).toBe('campaign-changed')
			const twin = await bySomebody({ register: 'c'.repeat(64) })
			expect(await issue({ register: 'b'.repeat(64) }, [twin])).toMatchObject({
				fault: { code: 'campaign-equivocation', texts: [newest.text, twin] },
			})
			const later = await bySomebody({ issue: 2 })
			expect(codeOf(await issue({ register: 'b'.repeat(64) }, [newest.text, later]))).toBe('log-behind')
			expect(signedCampaigns(authority)).toHaveLength(1)
		})
	}))

test('a list of mirrors rises when it changes; it can be emptied', () =>
	inDirectory(async (directory) => {
		const campaign = await TheCampaign.make(directory)
		await campaign.use(async (authority) => {
			expect(signedMirrors(authority)).toBeNull()
			const issue = async (...mirrors: string[]) => gotten(await issueMirrors(authority, mirrors, [], now))
			expect((await issue('https://espejo.example')).newest.said.issue).toBe(1)
			expect((await issue('https://espejo.example')).isNew).toBe(false)
			expect((await issue()).newest.said).toMatchObject({ issue: 2, mirrors: [] })
			expect(signedMirrors(authority)?.said.issue).toBe(2)
			expect(codeOf(await issueMirrors(authority, ['a\nb'], [], now))).toBe('not-good')
		})
	}))

test('registry-stale: what was certified or revoked stands in the registry that is named', () =>
	inDirectory(async (directory) => {
		const campaign = await TheCampaign.make(directory)
		const { id } = await campaign.member('kiosk')
		const before = await campaign.use(async (authority) => {
			const { text } = await issueRegistry(authority, now)
			expect(gotten(namedRegistry(authority, text))).toEqual({ issue: 1, sha256: digestOfText(text) })
			gotten(await revoke(authority, { id, last: 3, reason: 'lost' }, now))
			expect(codeOf(namedRegistry(authority, text))).toBe('registry-stale')
			const { text: newer } = await issueRegistry(authority, now)
			expect(gotten(namedRegistry(authority, newer)).issue).toBe(2)
			expect(codeOf(namedRegistry(authority, text))).toBe('registry-stale')
			return newer
		})
		await campaign.member('another')
		await campaign.use(async (authority) => {
			expect(codeOf(namedRegistry(authority, before))).toBe('registry-stale')
		})
	}))
