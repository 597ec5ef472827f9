import { randomBytes } from 'node:crypto'
import { Decrypter, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { makeSplitCustodian } from '#src/sealing/custodian-file.js'
import { joinShares, readShare, type Share, shareRows, splitKey } from '#src/sealing/custodian-share.js'
import { Custodians, recipientOf } from '#src/sealing/custodians.js'
import { makeCustodian } from '../support/custodian.ts'
import { gotten } from '../support/result.ts'
import kept from '../vectors/custodian-shares.json' with { type: 'json' }

const twoOfThree = { threshold: 2, count: 3 }
const pairs = [
	[0, 1],
	[0, 2],
	[1, 2],
	[2, 1],
] as const

const written = (share: Share, language: 'es' | 'en' = 'es') => shareRows(share, language).join('\n')
const words = (share: Share) => written(share).split(/\s+/)
const code = (result: { ok: boolean; fault?: { code: string } }) => result.fault?.code

async function three(): Promise<[Share, Share, Share]> {
	const [first, second, third] = await splitKey((await makeCustodian()).secret, twoOfThree)
	if (first === undefined || second === undefined || third === undefined)
		throw new Error('three were asked for')
	return [first, second, third]
}

test.each(pairs)(
	'shares %i and %i of the set that is kept open what was sealed to it',
	async (one, other) => {
		const shares = [one, other].map((index) => gotten(readShare(kept.shares[index] ?? '')))
		const key = gotten(await joinShares(shares))
		expect(key).toBe(kept.key)
		const decrypter = new Decrypter()
		decrypter.addIdentity(key)
		expect(await decrypter.decrypt(Buffer.from(kept.sealed, 'base64'), 'text')).toBe(kept.plain)
	},
)

test('any as many as are needed give the key back, more too, and fewer are refused', async () => {
	const { secret } = await makeCustodian()
	const shares = await splitKey(secret, { threshold: 3, count: 5 })
	for (const [a, one] of shares.entries()) {
		expect(await joinShares([one])).toMatchObject({ fault: { code: 'too-few-shares' } })
		for (const [b, two] of shares.entries()) {
			if (b <= a) continue
			const both = await joinShares([one, two])
			expect(both).toMatchObject({
				fault: { code: 'too-few-shares', detail: expect.stringMatching(/needs 3 .*number \d, \d is/) },
			})
			for (const three of shares.slice(b + 1))
				expect(await joinShares([three, one, two])).toEqual({ ok: true, value: secret })
		}
	}
	expect(await joinShares(shares)).toEqual({ ok: true, value: secret })
})

test('one share opens nothing: no second one that is made up for it gives the key, in 700 tries', async () => {
	const { secret } = await makeCustodian()
	const recipient = await identityToRecipient(secret)
	const [own] = await splitKey(secret, twoOfThree)
	if (own === undefined) throw new Error('three were asked for')
	const guesses = [
		own.bytes.subarray(0, 32),
		own.bytes.subarray(1),
		...Array.from({ length: 698 }, () => randomBytes(32)),
	]
	const tried = guesses.map(async (guess, index) => {
		const place = ((own.bytes[32] ?? 0) + 1 + (index % 254)) % 256 || 1
		return await joinShares([own, { ...own, number: 2, bytes: Uint8Array.from([...guess, place]) }])
	})
	const codes = new Set((await Promise.all(tried)).map(code))
	// A set's 28 bits would let one in 270 million through, and then it opens nothing all the same.
	expect([...codes]).toEqual(['not-the-set'])
	expect(recipient).not.toContain(Buffer.from(own.bytes).toString('hex'))
})

test('a share reads the same in either language, without accents, numbered, in capitals', async () => {
	const [share] = await three()
	for (const language of ['es', 'en'] as const) {
		const text = written(share, language)
		const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '')
		const numbered = plain
			.split(/\s+/)
			.map((word, index) => `${index + 1}. ${word}`)
			.join('\n')
		for (const form of [text, plain.toUpperCase(), numbered, `# a remark, zebra\n\n${text}\n`]) {
			expect(readShare(form)).toEqual({ ok: true, value: share })
		}
	}
})

test('a word that is in no list is named, with the one that it may be', async () => {
	const [share] = await three()
	const all = words(share)
	const said = readShare(all.with(6, `${all[6]?.slice(0, 4)}zz`).join(' '))
	expect(said).toMatchObject({
		fault: { code: 'not-a-word', detail: expect.stringMatching(/^word 7, ".*zz", .*is it "/) },
	})
})

test('a word of the list that is not the one written down is named, and so are two that are swapped', async () => {
	const [share] = await three()
	const all = words(share)
	const right = all[10]?.normalize('NFD').replaceAll(/\p{M}/gu, '')
	const other = all[10] === 'zafiro' ? 'zanja' : 'zafiro'
	const wrong = readShare(all.with(10, other).join(' '))
	expect(wrong).toMatchObject({ fault: { code: 'wrong-word' } })
	expect(wrong.ok || wrong.fault.detail).toContain(`word 11, "${other}": was it "${right}"?`)
	const at = all.findIndex((word, index) => index > 4 && word !== all[index + 1])
	const swapped = all.with(at, all[at + 1] ?? '').with(at + 1, all[at] ?? '')
	const told = readShare(swapped.join(' '))
	expect(told.ok || told.fault.detail).toContain(`words ${at + 1} and ${at + 2}, `)
})

test('too few words, a mixed set and a share that is here twice are each named', async () => {
	const [first, second] = await three()
	const [, , strange] = await three()
	expect(readShare(words(first).slice(1).join(' '))).toMatchObject({
		fault: { code: 'wrong-length', detail: expect.stringContaining('29') },
	})
	const mixed = await joinShares([first, strange])
	expect(mixed).toMatchObject({
		fault: { code: 'mixed-sets', detail: expect.stringMatching(/share 1 of set .* and share 3 of set /) },
	})
	expect(await joinShares([second, second])).toMatchObject({
		fault: { code: 'share-twice', detail: expect.stringMatching(/^share 2 /) },
	})
	const altered = { ...second, bytes: Uint8Array.from(second.bytes).fill(7, 3, 9) }
	expect(code(await joinShares([first, altered]))).toBe('not-the-set')
	const onePlace = { ...first, number: 2 }
	expect(code(await joinShares([first, onePlace]))).toBe('not-the-set')
})

test('what is made names itself as split, and kiosks take it so', async () => {
	const { named, shares } = await makeSplitCustodian({ threshold: 2, count: 3 })
	expect(Custodians.parse([named])).toEqual([named])
	expect(await identityToRecipient(gotten(await joinShares(shares.slice(1))))).toBe(recipientOf(named))
})

test.each(['1/3', '3/3', '2/2', '4/3', '2/10', '2-3', ''])(
	'a key that is said to be split %s is refused',
	(split) => {
		const { custodian } = kept
		expect(Custodians.safeParse([custodian.replace('2/3', split)]).success).toBe(false)
		expect(Custodians.safeParse([custodian, recipientOf(custodian)]).success).toBe(false)
	},
)
