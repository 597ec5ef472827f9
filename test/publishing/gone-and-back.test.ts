/**
 * What of a publication can be lost and comes back: all that is derived, the same byte for byte after a history of many
 * publications; and the ledger of the centre, from devices that send in another order, which continues the same log.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { genesisOf } from '#src/evidence/identity.js'
import { type SignedRuling, signRuling } from '#src/evidence/ruling.js'
import type { Signer } from '#src/evidence/signer.js'
import { parseBundle } from '#src/log/bundle.js'
import { copyOf, filesOf, listOfficers, mirror, publishedCentre } from '../mirroring/mirrored.ts'
import { actaText } from '../support/journal-maker.ts'
import type { PublishedCentre } from '../support/published.ts'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'
import { rulingOf } from '../support/transcribed.ts'

const table = '100000000.01'

interface Change {
	readonly table: string
	readonly after: { readonly status: string }
}

/** Two officers, who rule one thing, or another in the place of what they ruled before. */
function ruledBy(
	officers: readonly Signer[],
	excludes: readonly string[],
	before: readonly SignedRuling[] = [],
): Promise<SignedRuling[]> {
	const replaces = before.length === 0 ? undefined : before.map(({ id }) => id)
	return Promise.all(
		officers.map((officer, at) => {
			const last = before[at]
			const link = { seq: (last?.ruling.seq ?? 0) + 1, prev: last?.id ?? genesisOf(officer.publicKey) }
			return signRuling({ ...rulingOf(officer.kid, table, excludes, replaces), ...link }, officer)
		}),
	)
}

/** Seven publications: a conflict, a void, a ruling, another in its place, a device that is revoked. */
async function manyPublications(): Promise<PublishedCentre> {
	const made = await publishedCentre()
	const officers = [makeSigner('o-one'), makeSigner('o-two')]
	const wrong = await made.centre.acta('k-two', actaText(0, [11, 20]))
	await made.publish()
	await made.centre.acta('k-two', actaText(1))
	await listOfficers(made, officers)
	await made.publish()
	const rulings = await ruledBy(officers, [wrong.id])
	for (const { text } of rulings) made.centre.line(text)
	await made.publish()
	const { entry, id } = await made.centre.acta('k-one', actaText(2))
	await made.publish()
	await made.centre.entry('k-one', { kind: 'void', voids: { seq: entry.seq, id }, reason: 'test' })
	await made.publish()
	for (const { text } of await ruledBy(officers, [], rulings)) made.centre.line(text)
	await made.publish()
	const stolen = { device: 'k-two', last: 0, time: '2024-07-30T12:00:00Z', reason: 'stolen' } as const
	await listOfficers(made, officers, [stolen])
	expect(await made.publish()).toMatchObject({ publication: 7 })
	return made
}

test('after many publications all that is derived is made again byte for byte, and every checkpoint verifies', async () => {
	const made = await manyPublications()
	const before = filesOf(made.archive)
	expect((await made.audit()).faults).toEqual([])
	const painted = [1, 2, 3, 4, 5, 6, 7].map((publication) => {
		const { changes } = JSON.parse(made.file(`feed/${publication}.json`)) as { changes: Change[] }
		return changes.map((change) => `${change.table.slice(-2)} ${change.after.status}`)
	})
	expect(painted).toEqual([
		...[['01 conflict'], ['02 counted'], ['01 counted'], ['03 counted'], ['03 void'], ['01 conflict']],
		['01 counted', '02 quarantine'],
	])
	for (const name of ['data', 'p', 'c', 'disputes', 'index.html', 'SHA256SUMS'])
		rmSync(join(made.archive, name), { recursive: true })
	for (const name of Object.keys(before).filter((path) => /^(?:keys|campaign|feed)\/SHA256SUMS$/.test(path)))
		rmSync(join(made.archive, name))
	expect(await made.publish()).toMatchObject({ publication: null })
	expect(filesOf(made.archive)).toEqual(before)
	const checkpoints = Object.keys(before).filter((path) => path.startsWith('checkpoints/'))
	expect(checkpoints).toHaveLength(8)
	// An audit holds each against the tree: one that is of another is `forked`.
	expect((await made.audit()).faults).toEqual([])
})

/** Of every leaf. */
function leavesOf(made: PublishedCentre): string[] {
	const [, size = ''] = made.file('checkpoint').split('\n')
	const bundle = readFileSync(join(made.archive, 'tile/entries/000.p', size))
	return gotten(parseBundle(bundle, Number(size))).map(String)
}

test('a ledger that was lost and comes back in another order continues the log, no leaf twice', async () => {
	const made = await publishedCentre()
	for (const at of [1, 2]) {
		await made.centre.acta('k-two', actaText(at))
		await made.centre.acta('k-one', actaText(at))
		await made.publish()
	}
	const before = filesOf(made.archive)
	const mirrored = copyOf(made.archive, join(made.home, 'mirrored'))
	const ledger = join(made.centre.directory, 'ledger.jws')
	const lines = readFileSync(ledger, 'utf8').split('\n').slice(0, -1)
	expect(lines).toHaveLength(5)

	// Nothing is left; then one device has sent, the last entry first.
	writeFileSync(ledger, '')
	await made.publish()
	for (const back of [lines.slice(3).reverse(), [...lines].reverse()]) {
		writeFileSync(ledger, back.map((line) => `${line}\n`).join(''))
		await made.publish()
		expect((await made.audit()).faults).toEqual([])
	}
	// What was never published comes with it.
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	const leaves = leavesOf(made)
	const entries = leaves.filter((leaf) => lines.includes(leaf))
	expect(entries).toHaveLength(lines.length)
	expect(new Set(leaves).size).toBe(leaves.length)
	expect((await made.audit()).faults).toEqual([])
	for (const [path, content] of Object.entries(before).filter(([path]) =>
		/^(?:checkpoints|sites)\//.test(path),
	))
		expect(readFileSync(join(made.archive, path), 'latin1')).toBe(content)
	// Who copied it before goes on with it.
	expect(gotten(await mirror(made.archive, mirrored)).isUnchanged).toBe(false)
	expect(existsSync(`${mirrored}.proof`)).toBe(false)
})
