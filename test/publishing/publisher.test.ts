/** Publications of a small centre: what is in them, that they go on from one another, and that they are whole. */
import { createHash } from 'node:crypto'
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { openLogIdentity } from '#src/enrolment/log-identity.js'
import { Lock } from '#src/journal/lock.js'
import { signCheckpoint } from '#src/log/checkpoint.js'
import { ArchiveFiles } from '#src/publishing/archive-files.js'
import { BroughtBy } from '#src/publishing/brought-by.js'
import { TorrentSettings } from '#src/publishing/config.js'
import { readStanding } from '#src/publishing/standing.js'
import { openTrial, trialRipeness } from '#src/publishing/trial.js'
import { listMirrors } from '../mirroring/mirrored.ts'
import { bareJpeg } from '../support/bare-jpeg.ts'
import { actaText } from '../support/journal-maker.ts'
import { PublishedCentre, publishedAt } from '../support/published.ts'
import { codeOf, gotten } from '../support/result.ts'

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
	const last = join(made.keys, 'last-checkpoint')
	const signed = readFileSync(last)
	const signer = gotten(await openLogIdentity(made.keys))
	writeFileSync(last, signCheckpoint({ size: 3, root: Buffer.alloc(32) }, signer))
	expect(codeOf(await made.tryToPublish())).toBe('forked')
	writeFileSync(last, signed)
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

test('what another process published meanwhile is noticed, and nothing is signed beside it', async () => {
	const made = await threeTables()
	await made.centre.acta('k-one', actaText(0))
	const first = gotten(await made.open())
	await first.publish()
	await made.centre.acta('k-two', actaText(1))
	await made.publish()
	const before = digestsOf(made.archive)
	await made.centre.acta('k-three', actaText(2))
	expect(codeOf(await first.publish())).toBe('overtaken')
	expect(digestsOf(made.archive)).toEqual(before)
	await made.publish()
	expect(await made.audit()).toMatchObject({ faults: [], publication: 2 })
})

test('two processes are never at one key, or at one archive, at once', async () => {
	const made = await threeTables()
	await made.publish()
	for (const held of [await Lock.take(join(made.keys, 'lock')), await Lock.takeFolder(made.archive)]) {
		const lock = gotten(held)
		expect(codeOf(await made.tryToPublish())).toBe('locked')
		await lock.release()
	}
	expect(await made.publish()).toMatchObject({ publication: null })
})

test('a clock that may date nothing stops a publication before anything is signed', async () => {
	const made = await threeTables()
	await made.publish()
	await made.centre.acta('k-one', actaText(0))
	const opened = gotten(
		await made.open(publishedAt, undefined, async () => {
			return { code: 'clock-behind', detail: 'the clock says 1970' }
		}),
	)
	expect(codeOf(await opened.publish())).toBe('clock-behind')
	expect(await made.audit()).toMatchObject({ faults: [], publication: 0, size: 0 })
})

test('the clock is held against the last publication, of this process and of one before', async () => {
	const made = await threeTables()
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	await made.centre.acta('k-one', actaText(1))
	const laterMs = publishedAt + 3_600_000
	const asked: number[] = []
	const open = async () =>
		gotten(
			await made.open(laterMs, undefined, async (passedMs) => {
				asked.push(passedMs)
				return null
			}),
		)
	const first = await open()
	expect(gotten(await first.publish())).toMatchObject({ publication: 1 })
	gotten(await first.publish())
	gotten(await (await open()).publish())
	expect(asked).toEqual([publishedAt, laterMs, laterMs])
})

test('the record of a publication lies there before all that it changes', async () => {
	const made = await threeTables()
	await made.publish()
	const put = vi.spyOn(ArchiveFiles.prototype, 'put')
	onTestFinished(() => void put.mockRestore())
	const firstPut = () => put.mock.calls[0]?.[0]
	// Its device comes into the registry, and with this a campaign object.
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	expect(firstPut()).toBe('feed/1.json')
	put.mockClear()
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	expect(firstPut()).toBe('feed/2.json')
})

