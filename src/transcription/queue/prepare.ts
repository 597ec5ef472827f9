/**
 * Makes a queue in a folder: pictures first, each checked and synced, the list of them last. Ended halfway and begun again it
 * goes on with the pictures that are there. Into a folder with another queue it puts nothing.
 */
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ElectionDefinition } from '../../acta/election.ts'
import type { Image } from '../../evidence/entry.ts'
import { ImageFiles } from '../../journal/image-files.ts'
import { readCapped } from '../../platform/files/capped-file.ts'
import { makeDirectory, replaceFile } from '../../platform/files/durable.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { parseJson } from '../../platform/strict-json.ts'
import { type Candidate, type Chosen, devicesThatAreLast, isNoActa, sampleStage } from './candidates.ts'
import { areAlike, type Likeness } from './likeness.ts'
import type { FoundPicture, PictureSources } from './picture-sources.ts'
import {
	blockPapers,
	type Paper,
	type Picture,
	picturesDirectory,
	Queue,
	queueCapBytes,
	queueFile,
	queueText,
	type Source,
} from './queue.ts'

/** Of a device, the pictures before that each is compared with. */
const mostCompared = 256

export interface PrepareParts {
	readonly election: ElectionDefinition
	/** All that were considered: by them devices are known whose papers are no actas. */
	readonly candidates: readonly Candidate[]
	readonly chosen: readonly Chosen[]
	readonly sources: PictureSources
	/** The queue's folder. */
	readonly directory: string
	/** The most papers. */
	readonly most: number
	readonly progress?: (papers: number) => void
}

export interface PrepareReport {
	readonly papers: number
	readonly pictures: number
	/** Bytes of all pictures. */
	readonly bytes: number
	/** Papers that show what another one of the same device shows: for the next queue, when that one is read. */
	readonly alike: number
	/** Papers of which no picture is at hand: most are sealed. */
	readonly withoutPicture: number
	/** Papers that found no room. */
	readonly left: number
	/** Pictures that are not what was signed, or can't be drawn; of each the entry's id. */
	readonly faults: readonly (Fault & { readonly entry: string })[]
}

/** `queue-there`: the folder holds another queue. Rejects when the disk fails. */
export async function prepareQueue(
	parts: PrepareParts,
): Promise<Result<PrepareReport, Fault<'queue-there'>>> {
	const path = join(parts.directory, queueFile)
	const before = await readCapped(path, queueCapBytes)
	if (!before.ok && before.fault.code !== 'file-missing') return refused(path)
	// Looked through first, so that nothing is put into a queue that is another.
	if (before.ok && !(await new Preparation(parts, null).gives(before.value))) return refused(path)
	await makeDirectory(parts.directory)
	const files = new ImageFiles(join(parts.directory, picturesDirectory))
	// A run that was ended may have left half a picture.
	await files.clearUnfinished()
	const preparation = new Preparation(parts, files)
	const report = await preparation.run()
	const { text } = preparation
	if (before.ok && before.value.toString() !== text) return refused(path)
	if (!before.ok) await replaceFile(path, text)
	return ok(report)
}

class Preparation {
	readonly #parts: PrepareParts
	/** Null where it is only asked what would come of it. */
	readonly #files: ImageFiles | null
	readonly #papers: Paper[] = []
	readonly #sources = new Map<string, number>()
	readonly #seen = new Map<string, Likeness[]>()
	readonly #faults: (Fault & { readonly entry: string })[] = []
	#pictures = { count: 0, bytes: 0 }
	#alike = 0
	#withoutPicture = 0

	constructor(parts: PrepareParts, files: ImageFiles | null) {
		this.#parts = parts
		this.#files = files
	}

	/** Whether the same queue as `bytes` comes of it. */
	async gives(bytes: Buffer): Promise<boolean> {
		const json = parseJson(bytes)
		const before = Queue.safeParse(json.ok ? json.value : null)
		if (!before.success) return false
		const { papers } = before.data
		await this.run((made) => isDeepStrictEqual(made.at(-1), papers[made.length - 1]))
		return this.text === bytes.toString()
	}

