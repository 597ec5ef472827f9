/**
 * The head of the last close of day, beside the entries: `head.jws`, one line. The uplink publishes it,
 * a stick carries it, and a start shows again what was shown before the power went.
 */
import { join } from 'node:path'
import { openHead, type SignedHead } from '../evidence/head.ts'
import type { Identity } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { replaceFile } from '../platform/files/durable.ts'

export const headFile = 'head.jws'

/** Resolves when it is on the disk; throws what the disk says. */
export async function storeHead(directory: string, { text }: SignedHead): Promise<void> {
	await replaceFile(join(directory, headFile), `${text}\n`)
}

/** Its text, proven by nobody; null where there is none that can be read. */
export async function readHeadText(directory: string): Promise<string | null> {
	const read = await readCapped(join(directory, headFile), longestJws + 1)
	return read.ok ? read.value.toString('latin1').replace(/\n$/, '') : null
}

/** Null where there is none by `device`. */
export async function openStoredHead(directory: string, device: Identity): Promise<SignedHead | null> {
	const text = await readHeadText(directory)
	const opened = text === null ? null : openHead(text, device)
	return opened?.ok ? opened.value : null
}