test('what names an entry that waits comes with it; a head without its entry, a day after', async () => {
	const made = await threeTables()
	// Whom the centre knows is in force.
	for (const device of ['k-one', 'k-two']) await made.centre.acta(device, actaText(1))
	await made.publish()
	const hour = 3_600_000
	const slow = { ripeMs: 6 * hour, leastEntries: 2, leastDevices: 1, longestMs: 24 * hour }
	const acta = await made.centre.acta('k-one', actaText(0), '2024-07-30T11:00:00Z')
	await made.centre.head('k-one', { id: acta.id, seq: 2 }, '2024-07-29')
	await made.centre.head('k-two', { id: 'A'.repeat(43), seq: 9 }, '2024-07-29')
	// A closed day makes the entry ripe, and it is no crowd.
	expect(await made.publish(publishedAt, slow)).toMatchObject({ publication: null, waiting: 3 })
	const dayLater = Date.parse('2024-07-31T00:00:00Z')
	expect(await made.publish(dayLater - 1, slow)).toMatchObject({ publication: null, waiting: 3 })
	expect(await made.publish(dayLater, slow)).toMatchObject({ publication: 1, waiting: 2 })
	expect(await made.publish(dayLater + 11 * hour, slow)).toMatchObject({ publication: 2, waiting: 0 })
	expect((await made.audit()).leaves).toMatchObject({ entry: 3, head: 2 })
})

test('a new process knows which publications brought something of a device', async () => {
	const made = await threeTables()
	const said = new BroughtBy()
	for (const [device, table] of [
		['k-one', 0],
		['k-two', 1],
		['k-one', 2],
	] as const) {
		await made.centre.acta(device, actaText(table))
		const { leaves } = await made.publish()
		said.note(new Set([device]), leaves)
	}
	const { key } = gotten(await openLogIdentity(made.keys))
	const { broughtBy } = gotten(await readStanding(made.archive, made.keys, key))
	expect(broughtBy.texts).toEqual(said.texts)
	expect(said.texts.size).toBe(2)
})

test('a record that was changed since is not signed', async () => {
	const made = await threeTables()
	await made.publish()
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	const record = made.file('feed/0.json')
	writeFileSync(join(made.archive, 'feed/0.json'), record.replace('2024-', '2019-'))
	await made.centre.acta('k-two', actaText(1))
	const refused = await made.tryToPublish()
	expect(codeOf(refused)).toBe('record-changed')
	writeFileSync(join(made.archive, 'feed/0.json'), record)
	expect(await made.publish()).toMatchObject({ publication: 2 })
})

test('where the digests of the records can not be read nothing is signed', async () => {
	const made = await threeTables()
	await made.publish()
	const path = join(made.keys, 'feed.sha256')
	renameSync(path, `${path}.away`)
	mkdirSync(path)
	await made.centre.acta('k-one', actaText(0))
	expect(codeOf(await made.tryToPublish())).toBe('unreadable')
	rmdirSync(path)
	renameSync(`${path}.away`, path)
	expect(await made.publish()).toMatchObject({ publication: 1 })
})

test('a number is given once: a site note of before, or none, is not gone on from', async () => {
	const made = await threeTables()
	await made.publish()
	const site = made.file('site')
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	const newest = made.file('site')
	await made.centre.acta('k-two', actaText(1))
	writeFileSync(join(made.archive, 'site'), site)
	expect(codeOf(await made.tryToPublish())).toBe('archive-behind')
	rmSync(join(made.archive, 'site'))
	expect(codeOf(await made.tryToPublish())).toBe('archive-behind')
	writeFileSync(join(made.archive, 'site'), newest)
	expect(await made.publish()).toMatchObject({ publication: 2 })
})

/** A publication that adds no leaf, by a centre that asks for a torrent from now on. */
async function withoutNewLeaf() {
	const made = await threeTables()
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	const before = ['site', 'feed/latest'].map((path) => [path, made.file(path)] as const)
	made.torrent = TorrentSettings.parse({})
	return { made, before }
}

test('a publication that adds no leaf is signed once, though it was cut off before it was shown', async () => {
	const { made, before } = await withoutNewLeaf()
	const kept = join(made.keys, 'feed.sha256')
	const keptBefore = readFileSync(kept)
	expect(await made.publish()).toMatchObject({ publication: 1, leaves: 2 })
	const whole = digestsOf(made.archive)
	for (const [path, text] of before) writeFileSync(join(made.archive, path), text)
	writeFileSync(kept, keptBefore)
	expect(await made.publish(publishedAt + 60_000)).toMatchObject({ publication: null })
	expect(digestsOf(made.archive)).toEqual(whole)
})

