import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { beforeEach, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Image } from '#src/evidence/entry.js'
import { type Candidate, choose } from '#src/transcription/queue/candidates.js'
import { PictureSources } from '#src/transcription/queue/picture-sources.js'
import { type PrepareReport, prepareQueue } from '#src/transcription/queue/prepare.js'
import { blockPapers, readQueue } from '#src/transcription/queue/queue.js'
import { QueuePictures } from '#src/transcription/station/pictures.js'
import { someBytes } from '../support/journal-maker.ts'
import { codeOf, gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let home: string
let made = 0

beforeEach(async () => {
	home = await temporaryFolder()
	await mkdir(join(home, 'images'))
	await mkdir(join(home, 'unsealed'))
})

/** A picture of nothing, like no other; `seed` gives the same one again. */
const pictureOf = (seed: number, format: 'jpeg' | 'tiff' = 'jpeg') =>
	sharp(someBytes(12, seed), { raw: { width: 4, height: 3, channels: 1 } })
		.resize({ width: 80, height: 60, kernel: 'nearest' })
		.toFormat(format)
		.toBuffer()

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function imageOf(bytes: Uint8Array, more: Partial<Image> = {}): Image {
	const sealed = { format: 'age-v1' as const, size: 1, sha256: digestOf(bytes) }
	return {
		role: 'full',
		mediaType: 'image/jpeg',
		size: bytes.length,
		sha256: digestOf(bytes),
		sealed,
		...more,
	}
}

function candidateOf(device: string, images: readonly Image[], more: Partial<Candidate> = {}): Candidate {
	const entry = Buffer.alloc(32, ++made).toString('base64url')
	const unread = { table: null, isRead: false, readings: 0, unreadable: 0, noActa: 0 }
	return { entry, device, images, ...unread, ...more }
}

/** As custodians unseal it. */
const unseal = (device: string, bytes: Uint8Array, name = '') =>
	writeFile(
		join(home, 'unsealed', name || `${device}-000007-full-${digestOf(bytes).slice(0, 12)}.jpg`),
		bytes,
	)

/** One of a device, unsealed. */
async function paperOf(device: string, bytes: Uint8Array, more: Partial<Candidate> = {}): Promise<Candidate> {
	await unseal(device, bytes)
	return candidateOf(device, [imageOf(bytes)], more)
}

async function prepare(
	candidates: readonly Candidate[],
	{ sample = [] as string[], most = 100, to = 'queue' } = {},
) {
	const chosen = choose(candidates, { sample: new Set(sample), hasReading: () => false })
	const directory = join(home, to)
	const sources = await PictureSources.open(join(home, 'images'), join(home, 'unsealed'))
	const parts = { election: presidential2024, candidates, chosen, sources, directory, most }
	return { directory, result: await prepareQueue(parts) }
}

async function prepared(...given: Parameters<typeof prepare>) {
	const { directory, result } = await prepare(...given)
	const report: PrepareReport = gotten(result)
	return { directory, report, queue: gotten(await readQueue(directory)) }
}

test('a queue holds the pictures as they were signed, and nothing of what was read of them', async () => {
	const one = await paperOf('k-one', await pictureOf(1), { table: '121202007.01' })
	const two = await paperOf('k-two', await pictureOf(2))
	const { queue, report, directory } = await prepared([one, two])
	expect(report).toMatchObject({ papers: 2, pictures: 2, alike: 0, withoutPicture: 0, left: 0, faults: [] })
	expect(queue.papers.map(({ entry, source, block }) => ({ entry, source, block }))).toEqual([
		{ entry: one.entry, source: 0, block: 0 },
		{ entry: two.entry, source: 1, block: 0 },
	])
	const list = await readFile(join(directory, 'queue.json'), 'utf8')
	for (const said of ['k-one', 'k-two', '121202007']) expect(list).not.toContain(said)
	const pictures = new QueuePictures(directory)
	for (const paper of queue.papers) {
		expect(codeOf(await pictures.hold(paper))).toBe('ok')
		const [picture] = paper.pictures
		expect(digestOf(pictures.get(picture?.sha256 ?? '')?.bytes ?? Buffer.alloc(0))).toBe(picture?.sha256)
	}
})

test('ended halfway and begun again it is the same; a folder with another queue is left alone', async () => {
	const papers = [await paperOf('k-one', await pictureOf(1)), await paperOf('k-two', await pictureOf(2))]
	const { directory } = await prepared(papers)
	const list = await readFile(join(directory, 'queue.json'))
	await rm(join(directory, 'queue.json'))
	await writeFile(join(directory, 'pictures', 'new', 'half'), 'of a picture')
	await prepared(papers)
	await prepared(papers)
	expect(await readdir(join(directory, 'pictures', 'new'))).toEqual([])
	expect(await readFile(join(directory, 'queue.json'))).toEqual(list)
	await rm(join(directory, 'pictures'), { recursive: true })
	const other = await paperOf('k-one', await pictureOf(3))
	for (const [candidates, most] of [
		[[...papers, other], 100],
		[[other, ...papers], 100],
		[papers, 1],
	] as const) {
		const { result } = await prepare(candidates, { most })
		expect(codeOf(result)).toBe('queue-there')
		expect(await readFile(join(directory, 'queue.json'))).toEqual(list)
		// Not one picture: somebody may have forgotten them on purpose.
		expect(await readdir(directory)).toEqual(['queue.json'])
	}
	// The same queue gets its pictures again.
	await prepared(papers)
	expect(await readdir(directory)).toEqual(['pictures', 'queue.json'])
})

test('a paper that a device sent twice is read once, unless a sample names it; of two devices both are', async () => {
	const bytes = await pictureOf(1)
	const again = await sharp(bytes).jpeg({ quality: 60 }).toBuffer()
	const [one, two] = [await paperOf('k-one', bytes), await paperOf('k-one', again)]
	const other = await paperOf('k-two', bytes)
	const { queue, report } = await prepared([one, two, other])
	expect(report).toMatchObject({ papers: 2, alike: 1 })
	expect(queue.papers.map(({ entry }) => entry)).toEqual([one.entry, other.entry])
	const sampled = await prepared([one, two, other], { sample: [two.entry], to: 'sampled' })
	expect(sampled.queue.papers.map(({ entry }) => entry)).toEqual([one.entry, other.entry, two.entry])
	expect(sampled.queue.papers.map(({ block }) => block)).toEqual([0, 0, 0])
})

test('all pictures of a paper go along, and a cut-out for the public only where there is no other', async () => {
	const [top, bottom, cut, lone] = await Promise.all([1, 2, 3, 4].map((seed) => pictureOf(seed)))
	if (!top || !bottom || !cut || !lone) throw new Error('no pictures')
	for (const bytes of [top, bottom]) await unseal('k-one', bytes)
	const keep = async (bytes: Uint8Array) => {
		const path = join(home, 'images', digestOf(bytes).slice(0, 2), digestOf(bytes))
		await mkdir(dirname(path), { recursive: true })
		await writeFile(path, bytes)
		return imageOf(bytes, { role: 'public', sealed: undefined })
	}
	const whole = candidateOf('k-one', [imageOf(top, { role: 'top' }), imageOf(bottom), await keep(cut)])
	const sealed = candidateOf('k-two', [imageOf(await pictureOf(5)), await keep(lone)])
	const { queue, report } = await prepared([
		whole,
		sealed,
		candidateOf('k-two', [imageOf(await pictureOf(6))]),
	])
	expect(queue.papers.map(({ pictures }) => pictures.map(({ sha256 }) => sha256))).toEqual([
		[digestOf(top), digestOf(bottom)],
		[digestOf(lone)],
	])
	expect(report).toMatchObject({ withoutPicture: 1, faults: [] })
})

test('what is not the picture that was signed, or none that can be drawn, is named and left out', async () => {
	const good = await pictureOf(1)
	const altered = candidateOf('k-one', [imageOf(await pictureOf(2))])
	const name = `k-one-000001-full-${altered.images[0]?.sha256.slice(0, 12)}.jpg`
	await unseal('k-one', Buffer.alloc(altered.images[0]?.size ?? 0), name)
	const text = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>')
	const cutShort = good.subarray(0, good.length - 200)
	// A header that claims 50,000 by 50,000 pixels.
	const huge = Buffer.from(good)
	huge.writeUInt32BE(0xc350c350, huge.indexOf(Buffer.from('ffc0', 'hex')) + 5)
	const drawn = [text, cutShort, huge]
	const papers = [altered, await paperOf('k-two', good)]
	for (const bytes of drawn) papers.push(await paperOf('k-bad', bytes))
	const linked = await pictureOf(9)
	await writeFile(join(home, 'elsewhere'), linked)
	await symlink(
		join(home, 'elsewhere'),
		join(home, 'unsealed', `k-bad-000009-full-${digestOf(linked).slice(0, 12)}.jpg`),
	)
	papers.push(candidateOf('k-bad', [imageOf(linked)]))
	const { report } = await prepared(papers)
	expect(report).toMatchObject({ papers: 1, withoutPicture: 0 })
	expect(new Map(report.faults.map(({ entry, code }) => [entry, code]))).toEqual(
		new Map([
			[altered.entry, 'picture-altered'],
			...['unsupported', 'damaged', 'too-many-pixels', 'file-unreadable'].map(
				(code, index): [string, string] => [papers[index + 2]?.entry ?? '', code],
			),
		]),
	)
})

test('a queue takes no more than was asked for, in blocks, and says what was left', async () => {
	const bytes = await Promise.all(Array.from({ length: blockPapers + 3 }, (_, seed) => pictureOf(seed)))
	const papers = await Promise.all(bytes.map((one, index) => paperOf(`k-${index}`, one)))
	const { queue, report } = await prepared(papers, { most: blockPapers + 1 })
	expect(report).toMatchObject({ papers: blockPapers + 1, left: 2 })
	expect(queue.papers.map(({ block }) => block)).toEqual([...Array<number>(blockPapers).fill(0), 1])
})

test('a device that gave too many that are no actas is set back, and those of others are counted on', async () => {
	const noActa = (device: string, count: number) =>
		Array.from({ length: count }, () => candidateOf(device, [], { noActa: 2, unreadable: 2 }))
	const papers = [await paperOf('k-bad', await pictureOf(1)), await paperOf('k-good', await pictureOf(2))]
	const { queue } = await prepared([...noActa('k-bad', 20), ...noActa('k-good', 3), ...papers])
	expect(queue.sources).toEqual([
		{ noActa: 3, isLast: false },
		{ noActa: 20, isLast: true },
	])
})

test('a station shows nothing but the pictures of its paper, as they were signed', async () => {
	const tiff = await pictureOf(2, 'tiff')
	const papers = [await paperOf('k-one', await pictureOf(1)), await paperOf('k-two', tiff)]
	const { queue, directory } = await prepared(papers)
	const [one, two] = queue.papers
	const path = (sha256: string) => join(directory, 'pictures', sha256.slice(0, 2), sha256)
	const pictures = new QueuePictures(directory)
	if (one === undefined || two === undefined) throw new Error('no papers')
	await pictures.hold(two)
	// No browser draws a TIFF.
	expect(pictures.get(two.pictures[0]?.sha256 ?? '')?.mediaType).toBe('image/png')
	expect(pictures.get(one.pictures[0]?.sha256 ?? '')).toBeUndefined()

	const sha256 = one.pictures[0]?.sha256 ?? ''
	const bytes = await readFile(path(sha256))
	await writeFile(path(sha256), Buffer.alloc(bytes.length))
	expect(codeOf(await pictures.hold(one))).toBe('picture-altered')
	await rm(path(sha256))
	await symlink(join(home, 'unsealed'), path(sha256))
	expect(codeOf(await pictures.hold(one))).toBe('picture-missing')
})
