/**
 * Images that a kiosk deleted because a centre holds them: `given-away/<centre>.jws` has the receipts that say so,
 * each written before its images went, and `given-away/<centre>.pem` the key that they are signed with. Entries
 * are never evicted.
 */
import type { KeyObject } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Id, type Identity, publicKeyPem } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { readPublicKeyFile } from '../evidence/keys/public-key-file.ts'
import { answersOf, openReceipt } from '../evidence/receipt.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { LineLog } from '../platform/files/line-log.ts'
import { wholeLines } from '../platform/files/line-reader.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'

const evictionsDirectory = 'given-away'

export interface Eviction {
	/** The id of the entry that names it. */
	readonly entry: string
	/** The id of the receipt that says that it is held, and of who signed that. */
	readonly receipt: string
	readonly centre: string
	readonly key: EvictionKey
}

/** By which key a receipt counts. */
export interface EvictionKey {
	readonly publicKey: KeyObject
	/** Which file alone says that it is that of the centre; null where the authority does. */
	readonly file: string | null
}

/** Opens the record of evictions of a journal, to write. Throws when the disk fails. */
export async function openEvictions(journal: string, centre: Identity): Promise<LineLog> {
	const directory = await makeOwnFolder(journal, evictionsDirectory)
	await replaceFile(join(directory, `${centre.id}.pem`), publicKeyPem(centre.publicKey))
	return (await LineLog.open(join(directory, `${centre.id}.jws`), join(journal, 'quarantine'))).log
}

/**
 * What was evicted, by the digest of the file, as far as receipts by the keys beside them prove it; with
 * `keyOf` only those by the key that it knows of a centre. Whose key it is, the reader has to know.
 */
export async function readEvictions(
	journal: string,
	keyOf?: (centre: string) => EvictionKey | null,
): Promise<ReadonlyMap<string, Eviction>> {
	const directory = join(journal, evictionsDirectory)
	const evictions = new Map<string, Eviction>()
	const yieldIfDue = yieldToEventLoop()
	const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return []
		throw error
	})
	for (const name of names.sort()) {
		const centre = name.replace(/\.jws$/, '')
		if (centre === name || !Id.safeParse(centre).success) continue
		const key = keyOf === undefined ? await keyBeside(directory, centre) : keyOf(centre)
		if (key === null) continue
		for await (const { text } of wholeLines(join(directory, name), longestJws)) {
			await yieldIfDue()
			const opened = openReceipt(text, { id: centre, publicKey: key.publicKey })
			if (!opened.ok) continue
			const { id: receipt, receipt: said } = opened.value
			for (const { entry, images } of answersOf(said)) {
				for (const { sha256, status } of images) {
					if (status === 'stored') evictions.set(sha256, { entry, receipt, centre, key })
				}
			}
		}
	}
	return evictions
}

async function keyBeside(directory: string, centre: string): Promise<EvictionKey | null> {
	const key = await readPublicKeyFile(join(directory, `${centre}.pem`))
	return key.ok ? { publicKey: key.value, file: `${evictionsDirectory}/${centre}.pem` } : null
}
