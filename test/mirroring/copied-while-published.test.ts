/**
 * Copies of an archive, made while one publication after another is written: by tools that know nothing of it, in any order
 * and at any pace, and by `testigo mirror`. What the publisher wrote is recorded file by file, in its order, so that a copier
 * can meet any moment, and meets it again by its seed.
 */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { ArchiveSource } from '#src/mirroring/archive-source.js'
import { fail, ok } from '#src/platform/result.js'
import { ArchiveFiles } from '#src/publishing/archive-files.js'
import { Random } from '#src/simulator/random.js'
import { bareJpeg } from '../support/bare-jpeg.ts'
import { actaText } from '../support/journal-maker.ts'
import { codeOf } from '../support/result.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { faultsOf, filesOf, listWitnesses, mirror, publishedCentre } from './mirrored.ts'

const copies = shortOrLong({ short: 6, long: 200 })

/** In which nothing is written, after each publication. */
const restMoments = 40

/** A file as it was put in its place; null where it was taken away. */
type Written = readonly [path: string, content: Buffer | null]

/** An archive from its first file on, as who looks at it sees it after each. */
class History {
	readonly #written: readonly Written[]
	readonly #files = new Map<string, Buffer>()
	#moment = 0

	constructor(written: readonly Written[]) {
		this.#written = written
	}

	get length(): number {
		return this.#written.length
	}

	goTo(moment: number): void {
		for (; this.#moment < Math.min(moment, this.#written.length); this.#moment++) {
			const [path, content] = this.#written[this.#moment] ?? ['', null]
			if (content === null) this.#files.delete(path)
			else this.#files.set(path, content)
		}
	}

