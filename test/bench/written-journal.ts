/** A journal as a kiosk leaves it, written at once instead of entry by entry. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Identity, publicKeyPem } from '#src/evidence/identity.js'
import { ImageStore } from '#src/journal/image-store.js'
import { deviceFile, entriesFile, imagesDirectory } from '#src/journal/journal.js'
import { noise, SignedEntries, signerOf } from './signed-entries.ts'

export interface WrittenJournal {
	readonly directory: string
	readonly device: Identity
	readonly entries: number
	readonly images: readonly { readonly path: string; readonly sha256: string; readonly size: number }[]
}

/** With an `imageSize` of 0 the entries name images that are not there. */
export async function writeJournal(
	directory: string,
	{
		entries: count,
		imageSize,
		device = 'k-bench',
	}: { readonly entries: number; readonly imageSize: number; readonly device?: string },
): Promise<WrittenJournal> {
	const store = new ImageStore(join(directory, imagesDirectory))
	const images: { path: string; sha256: string; size: number }[] = []
	for (let index = 0; imageSize > 0 && index < count; index++) {
		const { sha256, size } = await store.put(noise(imageSize, `image ${index}`))
		images.push({ path: store.path(sha256), sha256, size })
	}
	const entries = new SignedEntries(signerOf(device), images)
	await mkdir(directory, { recursive: true })
	await appendEntries(join(directory, entriesFile), entries, count)
	await writeFile(join(directory, deviceFile), publicKeyPem(entries.signer.publicKey))
	return { directory, device: entries.device, entries: count, images }
}

/** Signs `count` more entries and appends them to the file at `path` with one sync. */
export async function appendEntries(path: string, entries: SignedEntries, count: number): Promise<void> {
	const lines: string[] = []
	for (let written = 0; written < count; written++) lines.push(`${(await entries.next()).text}\n`)
	await writeFile(path, lines.join(''), { flag: 'a', flush: true })
}
