/** The entries of a journal or of a ledger, one after another, each verified by itself. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { openEntry, type SignedEntry } from '../evidence/entry.ts'
import type { Identity } from '../evidence/identity.ts'
import { parseJws } from '../evidence/jws.ts'
import { type PublicKeyFileFault, readPublicKeyFile } from '../evidence/public-key-file.ts'
import { deviceFile } from '../journal/journal.ts'
import { linesOf } from '../journal/lines.ts'
import type { Clock } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { turns } from '../platform/turns.ts'
import { Registry } from './registry.ts'

export const ledgerFile = 'ledger.jws'

/** Whose key it is, by the id that an entry gives; undefined for a stranger. */
export type Keys = (id: string) => Identity | undefined

/** Of a line that is no entry by a known device: where it stands, and why. */
export type EntryLine = Result<SignedEntry, Fault & { readonly line: number }>

/** The key of a journal is beside it, those of the devices in a ledger in a folder of their own. */
export async function keysIn(
	directory: string,
	kind: 'journal' | 'ledger',
	clock: Clock,
): Promise<Result<Keys, PublicKeyFileFault>> {
	if (kind === 'journal') {
		const key = await readPublicKeyFile(join(directory, deviceFile))
		return key.ok ? ok((id) => ({ id, publicKey: key.value })) : key
	}
	const registry = new Registry(join(directory, 'devices'), clock, () => {})
	await registry.start()
	return ok((id) => registry.known(id))
}

/** Of a file of entries, with or without receipts between them. Rejects when the disk fails. */
export async function* verifiedEntries(path: string, keys: Keys): AsyncGenerator<EntryLine> {
	const turn = turns()
	for await (const line of linesOf(createReadStream(path))) {
		await turn()
		const opened = line.ok ? openedBy(keys, line.text) : line
		if (opened === null) continue
		if (opened.ok) yield opened
		else yield { ok: false, fault: { ...opened.fault, line: line.number } }
	}
}

/** Null for a receipt. */
function openedBy(keys: Keys, text: string): Result<SignedEntry> | null {
	const parsed = parseJws(text, 'entry')
	if (!parsed.ok) return parsed.fault.code === 'foreign-typ' && parseJws(text, 'receipt').ok ? null : parsed
	const device = keys(parsed.value.kid)
	if (device === undefined) return fail('unknown-device', `by ${parsed.value.kid}, whose key is not here`)
	return openEntry(text, device)
}
