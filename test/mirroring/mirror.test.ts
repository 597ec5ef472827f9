/** A copy has what was published, verified, whatever its source does meanwhile; it never goes back. */
import { createHash } from 'node:crypto'
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLogIdentity } from '#src/enrolment/log-identity.js'
import type { VerifierKey } from '#src/evidence/keys/verifier-key.js'
import { forkProofsIn, verifyForkProof } from '#src/mirroring/fork-verdict.js'
import { bareJpeg } from '../support/bare-jpeg.ts'
import { actaText } from '../support/journal-maker.ts'
import { PublishedCentre } from '../support/published.ts'
import { codeOf, gotten } from '../support/result.ts'
import {
	ChangingSource,
	copyOf,
	faultsOf,
	filesOf,
	mirror,
	publishedCentre,
	sign,
	signNumbers,
} from './mirrored.ts'

test('a mirror of a mirror of a copied folder is the archive, and follows it', async () => {
	const made = await publishedCentre()
	const at = (name: string) => join(made.home, name)
	copyOf(made.archive, at('copied'))
	gotten(await mirror(at('copied'), at('one')))
	gotten(await mirror(at('one'), at('two')))
	expect(filesOf(at('two'))).toEqual(filesOf(made.archive))
	expect(await faultsOf(at('two'))).toEqual([])
	const { isUnchanged, files } = gotten(await mirror(at('one'), at('two')))
	expect({ isUnchanged, files }).toEqual({ isUnchanged: true, files: 0 })

	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	const next = gotten(await mirror(made.archive, at('one')))
	expect(next).toMatchObject({ isUnchanged: false, publication: 1, time: '2024-07-30T12:00:00Z' })
	expect(next.files).toBeLessThan(Object.keys(filesOf(made.archive)).length)
	expect(filesOf(at('one'))).toEqual(filesOf(made.archive))
	expect(readdirSync(made.home).filter((name) => name.startsWith('one'))).toEqual(['one', 'one.lock'])
})

test('a shrunk log is refused, both checkpoints kept, the copy as it was', async () => {
	const made = await publishedCentre()
	const [older, copy] = [join(made.home, 'older'), join(made.home, 'copy')]
	copyOf(made.archive, older)
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	gotten(await mirror(made.archive, copy))
	const kept = filesOf(copy)
	expect(codeOf(await mirror(older, copy))).toBe('shrunk')
	expect(filesOf(copy)).toEqual(kept)
	const proof = Object.values(filesOf(`${copy}.proof`))
	for (const note of [made.file('checkpoint'), readFileSync(join(older, 'checkpoint'), 'utf8')])
		expect(proof).toContain(latin1(note))
})

test.each([
	['of the same size', 1],
	['that is larger', 2],
])('a forked log %s is refused, and proved', async (_, further) => {
	const made = await publishedCentre()
	const [before, keys, copy] = ['before', 'keys-before', 'copy'].map((name) => join(made.home, name))
	if (before === undefined || keys === undefined || copy === undefined) throw new Error('three')
	copyOf(made.archive, before)
	copyOf(made.keys, keys)
	copyOf(made.centre.directory, join(made.home, 'centre-before'))
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	gotten(await mirror(made.archive, copy))
	for (const [from, to] of [
		[before, made.archive],
		[keys, made.keys],
		[join(made.home, 'centre-before'), made.centre.directory],
	] as const) {
		rmSync(to, { recursive: true })
		cpSync(from, to, { recursive: true })
	}
	for (let table = 0; table < further; table++) await made.centre.acta('k-one', actaText(2))
	await made.publish()
	const kept = filesOf(copy)
	expect(codeOf(await mirror(made.archive, copy))).toBe('forked')
	expect(filesOf(copy)).toEqual(kept)
	expect(existsSync(`${copy}.incoming`)).toBe(false)
	const proof = Object.values(filesOf(`${copy}.proof`))
	expect(proof).toContain(latin1(made.file('checkpoint')))
	expect(proof).toContain(kept['checkpoint'])
	expect(await proofsIn(`${copy}.proof`)).toEqual(['forked'])
	// Also to whom the larger tree was shown first.
	const second = join(made.home, 'second')
	gotten(await mirror(made.archive, second))
	expect(codeOf(await mirror(copy, second))).toBe('forked')
	expect(await proofsIn(`${second}.proof`)).toEqual(['forked'])
	const { key } = gotten(await openLogIdentity((await publishedCentre()).keys))
	expect(await proofsIn(`${second}.proof`, key)).toEqual(['not-signed'])
})