	/** Of a folder: what it holds. */
	names(folder: string): string[] {
		const below = folder === '' ? '' : `${folder}/`
		const inside = [...this.#files.keys()].filter((path) => path.startsWith(below))
		return [...new Set(inside.map((path) => path.slice(below.length).split('/')[0] ?? ''))]
	}

	read(path: string): Buffer | null {
		return this.#files.get(path) ?? null
	}

	get files(): Record<string, string> {
		const all = [...this.#files].sort(([one], [other]) => (one < other ? -1 : 1))
		return Object.fromEntries(all.map(([path, content]) => [path, content.toString('latin1')]))
	}
}

/** Four publications, the last of which adds words only: what was written, and of it what the first is. */
async function published() {
	const written: Written[] = []
	const { put, remove } = ArchiveFiles.prototype
	vi.spyOn(ArchiveFiles.prototype, 'put').mockImplementation(async function (
		this: ArchiveFiles,
		path,
		content,
	) {
		await put.call(this, path, content)
		written.push([path, Buffer.from(content)])
	})
	vi.spyOn(ArchiveFiles.prototype, 'remove').mockImplementation(async function (this: ArchiveFiles, path) {
		await remove.call(this, path)
		written.push([path, null])
	})
	const made = await publishedCentre()
	const first = written.length
	const rest = () => {
		for (let moment = 0; moment < restMoments; moment++) written.push(['', null])
	}
	rest()
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	rest()
	await made.centre.acta('k-two', actaText(0, [11, 20]))
	const picture = bareJpeg('one')
	const image = { role: 'public', mediaType: 'image/jpeg', size: picture.length }
	const images = [{ ...image, sha256: made.centre.picture(picture) }]
	await made.centre.acta('k-two', null, undefined, { images })
	await made.publish()
	rest()
	await listWitnesses(made, [], 0)
	await made.publish()
	rest()
	const whole = new History(written)
	whole.goTo(written.length)
	expect(whole.files).toEqual(filesOf(made.archive))
	vi.restoreAllMocks()
	return { written, first }
}

let recorded: ReturnType<typeof published> | null = null

/** Recorded once for all tests. `first`: when there is a first publication to copy. */
function recording() {
	recorded ??= published()
	return recorded
}

/**
 * A tool that goes through folders in an order of its own, and at its own pace: so many files are written meanwhile.
 * `isOrdered`: `checkpoint` and `site` before all else, `feed/` behind it.
 */
function copyBy(history: History, folder: string, begin: number, random: Random, isOrdered: boolean): void {
	let moment = begin
	const pace = random.pick([0, 1, 1, 3, 10])
	const copyOf = (path: string, without: readonly string[] = []) => {
		moment += random.chance(0.5) ? 0 : random.whole(0, pace)
		history.goTo(moment)
		const content = history.read(path)
		if (content !== null) return put(folder, path, content)
		const below = history.names(path).map((name) => (path === '' ? name : `${path}/${name}`))
		for (const one of random.shuffled(below)) if (!without.includes(one)) copyOf(one)
	}
	const heads = isOrdered ? random.shuffled(['checkpoint', 'site']) : []
	for (const path of heads) copyOf(path)
	copyOf('', isOrdered ? [...heads, 'feed'] : [])
	if (isOrdered) copyOf('feed')
}

async function verdictOf(folder: string): Promise<string> {
	const codes = await faultsOf(folder)
	return codes.length === 0 ? 'whole' : codes.join()
}

test(`${copies} copies at one moment each verify, or are not in step`, async () => {
	const [{ written, first }, home] = [await recording(), await temporaryFolder()]
	const seen: Record<string, number> = {}
	for (let copy = 0; copy < copies; copy++) {
		const random = new Random(`moment ${copy}`)
		const history = new History(written)
		history.goTo(random.whole(first, history.length))
		const folder = join(home, 'copy')
		for (const [path, content] of Object.entries(history.files)) put(folder, path, content)
		const verdict = await verdictOf(folder)
		seen[verdict] = (seen[verdict] ?? 0) + 1
		rmSync(folder, { recursive: true })
	}
	expect(Object.keys(seen).sort()).toEqual(['not-in-step', 'whole'])
})

test.each([true, false])(
	`${copies} copies that take their time; in the order that is asked for: %s`,
	async (isOrdered) => {
		const [{ written, first }, home] = [await recording(), await temporaryFolder()]
		const seen: Record<string, string[]> = {}
		for (let copy = 0; copy < copies; copy++) {
			const name = `copy ${copy}`
			const folder = join(home, 'copy')
			const random = new Random(name)
			copyBy(new History(written), folder, random.whole(first, written.length), random, isOrdered)
			for (const code of (await verdictOf(folder)).split(',')) seen[code] = [...(seen[code] ?? []), name]
			rmSync(folder, { recursive: true })
		}
		const codes = Object.keys(seen).sort()
		// Whoever copies in any order can have newer heads over older files: then something is not there, or not as listed.
		const allowed = ['not-in-step', 'whole', ...(isOrdered ? [] : lackingOrOlder)]
		expect(codes, JSON.stringify(seen)).toEqual(expect.arrayContaining(['not-in-step', 'whole']))
		expect(
			codes.filter((code) => !allowed.includes(code)),
			JSON.stringify(seen),
		).toEqual([])
	},
)

/** Nothing of a log with two trees, and no signature; `shrunk` where a newer checkpoint lies beside. */
const lackingOrOlder = [
	...['tile-missing', 'checkpoint-missing', 'file-missing', 'file-altered', 'file-unlisted', 'sums-differ'],
	...['figures-differ', 'tables-differ', 'feed-differs', 'registry-missing', 'definition-differs'],
	...['campaign-differs', 'image-unknown', 'shrunk'],
]

/** Each file that is asked for finds so many more written. */
class PublishingSource implements ArchiveSource {
	readonly name = 'publishing'
	readonly isRemote: boolean
	readonly #history: History
	readonly #random: Random
	readonly #pace: number
	#moment: number

	constructor(history: History, random: Random, begin: number, pace: number) {
		this.#history = history
		this.#random = random
		// Of one that is far away pages and sums are made from the leaves.
		this.isRemote = random.chance(0.5)
		this.#moment = begin
		this.#pace = pace
		history.goTo(begin)
	}

	fetch(path: string) {
		this.#moment += this.#random.whole(0, this.#pace)
		this.#history.goTo(this.#moment)
		const content = this.#history.read(path)
		return Promise.resolve(content === null ? fail('source-missing', path) : ok(content))
	}
}

test(`${copies} mirrors begun at any moment show what verifies, or nothing new`, async () => {
	const [{ written, first }, home] = [await recording(), await temporaryFolder()]
	const kept = join(home, 'kept')
	const before = new History(written)
	before.goTo(first)
	for (const [path, content] of Object.entries(before.files)) put(kept, path, content)
	const seen: Record<string, number> = {}
	for (let copy = 0; copy < copies; copy++) {
		const random = new Random(`mirror ${copy}`)
		const history = new History(written)
		const folder = join(home, 'mirror')
		const isNew = random.chance(0.5)
		if (!isNew) cpSync(kept, folder, { recursive: true })
		const begin = random.whole(first, history.length)
		const source = new PublishingSource(history, random, begin, random.pick([0, 1, 3, 10]))
		const rounds = { most: random.whole(1, 3), firstMs: 0, mostMs: 0 }
		const code = codeOf(await mirror(source, folder, { rounds }))
		seen[code] = (seen[code] ?? 0) + 1
		// A new one that failed has nothing to show; another shows what it had.
		if (code === 'ok' || !isNew) expect(await verdictOf(folder)).toBe('whole')
		else expect(existsSync(folder)).toBe(false)
		for (const name of ['mirror', 'mirror.incoming', 'mirror.lock'])
			rmSync(join(home, name), { recursive: true, force: true })
	}
	expect(Object.keys(seen).sort()).toEqual(['not-in-step', 'ok'])
})

function put(folder: string, path: string, content: Uint8Array | string): void {
	mkdirSync(dirname(join(folder, path)), { recursive: true })
	writeFileSync(join(folder, path), content, 'latin1')
}
