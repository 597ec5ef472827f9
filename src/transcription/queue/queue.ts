/**
 * A queue: what people are to read, carried to reading stations. It says which pictures there are and of which entry
 * each is, and nothing of what a machine or a person read of them. What it gives away: of each device, by no name, how
 * many of its papers people found to be no actas (`noActa`), and by the order of blocks about where what is urgent ends.
 *
 *     queue.json             written last: without it the queue is not finished
 *     pictures/ab/<sha256>   the plain pictures
 */
import { join } from 'node:path'
import * as z from 'zod'
import { ElectionDefinition } from '../../acta/election.ts'
import { Image } from '../../evidence/entry.ts'
import { FileDigest, mostImages, ObjectId } from '../../evidence/fields.ts'
import { type JsonFileFault, readJsonFile } from '../../platform/files/json-file.ts'
import type { Result } from '../../platform/result.ts'
import { largestFrameBytes } from '../../protocol/limits.ts'

export const queueFile = 'queue.json'
export const picturesDirectory = 'pictures'

/** The most papers of a queue: with them it stays within `queueCapBytes`, and nobody reads more in a week. */
export const mostPapers = 5_000

/** Of how many papers in a row a station may change the order: so much apart are two stations at most. */
export const blockPapers = 40

/** After so many papers of a device that are no actas its others come last. */
export const mostNoActa = 20

/** Bytes of its list. */
export const queueCapBytes = 32 * 1024 * 1024

const Picture = z.strictObject({
	sha256: FileDigest,
	/** Bytes. */
	size: z.int().min(1).max(largestFrameBytes),
	mediaType: Image.shape.mediaType,
})
export type Picture = z.infer<typeof Picture>

const Paper = z.strictObject({
	entry: ObjectId,
	/** Index in `sources`. */
	source: z.int().min(0),
	/** Papers of one block come before those of the next; within it each station has an order of its own. */
	block: z.int().min(0),
	pictures: z.array(Picture).min(1).max(mostImages),
})
export type Paper = z.infer<typeof Paper>

/** A device, by no name: a reader need not know whose papers these are. */
const Source = z.strictObject({
	/** Papers of it that are not in this queue, and of which two stations said that they are no actas. */
	noActa: z.int().min(0),
	/** It had too many of them when the queue was made. */
	isLast: z.boolean(),
})
export type Source = z.infer<typeof Source>

export const Queue = z
	.strictObject({
		v: z.literal(1),
		election: ElectionDefinition,
		sources: z.array(Source).max(mostPapers),
		papers: z.array(Paper).max(mostPapers),
	})
	.check(({ value: { sources, papers }, issues }) => {
		const fault = (message: string) =>
			issues.push({ code: 'custom', path: ['papers'], message, input: papers })
		if (new Set(papers.map(({ entry }) => entry)).size < papers.length) fault('an entry stands twice')
		if (papers.some(({ source }) => source >= sources.length)) fault('a paper of a source that is not there')
	})
export type Queue = z.infer<typeof Queue>

export function readQueue(directory: string): Promise<Result<Queue, JsonFileFault>> {
	return readJsonFile(join(directory, queueFile), Queue, { cap: queueCapBytes })
}

/** As it stands in the file. */
export function queueText(queue: Queue): string {
	return `${JSON.stringify(Queue.parse(queue))}\n`
}