test('whatever is published while it copies, it gets one publication whole', async () => {
	const made = await publishedCentre()
	const before = copyOf(made.archive, join(made.home, 'before'))
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	const total = Object.keys(filesOf(before)).length
	for (let at = 0; at < total; at += 9) {
		const shown = copyOf(before, join(made.home, `shown-${at}`))
		const source = new ChangingSource(shown, at, () => cpSync(made.archive, shown, { recursive: true }))
		const copy = join(made.home, `copy-${at}`)
		gotten(await mirror(source, copy))
		expect(await faultsOf(copy)).toEqual([])
	}
})

test.each([1, 2, 3, 7])(
	'while the next one is written, %i files at each that it asks for, too',
	async (step) => {
		const made = await publishedCentre()
		const before = filesOf(made.archive)
		const shown = copyOf(made.archive, join(made.home, 'shown'))
		await made.centre.acta('k-one', actaText(1))
		await made.publish()
		const after = filesOf(made.archive)
		// As a publication is written.
		const order = [
			/^feed.[0-9]/,
			/^keys/,
			/^campaign/,
			/^tile/,
			/^(?:p|c|data|disputes|index)/,
			/SUMS$/,
			/^sites/,
			/^site$/,
			/latest/,
			/^checkpoints/,
		]
		const rank = (path: string) => order.findIndex((form) => form.test(path)) + 1 || order.length + 1
		const written = Object.keys(after)
			.filter((path) => after[path] !== before[path])
			.sort((one, other) => rank(one) - rank(other))
		const write = () => {
			for (const path of written.splice(0, step)) cpSync(join(made.archive, path), join(shown, path))
		}
		const source = new ChangingSource(shown, 0, write, 1)
		const copy = join(made.home, 'copy')
		const done = await mirror(source, copy, { rounds: { most: 2, firstMs: 0, mostMs: 0 } })
		expect(['ok', 'not-in-step']).toContain(codeOf(done))
		expect(existsSync(join(copy, 'checkpoint'))).toBe(done.ok)
		while (written.length > 0) write()
		gotten(await mirror(shown, copy))
		expect(await faultsOf(copy)).toEqual([])
	},
)

test('files of two publications that stay together are not shown', async () => {
	const made = await publishedCentre()
	const [shown, copy] = [copyOf(made.archive, join(made.home, 'shown')), join(made.home, 'copy')]
	gotten(await mirror(shown, copy))
	const kept = filesOf(copy)
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	cpSync(join(made.archive, 'data'), join(shown, 'data'), { recursive: true })
	gotten(await mirror(shown, copy))
	for (const name of ['site', 'tile', 'feed', 'keys', 'SHA256SUMS'])
		cpSync(join(made.archive, name), join(shown, name), { recursive: true })
	expect(codeOf(await mirror(shown, copy))).toBe('not-in-step')
	expect(filesOf(copy)).toEqual(kept)
})

test('cut off at any file it goes on where it was', async () => {
	const made = await publishedCentre()
	const copy = join(made.home, 'copy')
	const total = Object.keys(filesOf(made.archive)).length
	let asked = 0
	for (let at = 3; at < total; at += 9) {
		const source = new ChangingSource(made.archive, at, () => {
			throw Object.assign(new Error('power'), { code: 'EIO' })
		})
		const done = await mirror(source, copy)
		asked += source.asked
		expect(existsSync(join(copy, 'checkpoint'))).toBe(done.ok)
		if (done.ok) break
	}
	gotten(await mirror(made.archive, copy))
	expect(filesOf(copy)).toEqual(filesOf(made.archive))
	expect(asked).toBeLessThan(3 * total)
})

test('what was verified is put in its place by the next run, without its source', async () => {
	const made = await publishedCentre()
	const [copy, verified] = [join(made.home, 'copy'), join(made.home, 'copy.verified')]
	gotten(await mirror(made.archive, copy))
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	cpSync(made.archive, verified, { recursive: true })
	writeFileSync(join(verified, '.removed.json'), '["p/old.html", "../keys/log-key.pem", 7]')
	writeFileSync(join(copy, 'p', 'old.html'), '')
	// Cut off in the middle.
	for (const name of ['keys', 'data']) {
		rmSync(join(copy, name), { recursive: true })
		renameSync(join(verified, name), join(copy, name))
	}
	expect(codeOf(await mirror(join(made.home, 'nothing'), copy))).toBe('source-unreachable')
	expect(filesOf(copy)).toEqual(filesOf(made.archive))
	expect(existsSync(verified)).toBe(false)
	expect(existsSync(join(made.keys, 'log-key.pem'))).toBe(true)
})

test.each(['tile/entries/000.p/3', 'index.html', 'SHA256SUMS'])(
	'who copies a copy while it is put in its place, cut off at %s, knows that more is to come',
	async (path) => {
		const made = await publishedCentre()
		const copy = join(made.home, 'copy')
		gotten(await mirror(made.archive, copy))
		const before = filesOf(copy)[path]
		await made.centre.acta('k-one', actaText(1))
		await made.publish()
		rmSync(join(copy, path), { force: true })
		mkdirSync(join(copy, path, 'in the way'), { recursive: true })
		expect(codeOf(await mirror(made.archive, copy))).toBe('disk-failed')
		rmSync(join(copy, path), { recursive: true })
		if (before !== undefined) writeFileSync(join(copy, path), before)
		expect(await faultsOf(copy)).toEqual(['not-in-step'])
		gotten(await mirror(made.archive, copy))
		expect(filesOf(copy)).toEqual(filesOf(made.archive))
	},
)

