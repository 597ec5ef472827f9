/**
 * The thread in which pictures are decoded and searched: `qr-reader.ts` starts it. One job at a time. Anything
 * unforeseen ends the thread, and the reader starts another: nothing can be left half done in it.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { chooseReading } from './choose.ts'
import { decodeGrey } from './decode-grey.ts'
import type { Job, QrThreadAnswer, QrThreadData, Question } from './qr-thread-messages.ts'
import type { ReadingReport } from './reading.ts'
import { searchPicture } from './search/picture-search.ts'
import { QrSearch } from './search/qr-search.ts'
import { pictureTroubleOf } from './trouble/picture-trouble.ts'

if (parentPort === null) throw new Error('this file is started as a thread by qr-reader')
const port = parentPort
const { election, decodeSeconds } = workerData as QrThreadData

// No picture comes twice, and one core is left for the rest of the kiosk.
sharp.cache(false)
sharp.concurrency(1)
const search = await QrSearch.load()

// A decoded picture is 12 MB of which the collector sees a small object: left alone it lets 60 MB gather. With a
// collection after each answer (8 ms, nobody waits for it) 50 pictures of 12 MP peak 70 MB lower.
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

port.on('message', (job: Question) => {
	if (job === null) return port.postMessage({ kind: 'alive' } satisfies QrThreadAnswer)
	void read(job).then((report) => {
		const answer: QrThreadAnswer = { kind: 'report', report, heapBytes: search.heapBytes }
		port.postMessage(answer)
		setImmediate(collect)
	})
})
port.postMessage({ kind: 'ready' } satisfies QrThreadAnswer)

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
