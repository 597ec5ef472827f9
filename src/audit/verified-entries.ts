/** The entries of a journal or of a ledger, one after another, each verified by itself. */

import { join } from 'node:path'
import { openEntry, type SignedEntry } from '../evidence/entry.ts'
import type { Identity } from '../evidence/identity.ts'
import { parseJws } from '../evidence/jws.ts'
import { type PublicKeyFileFault, readPublicKeyFile } from '../evidence/keys/public-key-file.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { deviceFile } from '../journal/journal.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { PinnedAuthorityFault } from './published-authority.ts'
import { PublishedDevices } from './published-devices.ts'

export const ledgerFile = 'ledger.jws'

/** Whose key it is, by the id that an entry gives; undefined for a stranger. */
export type Keys = (id: string) => Promise<Identity | undefined>

/** Of a line that is no entry by a known device: where it stands, and why. */
export type EntryLine = Result<SignedEntry, Fault & { readonly line: number }>

/** The key of a journal is beside it, those of the devices in a ledger in a folder of their own. */
export async function keysIn(
	directory: string,
	kind: 'journal' | 'ledger',
): Promise<Result<Keys, PublicKeyFileFault | PinnedAuthorityFault>> {
	if (kind === 'journal') {
		const key = await readPublicKeyFile(join(directory, deviceFile))
		return key.ok ? ok(async (id) => ({ id, publicKey: key.value })) : key
	}
	const devices = await PublishedDevices.read(directory)
	if (!devices.ok) return devices
	const { value } = devices
	return ok(async (id) => {
		const key = await value.key(id)
		return key.ok ? { id, publicKey: key.value } : undefined
	})
}

/** Of a file of entries, with or without a ledger's other lines between them. Rejects when the disk fails. */
export async function* verifiedEntries(path: string, keys: Keys): AsyncGenerator<EntryLine> {
	const yieldIfDue = yieldToEventLoop()
	for await (const line of evidenceLines(filePieces(path))) {
		await yieldIfDue()
		const opened = line.ok ? await openedBy(keys, line.text) : line
		if (opened === null) continue
		if (opened.ok) yield opened
		else yield { ok: false, fault: { ...opened.fault, line: line.number } }
	}
}

/** What stands in a ledger beside entries. */
const otherKinds = ['receipt', 'transcription', 'ruling'] as const

/** Null for another line of a ledger. */
async function openedBy(keys: Keys, text: string): Promise<Result<SignedEntry> | null> {
	const parsed = parseJws(text, 'entry')
	if (!parsed.ok) {
		const isOther = otherKinds.some((kind) => parseJws(text, kind).ok)
		return parsed.fault.code === 'foreign-typ' && isOther ? null : parsed
	}
	const device = await keys(parsed.value.kid)
	if (device === undefined) return fail('unknown-device', `by ${parsed.value.kid}, whose key is not here`)
	return openEntry(text, device)
}
