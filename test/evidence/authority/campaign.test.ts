/** The campaign object and the list of mirrors: closed grammars, and numbers that only rise. */
import { describe, expect, test } from 'vitest'
import {
	Campaign,
	CampaignIssues,
	logKey,
	mostWitnesses,
	signCampaign,
	witnessKeys,
} from '#src/evidence/authority/campaign.js'
import { Mirrors, MirrorsIssues, signMirrors } from '#src/evidence/authority/mirrors.js'
import { longestJws, signJws } from '#src/evidence/jws.js'
import { cosignatureType, formatVerifierKey, noteType, verifierKey } from '#src/evidence/keys/verifier-key.js'
import { codeOf, gotten } from '../../support/result.ts'
import { makeSigner } from '../../support/test-identity.ts'

const authority = makeSigner('a-campaign')
const [digest, other] = ['a'.repeat(64), 'b'.repeat(64)]
const root = Buffer.alloc(32, 5).toString('base64')

/** Type 6: a key, and none that counts here. */
const mlDsa = Buffer.concat([Buffer.of(6), Buffer.alloc(1_312, 1)]).toString('base64')

const keyBytes = (byte: number) => new Uint8Array(32).fill(byte)
const logOf = (origin: string, byte: number) => ({
	origin,
	vkey: formatVerifierKey(verifierKey(origin, noteType, keyBytes(byte))),
})
const witnessOf = (name: string, byte: number) => ({
	vkey: formatVerifierKey(verifierKey(name, cosignatureType, keyBytes(byte))),
	organisation: 'Observadores de Ejemplo',
	country: 'VE',
})
const log = logOf('log.example/2024', 9)
const first: Campaign = {
	...{ v: 1, issue: 1, time: '2024-07-01T12:00:00Z', election: 've-2024-presidential' },
	...{ definition: digest, register: digest, rehearsal: false, threshold: 1, earlier: [], log },
	...{ registry: { issue: 3, sha256: digest }, centres: { issue: 2, sha256: digest } },
	witnesses: [witnessOf('one.example', 1), witnessOf('two.example', 2)],
}
const textOf = async (campaign: Campaign, by = authority) => (await signCampaign(campaign, by)).text
const issues = () => new CampaignIssues(authority.publicKey)

test('the newest issue counts, and all are kept as they came', async () => {
	const taken = issues()
	const texts = [await textOf(first), await textOf({ ...first, issue: 4, register: other })]
	expect(texts.map((text) => gotten(taken.take(text)))).toEqual([true, true])
	expect(texts.map((text) => gotten(taken.take(text)))).toEqual([false, false])
	expect([taken.newest?.said.register, taken.newest?.text]).toEqual([other, texts[1]])
	expect(taken.issues().map(({ text }) => text)).toEqual(texts)
	expect(taken.withIssue(1)?.said).toEqual(first)
	expect([logKey(first).name, ...witnessKeys(first).map(({ name }) => name)]).toEqual([
		...['log.example/2024', 'one.example', 'two.example'],
	])
})

test('campaign-equivocation: two with one number are refused with both as proof', async () => {
	const taken = issues()
	const [one, two] = [await textOf(first), await textOf({ ...first, register: other })]
	gotten(taken.take(one))
	expect(taken.take(two)).toMatchObject({ fault: { code: 'campaign-equivocation', texts: [one, two] } })
	// The same words signed anew are other bytes, and not the ones whose digest was named.
	const again = await textOf(first)
	expect(taken.take(again)).toMatchObject({ fault: { code: 'campaign-equivocation', texts: [one, again] } })
	gotten(taken.take(await textOf({ ...first, issue: 2 })))
	expect(codeOf(taken.take(two))).toBe('campaign-equivocation')
	expect(taken.newest?.said.issue).toBe(2)
})