	/** Of the queue, as it is so far. */
	get text(): string {
		return queueText(this.#queue())
	}

	/** `goOn`: asked after each with the papers so far. */
	async run(goOn: (papers: readonly Paper[]) => boolean = () => true): Promise<PrepareReport> {
		const { chosen, most, progress } = this.#parts
		let looked = 0
		for (const one of chosen) {
			if (this.#papers.length >= most || !goOn(this.#papers)) break
			await this.#take(one)
			looked++
			if (this.#files !== null) progress?.(this.#papers.length)
		}
		return {
			papers: this.#papers.length,
			pictures: this.#pictures.count,
			bytes: this.#pictures.bytes,
			alike: this.#alike,
			withoutPicture: this.#withoutPicture,
			left: chosen.length - looked,
			faults: this.#faults,
		}
	}

	/** One picture in memory at a time: an entry may name sixteen of the largest. */
	async #take({ candidate, stage }: Chosen): Promise<void> {
		const { entry, device, images } = candidate
		const faultsBefore = this.#faults.length
		const pictures: Picture[] = []
		// A cut-out for the public only where there is no other.
		for (const isWhole of [true, false]) {
			for (const image of images) {
				if ((image.role !== 'public') !== isWhole) continue
				const found = await this.#find(entry, image)
				if (found === null) continue
				// What a sample names is read, whatever else it is like.
				const isFirst = pictures.length === 0 && stage !== sampleStage
				if (isFirst && this.#isAlike(device, found.likeness)) {
					this.#alike++
					return
				}
				await this.#files?.put(found.bytes)
				const { length: size } = found.bytes
				pictures.push({ sha256: image.sha256, size, mediaType: found.mediaType })
				this.#pictures = { count: this.#pictures.count + 1, bytes: this.#pictures.bytes + size }
			}
			if (pictures.length > 0) break
		}
		if (pictures.length > 0) {
			this.#papers.push({ entry, source: this.#sourceOf(device), block: this.#block, pictures })
		} else if (this.#faults.length === faultsBefore) this.#withoutPicture++
	}

	async #find(entry: string, image: Image): Promise<FoundPicture | null> {
		const picture = await this.#parts.sources.find(image)
		if (picture.ok) return picture.value
		if (picture.fault.code !== 'picture-missing') this.#faults.push({ ...picture.fault, entry })
		return null
	}

	/** Only with those of its own device: nobody's paper is left out for what another device sends. */
	#isAlike(device: string, likeness: Likeness): boolean {
		const seen = this.#seen.get(device) ?? []
		if (seen.some((other) => areAlike(likeness, other))) return true
		this.#seen.set(device, [...seen.slice(1 - mostCompared), likeness])
		return false
	}

	#sourceOf(device: string): number {
		const known = this.#sources.get(device) ?? this.#sources.size
		this.#sources.set(device, known)
		return known
	}

	/** Without a break where what is urgent ends: nobody sees of a paper why it is read. */
	get #block(): number {
		return Math.floor(this.#papers.length / blockPapers)
	}

	#queue(): Queue {
		const { candidates, election } = this.#parts
		const inQueue = new Set(this.#papers.map(({ entry }) => entry))
		const lastDevices = devicesThatAreLast(candidates)
		const noActa = new Map<string, number>()
		for (const candidate of candidates) {
			if (!isNoActa(candidate) || inQueue.has(candidate.entry)) continue
			noActa.set(candidate.device, (noActa.get(candidate.device) ?? 0) + 1)
		}
		const sources = [...this.#sources.keys()].map(
			(device): Source => ({ noActa: noActa.get(device) ?? 0, isLast: lastDevices.has(device) }),
		)
		return { v: 1, election, sources, papers: this.#papers }
	}
}

function refused(path: string) {
	return fail('queue-there', `${path}: a queue is there already; name another folder`)
}
