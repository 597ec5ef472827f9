/**
 * The thread in which pictures are decoded and searched: `qr-reader.ts` starts it. One job at a time. Anything
 * unforeseen ends the thread, and the reader starts another: nothing can be left half done in it.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { workerData } from 'node:worker_threads'
import sharp from 'sharp'
import type { ElectionDefinition } from '../acta/election.ts'
import { answerRequests } from '../platform/process/worker-client.ts'
import { chooseReading } from './choose.ts'
import { decodeGrey } from './decode-grey.ts'
import type { MediaType } from './media-type.ts'
import type { ReadingReport } from './reading.ts'
import { searchPicture } from './search/picture-search.ts'
import { QrSearch } from './search/qr-search.ts'
import { pictureTroubleOf } from './trouble/picture-trouble.ts'

/** Given to the thread at its start. */
export interface QrThreadData {
	readonly election: ElectionDefinition
	readonly decodeSeconds: number
}

interface Job {
	readonly bytes: Uint8Array
	readonly mediaType: MediaType
}

/** `null` asks for a sign of life, which is `null` too. */
export type QrRequest = Job | null

export type QrAnswer = {
	readonly report: ReadingReport
	/** WebAssembly memory that the thread holds. */
	readonly heapBytes: number
} | null

const { election, decodeSeconds } = workerData as QrThreadData

// No picture comes twice, and one core is left for the rest of the kiosk.
sharp.cache(false)
sharp.concurrency(1)
const search = await QrSearch.load()

// A decoded picture is 12 MB of which the collector sees a small object: left alone it lets 60 MB gather. With a
// collection after each answer (8 ms, nobody waits for it) 50 pictures of 12 MP peak 70 MB lower.
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

answerRequests<QrRequest, QrAnswer>(async (job) => {
	if (job === null) return null
	const report = await read(job)
	setImmediate(collect)
	return { report, heapBytes: search.heapBytes }
})

const nothing = { picture: null, decodeMs: 0, searchMs: 0, firstMs: 0, stage: null, sighting: null }

async function read({ bytes, mediaType }: Job): Promise<ReadingReport> {
	const begun = performance.now()
	const decoded = await decodeGrey(bytes, mediaType, decodeSeconds)
	const decodeMs = performance.now() - begun
	if (!decoded.ok) {
		return { reading: { kind: 'no-picture', fault: decoded.fault }, ...nothing, decodeMs }
	}
	const { codes, stage, sighting, firstMs } = searchPicture(decoded.value, search, election, () =>
		performance.now(),
	)
	const searchMs = performance.now() - begun - decodeMs
	const { width, height } = decoded.value
	return {
		reading: chooseReading(codes, election, () => pictureTroubleOf(decoded.value)),
		picture: { mediaType, width, height },
		decodeMs,
		searchMs,
		firstMs,
		stage,
		sighting,
	}
}
