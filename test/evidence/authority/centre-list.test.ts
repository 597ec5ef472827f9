/** Whose receipts count: the newest list of the authority, before the first one the pinned centre. */
import { beforeEach, expect, test } from 'vitest'
import { CentreList, digestOfText, onlyCentre } from '#src/evidence/authority/centre-list.js'
import { goneBy, listOf } from '../../support/centres.ts'
import { codeOf, gotten } from '../../support/result.ts'
import { makeSigner } from '../../support/test-identity.ts'

const authority = makeSigner('a-authority')
const [pinned, first, second] = [makeSigner('c-pinned'), makeSigner('c-first'), makeSigner('c-second')]
let list: CentreList

beforeEach(() => {
	list = new CentreList(authority.publicKey, pinned)
})

const counted = () =>
	[pinned, first, second].filter(({ id, publicKey }) => {
		const found = list.counted(id)
		return found.ok && found.value.publicKey.equals(publicKey)
	})
const take = async (...of: Parameters<typeof listOf> extends [unknown, ...infer Rest] ? Rest : never) =>
	codeOf(list.take(await listOf(authority, ...of)))

test('the pinned centre counts until a first list comes, and then only those that it lists', async () => {
	expect(counted()).toEqual([pinned])
	expect(await take(1, [first, second])).toBe('ok')
	expect([list.issue, counted()]).toEqual([1, [first, second]])
	expect(codeOf(list.counted(pinned.id))).toBe('wrong-centre')
	expect(await take(2, [])).toBe('ok')
	expect(counted()).toEqual([])
})

test('without an authority the pinned centre is a list of one, and no list is taken', async () => {
	list = onlyCentre(pinned)
	expect(counted()).toEqual([pinned])
	expect(await take(1, [first])).toBe('wrong-authority')
	expect(counted()).toEqual([pinned])
})

test('a revoked centre counts no more, and why is said', async () => {
	await take(1, [first, second])
	await take(2, [second], goneBy(first))
	expect(counted()).toEqual([second])
	expect(list.counted(first.id)).toMatchObject({
		fault: { code: 'wrong-centre', detail: expect.stringContaining('revoked (key-exposed)') },
	})
})

test('centres-rollback: an older list changes nothing; the same one is known', async () => {
	const newest = await listOf(authority, 5, [second])
	expect(list.take(newest)).toEqual({ ok: true, value: true })
	expect(list.take(newest)).toEqual({ ok: true, value: false })
	expect(await take(4, [first])).toBe('centres-rollback')
	expect([list.text, counted()]).toEqual([newest, [second]])
})

test('centres-equivocation: two different lists with one number', async () => {
	await take(5, [second])
	expect(await take(5, [first])).toBe('centres-equivocation')
	expect(counted()).toEqual([second])
})

test.each([
	['bad-signature', makeSigner(authority.id)],
	['bad-signature', pinned],
	['bad-signature', first],
])('%s: a list by somebody else', async (code, by) => {
	expect(codeOf(list.take(await listOf(by, 9, [first])))).toBe(code)
	expect([list.issue, counted()]).toEqual([0, [pinned]])
})

test('id-reused, wrong-authority: another key for an id, another id for the authority', async () => {
	await take(1, [first])
	expect(await take(2, [{ ...second, id: first.id }])).toBe('id-reused')
	expect(codeOf(list.take(await listOf({ ...authority, kid: 'a-other' }, 2, [second])))).toBe(
		'wrong-authority',
	)
	expect([list.issue, counted()]).toEqual([1, [first]])
})

test('while a newer list is named that is not here nobody counts; what may be kept is said apart', async () => {
	await take(1, [first])
	const newer = await listOf(authority, 2, [second])
	gotten(list.expect({ issue: 2, sha256: digestOfText(newer) }))
	expect([list.awaited, counted()]).toEqual([2, []])
	expect(codeOf(list.counted(first.id))).toBe('centres-awaited')
	expect(codeOf(list.presumed.counted(first.id))).toBe('ok')
	expect(codeOf(list.presumed.counted(second.id))).toBe('wrong-centre')
	expect(await take(2, [first])).toBe('centres-equivocation')
	expect(codeOf(list.take(newer))).toBe('ok')
	expect([list.awaited, counted()]).toEqual([null, [second]])
})

test('a name that is older, or another one with the number, is refused', async () => {
	await take(3, [first])
	const sha256 = 'a'.repeat(64)
	expect(codeOf(list.expect({ issue: 2, sha256 }))).toBe('centres-rollback')
	expect(codeOf(list.expect({ issue: 3, sha256 }))).toBe('centres-equivocation')
	gotten(list.expect({ issue: 3, sha256: digestOfText(list.text ?? '') }))
	gotten(list.expect({ issue: 5, sha256 }))
	expect(codeOf(list.expect({ issue: 5, sha256: 'b'.repeat(64) }))).toBe('centres-equivocation')
	expect(codeOf(list.expect({ issue: 4, sha256 }))).toBe('centres-rollback')
	expect(list.awaited).toBe(5)
})