test('damaged tiles and files of the copy are fetched anew; what its keeper put there stays', async () => {
	const made = await publishedCentre()
	const copy = join(made.home, 'copy')
	gotten(await mirror(made.archive, copy))
	const [bundle = ''] = Object.keys(filesOf(copy)).filter((path) => path.startsWith('tile/entries'))
	writeFileSync(join(copy, bundle), 'damaged')
	rmSync(join(copy, 'index.html'))
	writeFileSync(join(copy, 'robots.txt'), 'User-agent: *')
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	gotten(await mirror(made.archive, copy))
	expect(await faultsOf(copy)).toEqual(['file-unlisted'])
})

test('a folder of somebody is not made a copy, and a copy not one of another authority', async () => {
	const [made, other] = [await publishedCentre(), await publishedCentre()]
	const copy = join(made.home, 'copy')
	mkdirSync(copy)
	writeFileSync(join(copy, 'thesis.txt'), 'mine')
	expect(codeOf(await mirror(made.archive, copy))).toBe('not-a-copy')
	expect(filesOf(copy)).toEqual({ 'thesis.txt': 'mine' })
	rmSync(copy, { recursive: true })
	gotten(await mirror(made.archive, copy))
	expect(codeOf(await mirror(other.archive, copy))).toBe('other-authority')
	expect(codeOf(await mirror(made.centre.directory, join(made.home, 'new')))).toBe('not-an-archive')
})

test.each(['incoming', 'verified', 'proof', 'lock'])(
	'a link at .%s leads nobody elsewhere',
	async (ending) => {
		const made = await publishedCentre()
		const [older, copy, victim] = ['older', 'copy', 'victim'].map((name) => join(made.home, name))
		if (older === undefined || copy === undefined || victim === undefined) throw new Error('three')
		copyOf(made.archive, older)
		await made.centre.acta('k-one', actaText(1))
		await made.publish()
		if (ending === 'proof') gotten(await mirror(made.archive, copy))
		mkdirSync(join(victim, 'docs'), { recursive: true })
		writeFileSync(join(victim, 'docs', 'thesis.txt'), 'mine')
		symlinkSync(victim, `${copy}.${ending}`)
		expect(codeOf(await mirror(older, copy))).toBe(ending === 'lock' ? 'locked' : 'disk-failed')
		expect(filesOf(victim)).toEqual({ 'docs/thesis.txt': 'mine' })
	},
)

test('a damaged copy with nothing new is mended from its source, or told', async () => {
	const made = await publishedCentre()
	const copy = join(made.home, 'copy')
	gotten(await mirror(made.archive, copy))
	const whole = filesOf(copy)
	const [bundle = ''] = Object.keys(whole).filter((path) => path.startsWith('tile/0'))
	writeFileSync(join(copy, bundle), Buffer.alloc(64))
	rmSync(join(copy, 'data', 'tables.csv'))
	// What lies in the place of files that were verified, planted there.
	mkdirSync(`${copy}.verified`)
	writeFileSync(join(`${copy}.verified`, 'index.html'), 'planted')
	writeFileSync(join(`${copy}.verified`, '.removed.json'), '["keys/registry.jws"]')
	const mended = gotten(await mirror(made.archive, copy))
	expect(mended).toMatchObject({ isUnchanged: false, isMended: true })
	expect(filesOf(copy)).toEqual(whole)
	expect(gotten(await mirror(made.archive, copy))).toMatchObject({ isUnchanged: true, isMended: false })
	for (const folder of [copy, made.archive]) writeFileSync(join(folder, 'index.html'), 'damaged')
	expect(codeOf(await mirror(made.archive, copy))).toBe('not-in-step')
})