describe('what does not go on from the issue before is refused, and changes nothing', () => {
	const before: Campaign = { ...first, issue: 5, earlier: [{ ...logOf('old.example', 3), size: 7, root }] }
	const next = { ...before, issue: 6 }
	const moved = logOf('new.example', 4)
	const ofOld = { ...log, size: 12, root }
	test.each<[string, Campaign]>([
		['ok', next],
		['ok', { ...next, issue: 60, register: other, definition: other, threshold: 2 }],
		['ok', { ...next, registry: { issue: 4, sha256: other }, centres: { issue: 9, sha256: other } }],
		['ok', { ...next, log: moved, earlier: [...before.earlier, ofOld] }],
		['campaign-rollback', { ...next, issue: 4 }],
		['campaign-rollback', { ...next, registry: { issue: 2, sha256: digest } }],
		['campaign-rollback', { ...next, centres: { issue: 1, sha256: digest } }],
		['campaign-equivocation', { ...next, registry: { issue: 3, sha256: other } }],
		['campaign-equivocation', { ...next, centres: { issue: 2, sha256: other } }],
		['campaign-changed', { ...next, election: 'another' }],
		['campaign-changed', { ...next, rehearsal: true }],
		['campaign-changed', { ...next, earlier: [] }],
		['campaign-changed', { ...next, earlier: [{ ...logOf('old.example', 3), size: 8, root }] }],
		['campaign-changed', { ...next, log: moved }],
		['campaign-changed', { ...next, log: moved, earlier: [ofOld] }],
	])('%s', async (code, campaign) => {
		const taken = issues()
		const held = await textOf(before)
		gotten(taken.take(held))
		const text = await textOf(campaign)
		const result = taken.take(text)
		expect(codeOf(result)).toBe(code)
		if (!result.ok) expect(result.fault).toMatchObject({ texts: [held, text] })
		expect(taken.newest?.text).toBe(result.ok ? text : held)
	})
})

test('by nobody else than the authority, under one name', async () => {
	const taken = issues()
	expect(codeOf(taken.take(await textOf(first, makeSigner('a-campaign'))))).toBe('bad-signature')
	gotten(taken.take(await textOf(first)))
	const renamed = { ...authority, kid: 'a-other' }
	expect(codeOf(taken.take(await textOf({ ...first, issue: 2 }, renamed)))).toBe('wrong-authority')
	expect(codeOf(taken.take((await signJws('centres', { ...first, issue: 2 }, authority)).text))).toBe(
		'foreign-typ',
	)
})

describe('bad-payload', () => {
	const cases: readonly (readonly [string, object, string])[] = [
		['an unknown field', { ...first, who: 1 }, 'who'],
		['one in a witness', { ...first, witnesses: [{ ...witnessOf('x', 1), who: 1 }] }, 'who'],
		['one in the log', { ...first, log: { ...log, who: 1 } }, 'who'],
		['more than there are witnesses', { ...first, threshold: 3 }, 'threshold: only 2 witnesses'],
		['nobody of the witnesses', { ...first, threshold: 0 }, 'threshold: one at least'],
		['a key of another origin', { ...first, log: { ...log, origin: 'x.example' } }, 'named after the origin'],
		['a witness as the log', { ...first, log: { origin: 'w', vkey: witnessOf('w', 1).vkey } }, 'type 1'],
		['a log as a witness', { ...first, witnesses: [{ ...witnessOf('w', 1), vkey: log.vkey }] }, 'type 4'],
		['one witness twice', { ...first, witnesses: [witnessOf('a', 1), witnessOf('b', 1)] }, 'has the key'],
		['the log as its own witness', { ...first, witnesses: [witnessOf('me', 9)] }, 'has the key'],
		[
			'a key of another kind',
			{ ...first, log: { ...log, vkey: `${log.origin}+00000000+${mlDsa}` } },
			'not with Ed25519',
		],
		[
			'an origin twice',
			{ ...first, earlier: [{ ...logOf(log.origin, 3), size: 1, root }] },
			'origin stands twice',
		],
		['a key that was cut', { ...first, log: { ...log, vkey: log.vkey.slice(0, -4) } }, 'log.vkey'],
		['a name beyond ASCII', { ...first, log: logOf('bitácora.example', 9) }, 'printable ASCII'],
		[
			'a line in an organisation',
			{ ...first, witnesses: [{ ...witnessOf('x', 1), organisation: 'a\nb' }] },
			'one line',
		],
		[
			'a turned organisation',
			{ ...first, witnesses: [{ ...witnessOf('x', 1), organisation: 'a\u202eb' }] },
			'one line',
		],
		[
			'a country in words',
			{ ...first, witnesses: [{ ...witnessOf('x', 1), country: 'Venezuela' }] },
			'country',
		],
		['an hour of one place', { ...first, time: '2024-07-01T08:00:00-04:00' }, 'time'],
	]
	test.each(cases)('%s', async (_, payload, why) => {
		const { text } = await signJws('campaign', payload, authority)
		const result = issues().take(text)
		expect(result).toMatchObject({ fault: { code: 'bad-payload', detail: expect.stringContaining(why) } })
		expect(Campaign.safeParse(payload).success).toBe(false)
	})

	test('all that is wrong is listed', async () => {
		const payload = { ...first, threshold: -1, rehearsal: 'no', register: '', witnesses: [{}] }
		const result = issues().take((await signJws('campaign', payload, authority)).text)
		const wrong = ['threshold', 'rehearsal', 'register', 'witnesses.0.vkey', 'witnesses.0.country']
		for (const where of wrong)
			expect(result).toMatchObject({ fault: { detail: expect.stringContaining(`${where}: `) } })
	})

	test('what is signed is checked before: a signature can’t be taken back', async () => {
		await expect(signCampaign({ ...first, threshold: 9 }, authority)).rejects.toThrow()
	})
})