test('a publication is kept beside the key only when all of it is durable', async () => {
	const { made } = await withoutNewLeaf()
	const done: string[] = []
	const kept = () => readFileSync(join(made.keys, 'feed.sha256'), 'utf8').split('\n').length - 1
	const { put, sync } = ArchiveFiles.prototype
	vi.spyOn(ArchiveFiles.prototype, 'put').mockImplementation(async function (this: ArchiveFiles, ...file) {
		await put.call(this, ...file)
		done.push(file[0])
	})
	vi.spyOn(ArchiveFiles.prototype, 'sync').mockImplementation(async function (this: ArchiveFiles) {
		await sync.call(this)
		done.push(`synced, ${kept()} kept`)
	})
	await made.publish()
	vi.restoreAllMocks()
	expect(kept()).toBe(2)
	expect(done.slice(-4)).toEqual(['sites/1', 'site', 'feed/latest', 'synced, 1 kept'])
})

test('while a list of mirrors alone is published each moment is whole or not in step', async () => {
	const made = await threeTables()
	await made.publish()
	const seen = new Set<string>()
	const { put } = ArchiveFiles.prototype
	vi.spyOn(ArchiveFiles.prototype, 'put').mockImplementation(async function (this: ArchiveFiles, ...file) {
		await put.call(this, ...file)
		for (const { code } of (await made.audit()).faults) seen.add(code)
	})
	for (const issue of [1, 2]) {
		await listMirrors(made, issue)
		expect(await made.publish()).toMatchObject({ publication: issue })
	}
	vi.restoreAllMocks()
	expect([...seen]).toEqual(['not-in-step'])
	expect(made.file('keys/mirrors.jws').split('\n')).toHaveLength(3)
})

test('without what it signed last a key signs nothing; an archive of another key is left as it is', async () => {
	const made = await threeTables()
	await made.publish()
	const path = join(made.keys, 'last-checkpoint')
	const last = readFileSync(path)
	rmSync(path)
	expect(codeOf(await made.tryToPublish())).toBe('no-last-checkpoint')
	writeFileSync(path, last)
	const other = await threeTables()
	await other.publish()
	cpSync(join(other.archive, 'checkpoint'), join(made.archive, 'checkpoint'))
	expect(codeOf(await made.tryToPublish())).toBe('foreign-log')
})

test('beside an older last checkpoint nothing is signed: nobody knows what else the key has signed since', async () => {
	const made = await threeTables()
	await made.publish()
	const path = join(made.keys, 'last-checkpoint')
	const older = readFileSync(path)
	await made.centre.acta('k-one', actaText(0))
	await made.publish()
	writeFileSync(path, older)
	await made.centre.acta('k-two', actaText(1))
	expect(codeOf(await made.tryToPublish())).toBe('last-checkpoint-behind')
	// As the guide says.
	cpSync(join(made.archive, 'checkpoint'), path)
	expect(await made.publish()).toMatchObject({ publication: 2 })
})

test.each([
	[['campaign.jws', 'content.sha256']],
	[['campaign.jws', 'content.sha256', 'log.vkey']],
	[['campaign.jws', 'content.sha256', 'centres.jws', 'log.vkey', 'last-checkpoint']],
	[['campaign.jws', 'content.sha256', 'registry.jws', 'centres.jws', 'authority.pem', 'authority-key.pem']],
])('a rehearsal that was killed before it had %j is made to its end', async (missing) => {
	const made = await threeTables()
	const parts = {
		...{ directory: made.centre.directory, archive: made.archive, election: presidential2024 },
		register: readFileSync(join(made.centre.directory, 'register.csv')),
		ripeness: trialRipeness,
		nowMs: () => publishedAt,
	}
	gotten(await openTrial(parts))
	rmSync(made.archive, { recursive: true })
	for (const name of missing) rmSync(join(`${made.archive}.trial`, name))
	const opened = gotten(await openTrial(parts))
	expect(gotten(await opened.publish())).toMatchObject({ publication: 0 })
	expect(await made.audit()).toMatchObject({ faults: [] })
})