test('an altered record of an earlier publication, and a site signed twice, are refused and proved', async () => {
	const made = await publishedCentre()
	const [copy, second] = [join(made.home, 'copy'), join(made.home, 'second')]
	gotten(await mirror(made.archive, copy))
	const [record, site] = [made.file('feed/0.json'), made.file('site')]
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	gotten(await mirror(made.archive, second))
	const newest = made.file('site')
	await sign(made, 'feed/0.json', record.replace('2024', '2019'))
	const kept = filesOf(copy)
	expect(codeOf(await mirror(made.archive, copy))).toBe('record-altered')
	expect(filesOf(copy)).toEqual(kept)
	const proof = Object.values(filesOf(`${copy}.proof`))
	for (const text of [site, made.file('site'), record, made.file('feed/0.json')])
		expect(proof).toContain(latin1(text))
	expect(codeOf(await mirror(made.archive, second))).toBe('site-forked')
	expect(Object.values(filesOf(`${second}.proof`))).toEqual(
		expect.arrayContaining([newest, made.file('site')].map(latin1)),
	)
	await signNumbers(second, made.keys, { publication: 2 })
	expect(codeOf(await mirror(made.archive, second))).toBe('shrunk')
	expect(await proofsIn(`${copy}.proof`)).toEqual(['record-altered'])
	expect((await proofsIn(`${second}.proof`)).sort()).toEqual(['shrunk', 'site-forked'])
	for (const name of readdirSync(`${copy}.proof`).filter((one) => one.includes('seen.feed+SHA')))
		writeFileSync(join(`${copy}.proof`, name), '')
	expect(await proofsIn(`${copy}.proof`)).not.toContain('record-altered')
})

test.each([{ size: Number.MAX_SAFE_INTEGER }, { publication: Number.MAX_SAFE_INTEGER }])(
	'endless numbers that a log has signed come to an end: %o',
	async (numbers) => {
		const made = await publishedCentre()
		await signNumbers(made.archive, made.keys, numbers)
		const rounds = { most: 1, firstMs: 0, mostMs: 0 }
		const refused = await mirror(made.archive, join(made.home, 'copy'), { rounds })
		expect(['tile-missing', 'wrong']).toContain(codeOf(refused))
	},
)

test('what is edited is not shown, also where the log has signed it', async () => {
	const made = await publishedCentre()
	const copy = join(made.home, 'copy')
	const page = made.file('index.html')
	writeFileSync(join(made.archive, 'index.html'), 'edited')
	expect(codeOf(await mirror(made.archive, copy))).toBe('not-in-step')
	writeFileSync(join(made.archive, 'index.html'), page)
	await sign(made, 'data/figures.json', '{}\n')
	const refused = await mirror(made.archive, copy)
	expect(refused).toMatchObject({ ok: false, fault: { code: 'wrong', faults: [{ code: 'figures-differ' }] } })
	expect(existsSync(copy)).toBe(false)
})

test('pictures are held against their digests, may be left out, and go when they are withdrawn', async () => {
	const made = await PublishedCentre.make()
	made.centre.register([{}])
	const pictures = ['one', 'two', 'three'].map(bareJpeg)
	for (const bytes of pictures) {
		const sha256 = made.centre.picture(bytes)
		const image = { role: 'public', mediaType: 'image/jpeg', size: bytes.length, sha256 }
		await made.centre.acta('k-one', null, undefined, { images: [image] })
	}
	await made.publish()
	const [copy, bare] = [join(made.home, 'copy'), join(made.home, 'bare')]
	const pathOf = (bytes: Buffer) => {
		const sha256 = createHash('sha256').update(bytes).digest('hex')
		return `image/${sha256.slice(0, 2)}/${sha256}`
	}
	const [first = '', second = ''] = pictures.map(pathOf)
	writeFileSync(join(made.archive, first), 'uno')
	rmSync(join(made.archive, second))
	expect(gotten(await mirror(made.archive, bare, { images: false })).pictures).toBe(null)
	expect(existsSync(join(bare, 'image'))).toBe(false)
	expect(gotten(await mirror(made.archive, copy)).pictures).toEqual({
		...{ named: 3, fetched: 1, absent: 1, withdrawn: 0, altered: 1 },
	})
	writeFileSync(join(made.archive, first), pictures[0] ?? '')
	writeFileSync(join(made.archive, second), pictures[1] ?? '')
	expect(gotten(await mirror(made.archive, copy)).pictures).toMatchObject({ fetched: 2, absent: 0 })
	expect(gotten(await mirror(made.archive, bare)).pictures).toMatchObject({ fetched: 3 })
	// The same publication signed anew would be a fork to a copy that remembers the first.
	writeFileSync(join(copy, 'site'), 'damaged')
	await sign(made, 'disputes/withdrawn.csv', `sha256,reason,day\n${first.slice(-64)},person,2024-07-30\n`)
	expect(gotten(await mirror(made.archive, copy)).pictures).toMatchObject({ withdrawn: 1 })
	expect(existsSync(join(copy, first))).toBe(false)
	expect(await faultsOf(copy)).toEqual([])
})

async function proofsIn(folder: string, log: VerifierKey | null = null): Promise<string[]> {
	const names = await forkProofsIn(folder)
	const verdicts = await Promise.all(names.map((name) => verifyForkProof(folder, name, log)))
	return verdicts.map((one) => (one.ok ? one.value.what : one.fault.code))
}

function latin1(text: string): string {
	return Buffer.from(text).toString('latin1')
}
