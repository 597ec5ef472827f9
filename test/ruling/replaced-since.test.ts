import { expect, test } from 'vitest'
import { signRuling } from '#src/evidence/ruling.js'
import { replacedSince } from '#src/ruling/replaced-since.js'
import { Decisions } from '#src/tally/decisions.js'
import { makeSigner } from '../support/test-identity.ts'
import { rulingOf } from '../support/transcribed.ts'

const table = '121202007.01'
const [one, two] = [makeSigner('o-one'), makeSigner('o-two')]
const id = (n: number) => Buffer.alloc(32, n).toString('base64url')
const made = (by: typeof one, seq: number, excluded: number, replaces?: readonly string[]) =>
	signRuling({ ...rulingOf(by.kid, table, [id(excluded)], replaces), seq, prev: id(0) }, by)

const decisionsOf = (...rulings: readonly Awaited<ReturnType<typeof made>>[]) => {
	const decisions = new Decisions(() => false)
	for (const ruling of rulings) decisions.add(ruling.id, ruling.ruling)
	return decisions.ofTable(table)
}

test('what an officer has replaced since, alone or not, is not signed again in silence', async () => {
	const first = await made(one, 1, 1)
	const later = await made(one, 2, 2, [first.id])
	expect(replacedSince(first.ruling, [first], [])).toEqual([])
	expect(replacedSince(first.ruling, [first, later], [])).toEqual([later.id])
	expect(replacedSince(later.ruling, [first, later], [])).toEqual([])
	// Once more, in place of what replaced it.
	expect(replacedSince({ ...first.ruling, replaces: [later.id] }, [first, later], [])).toEqual([])
})

test('what two others have replaced since is known by the records, also to who had not signed it', async () => {
	const [first, same] = [await made(one, 1, 1), await made(two, 1, 1)]
	const alone = await made(one, 2, 2, [first.id])
	expect(replacedSince(same.ruling, [same], decisionsOf(first, same, alone))).toEqual([])
	const third = makeSigner('o-three')
	const by = await made(third, 1, 2, [first.id])
	const all = decisionsOf(first, same, alone, by)
	const replacing = replacedSince(same.ruling, [same], all)
	expect(replacing).toHaveLength(1)
	expect([alone.id, by.id]).toContain(replacing[0])
	expect(replacedSince(same.ruling, [], all)).toEqual(replacing)
})