test('a rehearsal of what is no centre is refused, not an accident', async () => {
	const made = await threeTables()
	const opened = await openTrial({
		...{ directory: made.home, archive: made.archive, election: presidential2024, nowMs: () => publishedAt },
		register: readFileSync(join(made.centre.directory, 'register.csv')),
		ripeness: { ripeMs: 0, leastEntries: 1, leastDevices: 1, longestMs: 0 },
	})
	expect(opened).toMatchObject({
		fault: { code: 'disk-failed', detail: expect.stringContaining('ledger.jws') },
	})
})

test('of pictures only those come that every entry names public and not sealed', async () => {
	const made = await threeTables()
	const { centre } = made
	const [shown, late, whole, sealed, once, unsaid] = ['a', 'b', 'c', 'd', 'e', 'f'].map(bareJpeg)
	const digestOf = (bytes: Uint8Array = Buffer.of()) => createHash('sha256').update(bytes).digest('hex')
	const named = (bytes: Uint8Array | undefined, more: object = {}) => ({
		...{ role: 'public', mediaType: 'image/jpeg', size: 9, sha256: digestOf(bytes) },
		...more,
	})
	const all = [shown, late, whole, sealed, once, unsaid]
	await centre.acta('k-one', actaText(0), undefined, { images: all.map((bytes) => named(bytes)) })
	// One may lie of its size, and takes nothing away with that.
	await centre.acta('k-two', actaText(0), undefined, { images: [named(shown, { size: 1 })] })
	await centre.acta('k-two', actaText(1), undefined, { images: [named(whole, { role: 'full' })] })
	const sealedAs = { format: 'age-v1', size: 1, sha256: digestOf(sealed) }
	const images = [named(undefined, { role: 'full', sealed: sealedAs })]
	await centre.acta('k-two', actaText(1), undefined, { images })
	// Withheld: its fields are no format's, and what it names it names.
	await centre.acta('k-two', actaText(1), undefined, { images: [named(unsaid, { role: 'top' })], more: 1 })
	for (const bytes of [shown, whole, sealed, once, unsaid]) centre.picture(bytes ?? Buffer.of())
	await made.publish()
	const there = () =>
		Object.keys(digestsOf(join(made.archive, 'image')))
			.map((path) => path.slice(3))
			.sort()
	expect(there()).toEqual([digestOf(shown), digestOf(once)].sort())
	// What comes later is copied by another process; what is named otherwise later goes.
	centre.picture(late ?? Buffer.of())
	await centre.acta('k-two', actaText(1), undefined, { images: [named(once, { role: 'bottom' })] })
	await made.publish()
	expect(there()).toEqual([digestOf(shown), digestOf(late)].sort())
	expect(await made.audit()).toMatchObject({ faults: [], images: { public: 6, absent: 4 } })
})

test('of a state that a newer register has not nothing stays: nobody would list it', async () => {
	const made = await PublishedCentre.make()
	const rows = ['10', '40'].map((state) => ({
		...{ state, table: `${state}0000000.01`, centro: `${state}0000000` },
	}))
	made.centre.register(rows)
	await made.publish()
	const files = ['c/40/400000000.html', 'c/40/SHA256SUMS', 'p/40/index.html']
	for (const path of files) expect(existsSync(join(made.archive, path))).toBe(true)
	made.centre.register(rows.slice(0, 1))
	await made.publish()
	for (const path of files) expect(existsSync(join(made.archive, path))).toBe(false)
	expect((await made.audit()).faults).toEqual([])
})

test('a register with other electors is told table by table', async () => {
	const made = await threeTables()
	await made.publish()
	made.centre.register(registered.map((row, table) => (table === 1 ? { ...row, electors: 801 } : row)))
	expect(await made.publish()).toMatchObject({ publication: 1, changed: 1 })
	const { changes } = JSON.parse(made.file('feed/1.json'))
	const [before, after] = [changes[0].before.electors, changes[0].after.electors]
	expect(changes).toHaveLength(1)
	expect([before === 801, after]).toEqual([false, 801])
	expect(changes[0].why).toMatchObject([{ campaign: 2 }])
})
