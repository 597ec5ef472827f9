/**
 * What stands in a journal that a kiosk may be writing to this moment. Read only.
 *
 * INVARIANT: only what is on the disk counts. A line can be seen before its sync has returned; if the power then
 * failed, the kiosk would use its seq again, and the copy on the stick would accuse an honest device of two
 * entries under one seq. So the file is synced here before its bytes are believed.
 */
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { entryChain, readEntry, type SignedEntry } from '../evidence/entry.ts'
import { longestJws, parseJws } from '../evidence/jws.ts'
import { readPublicKey } from '../evidence/keys/key-file.ts'
import { deviceFile, entriesFile } from '../journal/journal.ts'
import { type StoredImage, storedImagesOf } from '../journal/stored-image.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { readLines } from '../platform/files/line-reader.ts'
import { openPlain } from '../platform/files/plain-file.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type ChainSnapshot, ChainUnreadable } from './chain-copy.ts'

export type JournalSnapshotFault = Fault<'journal-unreadable' | 'journal-empty'>

export interface JournalSnapshot extends ChainSnapshot<SignedEntry> {
	readonly directory: string
	/** `device.pem`, byte for byte. */
	readonly deviceKey: Buffer
	close(): Promise<void>
	readonly lines: number
	/** Lines that are no entry: copied all the same, and for `testigo verify` to name. */
	readonly unreadable: number
	/** In the order in which entries name them first. */
	readonly images: readonly StoredImage[]
}

/** Bytes: a chain of certificates has a few thousand. */
const longestKeyFile = 64 * 1024

export async function openJournalSnapshot(
	directory: string,
): Promise<Result<JournalSnapshot, JournalSnapshotFault>> {
	let file: FileHandle | undefined
	try {
		const pem = await readCapped(join(directory, deviceFile), longestKeyFile)
		if (!pem.ok) return fail('journal-unreadable', `${join(directory, deviceFile)}: ${pem.fault.detail}`)
		const deviceKey = pem.value
		const key = readPublicKey(deviceKey.toString('latin1'))
		if (!key.ok) return fail('journal-unreadable', `${join(directory, deviceFile)}: ${key.fault.detail}`)
		const opened = await openPlain(join(directory, entriesFile))
		if (!opened.ok) {
			return fail('journal-unreadable', `${join(directory, entriesFile)}: ${opened.fault.detail}`)
		}
		const { handle, seen } = opened.value
		file = handle
		await handle.datasync()
		const read = await readEntries(handle, seen.size)
		if (read.device === null) {
			await handle.close()
			return fail('journal-empty', `${directory}: nothing has been recorded here yet`)
		}
		const signer = { id: read.device, publicKey: key.value }
		return ok({
			...{ ...read, ...reader(handle), directory, signer, deviceKey },
			...{ chain: entryChain, file: entriesFile, keyFile: deviceFile },
		})
	} catch (error) {
		await file?.close()
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('journal-unreadable', `${directory}: can't be read as a journal (${message})`)
	}
}

function reader(file: FileHandle): Pick<JournalSnapshot, 'read' | 'close'> {
	return {
		async read(buffer, position) {
			try {
				return (await file.read(buffer, 0, buffer.length, position)).bytesRead
			} catch (error) {
				throw new ChainUnreadable((error as Error).message)
			}
		},
		close: () => file.close(),
	}
}

async function readEntries(file: FileHandle, seen: number) {
	const ids = new Map<number, string>()
	const images = new Map<string, StoredImage>()
	const yieldIfDue = yieldToEventLoop()
	let [device, size, lines, unreadable]: [string | null, number, number, number] = [null, 0, 0, 0]
	if (seen > 0) {
		const bytes = file.createReadStream({ autoClose: false, start: 0, end: seen - 1 })
		for await (const line of readLines(bytes, longestJws)) {
			await yieldIfDue()
			if (!line.ended) break
			lines++
			size = line.offset + line.length + 1
			const jws = parseJws(line.bytes.toString('latin1'), 'entry')
			const read = jws.ok ? readEntry(jws.value) : jws
			if (jws.ok) device ??= jws.value.kid
			if (!read.ok) {
				unreadable++
				continue
			}
			const { id, entry } = read.value
			ids.set(entry.seq, id)
			for (const image of storedImagesOf(entry)) {
				if (!images.has(image.sha256)) images.set(image.sha256, image)
			}
		}
	}
	const idAt = (seq: number) => ids.get(seq) ?? null
	return { device, size, lines, unreadable, images: [...images.values()], idAt }
}
