/** Publications of a small centre: what is in them, that they go on from one another, and that they are whole. */
import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { actaText } from '../support/journal-maker.ts'
import { PublishedCentre, publishedAt } from '../support/published.ts'
import { codeOf } from '../support/result.ts'

const registered = [0, 1, 2].map((table) => {
	const [code = ''] = actaText(table).split('!')
	const [centro = '', mesa = ''] = code.split('.')
	return { table: `${centro}.${mesa}`, centro, mesa }
})

async function threeTables(): Promise<PublishedCentre> {
	const made = await PublishedCentre.make()
	made.centre.register(registered)
	return made
}

/** Of every file, by its path. */
function digestsOf(folder: string): Record<string, string> {
	const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
	const files = names.filter((name) => statSync(join(folder, name)).isFile())
	const digestOf = (name: string) =>
		createHash('sha256')
			.update(readFileSync(join(folder, name)))
			.digest('hex')
	return Object.fromEntries(files.map((name) => [name, digestOf(name)]))
}

test('a log without a leaf is published before the first acta, with all pages', async () => {
	const made = await threeTables()
	expect(await made.publish()).toMatchObject({ publication: 0, leaves: 0 })
	const report = await made.audit()
	expect(report).toMatchObject({ size: 0, faults: [], publication: 0, rehearsal: true })
	expect(report.figures?.tables.missing.tables).toBe(3)
	expect(made.file('c/10/100000000.html')).toContain('ENSAYO')
	expect(JSON.parse(made.file('feed/0.json')).changes).toEqual([])
	expect(await made.publish()).toMatchObject({ publication: null })
})

test('each publication appends, repaints what it changes, and says before, after, why', async () => {
	const made = await threeTables()
	await made.publish()
	await made.centre.acta('k-one', actaText(0))
	expect(await made.publish()).toMatchObject({ publication: 1, leaves: 3, changed: 1 })
	await made.centre.acta('k-two', actaText(0, [11, 20]))
	await made.centre.acta('k-two', actaText(1))
	expect(await made.publish()).toMatchObject({ publication: 2, leaves: 6, changed: 2 })
	const report = await made.audit()
	expect(report).toMatchObject({ size: 6, faults: [], leaves: { entry: 3, campaign: 3 } })
	expect(report.figures?.tables).toMatchObject({ counted: { tables: 1 }, conflict: { tables: 1 } })
	const { changes } = JSON.parse(made.file('feed/2.json'))
	expect(changes).toMatchObject([
		{
			table: registered[0]?.table,
			before: { status: 'counted' },
			after: { status: 'conflict', votes: null },
		},
		{ table: registered[1]?.table, before: { status: 'missing' }, after: { status: 'counted' } },
	])
	expect(changes.map(({ why }: { why: object[] }) => why.length)).toEqual([1, 1])
	expect(made.file('feed/latest')).toBe(made.file('feed/2.json'))
})

test('one process publishes what a new one for each publication would', async () => {
	const [one, many] = [await threeTables(), await threeTables()]
	cpSync(one.keys, many.keys, { recursive: true, force: true })
	for (const device of ['k-one', 'k-two', 'k-three']) await one.centre.acta(device, actaText(0))
	cpSync(one.centre.directory, many.centre.directory, { recursive: true, force: true })
	// The words are signed with randomness: once, for both.
	const opened = await one.open()
	rmSync(many.keys, { recursive: true })
	cpSync(one.keys, many.keys, { recursive: true })
	// The last of a table that is confirmed already changes its page, and no figure.
	const further = [
		['k-one', 1] as const,
		['k-one', 2] as const,
		['k-two', 1] as const,
		['k-three', 1] as const,
	]
	for (const [device, table] of further) {
		if (opened.ok) await opened.value.publish()
		await many.publish()
		many.centre.line((await one.centre.acta(device, actaText(table))).text)
	}
	if (opened.ok) await opened.value.publish()
	expect(await many.publish()).toMatchObject({ publication: 4, changed: 0 })
	expect(digestsOf(many.archive)).toEqual(digestsOf(one.archive))
	expect((await many.audit()).faults).toEqual([])
})

test('what is derived is made again byte for byte', async () => {
	const made = await threeTables()
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	const before = digestsOf(made.archive)
	for (const name of ['data', 'p', 'c', 'disputes', 'index.html', 'SHA256SUMS'])
		rmSync(join(made.archive, name), { recursive: true })
	writeFileSync(join(made.archive, 'index.html'), 'damaged')
	expect(await made.publish()).toMatchObject({ publication: null })
	expect(digestsOf(made.archive)).toEqual(before)
})

test('a log that has signed more than the archive has, or something else, signs nothing', async () => {
	const made = await threeTables()
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	cpSync(made.archive, join(made.home, 'old'), { recursive: true })
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	const newest = join(made.home, 'newest')
	renameSync(made.archive, newest)
	renameSync(join(made.home, 'old'), made.archive)
	expect(codeOf(await made.tryToPublish())).toBe('archive-behind')
	rmSync(made.archive, { recursive: true })
	renameSync(newest, made.archive)
	expect(await made.publish()).toMatchObject({ publication: null })
})

test('a name in a field that no format names is withheld, and its successors chain over it', async () => {
	const made = await threeTables()
	await made.centre.acta('k-one', actaText(0), undefined, { operator: 'Fulana de Tal' })
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	const report = await made.audit()
	expect(report).toMatchObject({ faults: [], leaves: { entry: 1, withheld: 1 }, findings: [] })
	expect(report.devices).toMatchObject([{ id: 'k-one', entries: 2, last: 2, awaited: 0 }])
	for (const name of Object.keys(digestsOf(made.archive)))
		expect(readFileSync(join(made.archive, name)).includes('Fulana')).toBe(false)
})

test('entries wait until they are ripe', async () => {
	const made = await threeTables()
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	await made.centre.acta('k-one', actaText(1), '2024-07-30T11:00:00Z')
	const hour = 3_600_000
	const slow = { ripeMs: 6 * hour, leastEntries: 1, leastDevices: 1, longestMs: 24 * hour }
	expect(await made.publish(publishedAt, slow)).toMatchObject({ publication: null, waiting: 1 })
	expect(await made.publish(publishedAt + 6 * hour, slow)).toMatchObject({ publication: 1, waiting: 0 })
})
