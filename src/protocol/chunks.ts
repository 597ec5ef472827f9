/** Files travel in chunks of one size, the last one shorter: small enough for every common broker's limit. */
import type { Image } from '../evidence/entry.ts'

/** Bytes of a chunk. AWS IoT takes 128 KiB, which is the least of the common brokers. */
export const chunkSize = 96 * 1024

/** A file as it is stored and sent. */
export interface SentFile {
	/** Lower-case hex, of the bytes as sent. */
	readonly sha256: string
	/** Bytes. */
	readonly size: number
}

/** Which bytes stand for an image on disk and on the wire: the sealed ones where there are such. */
export function sentFile({ sealed, sha256, size }: Image): SentFile {
	return sealed === undefined ? { sha256, size } : { sha256: sealed.sha256, size: sealed.size }
}

export function chunkCount(size: number): number {
	return Math.ceil(size / chunkSize)
}

/** Bytes in chunk `index`; 0 when there is no such chunk. */
export function chunkLength(size: number, index: number): number {
	return Math.max(0, Math.min(chunkSize, size - index * chunkSize))
}