test('with the most of everything it is still a leaf', async () => {
	const name = (letter: string, index: number) => `${letter.repeat(250)}${index}`
	const witnesses = Array.from({ length: mostWitnesses }, (_, index) => ({
		...witnessOf(name('w', index), index + 1),
		organisation: 'ñ'.repeat(100),
	}))
	const earlier = Array.from({ length: 16 }, (_, index) => ({
		...{ ...logOf(name('l', index), index + 101), size: Number.MAX_SAFE_INTEGER, root },
	}))
	const { text } = await signCampaign(
		{ ...first, log: logOf(log.origin, 99), witnesses, earlier, threshold: mostWitnesses },
		authority,
	)
	expect(text.length).toBeLessThan(longestJws)
	expect(codeOf(issues().take(text))).toBe('ok')
})

describe('the list of mirrors', () => {
	const list: Mirrors = { v: 1, issue: 1, time: '2024-07-01T12:00:00Z', mirrors: ['https://espejo.example/'] }
	const signed = async (mirrors: Mirrors) => (await signMirrors(mirrors, authority)).text

	test('rises, and two with one number are refused with both', async () => {
		const taken = new MirrorsIssues(authority.publicKey)
		const [one, two] = [await signed(list), await signed({ ...list, mirrors: [] })]
		expect([gotten(taken.take(one)), gotten(taken.take(one))]).toEqual([true, false])
		expect(taken.take(two)).toMatchObject({ fault: { code: 'mirrors-equivocation', texts: [one, two] } })
		gotten(taken.take(await signed({ ...list, issue: 3, mirrors: [] })))
		expect(codeOf(taken.take(await signed({ ...list, issue: 2 })))).toBe('mirrors-rollback')
		expect(taken.newest?.said.mirrors).toEqual([])
	})

	test.each([
		['an unknown field', { ...list, who: 1 }],
		['one twice', { ...list, mirrors: ['a', 'a'] }],
		['an empty one', { ...list, mirrors: [''] }],
		['a long one', { ...list, mirrors: ['x'.repeat(201)] }],
		['one that does not show', { ...list, mirrors: ['https://\u200bexample'] }],
		['too many', { ...list, mirrors: Array.from({ length: 101 }, (_, index) => `${index}`) }],
	])('bad-payload: %s', async (_, payload) => {
		expect(Mirrors.safeParse(payload).success).toBe(false)
		const { text } = await signJws('mirrors', payload, authority)
		expect(codeOf(new MirrorsIssues(authority.publicKey).take(text))).toBe('bad-payload')
	})
})
