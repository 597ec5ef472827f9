/**
 * The torrent of what an archive's `SHA256SUMS` covers (`provisioning/verify/ARCHIVE.md`, "The torrent"): one archive gives
 * one info-hash, whoever makes it and when.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import createTorrent from 'create-torrent'
import { longestArchived } from '../archive/archive-folder.ts'
import { byBytes, type Checksums } from '../archive/checksums.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import type { TorrentSettings } from './config.ts'

export interface Torrent {
	/** The file. */
	readonly bytes: Uint8Array
	/** 40 hex digits. */
	readonly infoHash: string
}

interface TorrentParts extends TorrentSettings {
	/** The archive's. */
	readonly folder: string
	/** Of every file that it has, by path. */
	readonly digests: Checksums
	readonly origin: string
}

/** By the size of the whole programs choose otherwise each: a fixed one is the same for everybody. */
const pieceBytes = 256 * 1024

/** Ignored when it is 0, and today's where there is none: it would say to the second when a publication was made. */
const creationMs = 1

/** Rejects when a file can't be read, or is not the one of this digest. */
export async function makeTorrent({
	folder,
	digests,
	origin,
	trackers,
	webSeeds,
}: TorrentParts): Promise<Torrent> {
	const files = new ForeignFiles()
	const paths = [...digests.keys()].sort(byBytes)
	const streams = paths.map((fullPath) =>
		Object.assign(Readable.from(contentOf(files, folder, fullPath, digests.get(fullPath))), { fullPath }),
	)
	const options = {
		...{ name: nameOf(origin), pieceLength: pieceBytes, creationDate: creationMs },
		// Without a list the library names trackers of its own.
		announceList: trackers.map((tracker) => [tracker]),
		...(webSeeds.length === 0 ? {} : { urlList: [...webSeeds] }),
	}
	const bytes = await new Promise<Uint8Array>((resolve, reject) => {
		createTorrent(streams, options, (error, torrent) => (error === null ? resolve(torrent) : reject(error)))
	})
	const infoHash = infoHashOf(bytes)
	if (infoHash === null) throw new Error('a torrent that was made is one')
	return { bytes, infoHash }
}

/** Nothing is opened before what stands before it has been read. */
async function* contentOf(
	files: ForeignFiles,
	folder: string,
	path: string,
	digest: string | undefined,
): AsyncGenerator<Buffer> {
	const read = await files.readBelow(folder, path.split('/'), longestArchived)
	if (!read.ok) throw Object.assign(new Error(read.fault.detail), { code: read.fault.code })
	const { bytes } = read.value
	if (createHash('sha256').update(bytes).digest('hex') !== digest)
		throw Object.assign(new Error(`${path}: was changed since it was written`), { code: 'file-altered' })
	if (bytes.length > 0) yield bytes
}

/** Of the folder that a downloader gets, and under which a web seed serves the files: it stays, whatever is published. */
function nameOf(origin: string): string {
	return origin.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+/, '') || 'archive'
}

/** SHA-1 of the bytes of `info`, in hex; null for what is no torrent. */
export function infoHashOf(torrent: Uint8Array): string | null {
	const bytes = Buffer.from(torrent.buffer, torrent.byteOffset, torrent.byteLength)
	if (bytes[0] !== dictionary) return null
	let at = 1
	while (bytes[at] !== end) {
		const value = endOf(bytes, at)
		const after = value === null ? null : endOf(bytes, value)
		if (value === null || after === null) return null
		if (bytes.toString('latin1', at, value) === '4:info')
			return createHash('sha1').update(bytes.subarray(value, after)).digest('hex')
		at = after
	}
	return null
}

const [dictionary, list, integer, end] = [0x64, 0x6c, 0x69, 0x65]
const longestLength = 10

/** Where the bencoded value that begins at a byte has ended (BEP 3, "bencoding"); null where it does not. */
function endOf(bytes: Buffer, start: number): number | null {
	let depth = 0
	let at = start
	do {
		const kind = bytes[at]
		if (kind === end) depth--
		if (kind === dictionary || kind === list) depth++
		if (kind === integer) at = bytes.indexOf(end, at)
		else if (kind !== end && kind !== dictionary && kind !== list) {
			const colon = bytes.subarray(at, at + longestLength + 1).indexOf(':')
			const length = bytes.toString('latin1', at, at + Math.max(0, colon))
			if (!/^\d+$/.test(length)) return null
			at += colon + Number(length)
		}
		at++
		if (at <= start || at > bytes.length || depth < 0) return null
	} while (depth > 0)
	return at
}
