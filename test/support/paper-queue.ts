/** A queue of small pictures, made without a centre. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { type Paper, type Queue, queueText } from '#src/transcription/queue/queue.js'
import { someBytes } from './journal-maker.ts'

/** The path of a picture in the queue in `directory`. */
export function pictureIn(directory: string, sha256: string): string {
	return join(directory, 'pictures', sha256.slice(0, 2), sha256)
}

/** `papers`: how many pictures each has; they are bytes that no browser draws. */
export function makeQueue(directory: string, papers: readonly number[]): Queue {
	mkdirSync(directory, { recursive: true })
	const made = papers.map((count, n): Paper => {
		const pictures = Array.from({ length: count }, (_, index) => {
			const bytes = someBytes(100, 10 * n + index)
			const sha256 = createHash('sha256').update(bytes).digest('hex')
			mkdirSync(join(directory, 'pictures', sha256.slice(0, 2)), { recursive: true })
			writeFileSync(pictureIn(directory, sha256), bytes)
			return { sha256, size: bytes.length, mediaType: 'image/jpeg' as const }
		})
		return { entry: Buffer.alloc(32, n + 1).toString('base64url'), source: 0, block: 0, pictures }
	})
	const sources = [{ noActa: 0, isLast: false }]
	const queue: Queue = { v: 1, election: presidential2024, sources, papers: made }
	writeFileSync(join(directory, 'queue.json'), queueText(queue))
	return queue
}
