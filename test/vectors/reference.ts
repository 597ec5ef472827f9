/** What `testigo` itself says of the vectors, in the form in which the three verifiers are compared. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ElectionDefinition } from '#src/acta/election.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { parseRegister } from '#src/acta/register/canonical.js'
import { auditJournal } from '#src/audit/journal-audit.js'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { auditPeople } from '#src/audit/people-audit.js'
import { Centres } from '#src/evidence/authority/centres.js'
import { DeviceRegistry } from '#src/evidence/authority/registry.js'
import { Revocation } from '#src/evidence/authority/revocation.js'
import { openControl } from '#src/evidence/control.js'
import { openEntry } from '#src/evidence/entry.js'
import { openHead } from '#src/evidence/head.js'
import type { Identity } from '#src/evidence/identity.js'
import { readPublicKey } from '#src/evidence/keys/key-file.js'
import { openObject } from '#src/evidence/open.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { openRuling } from '#src/evidence/ruling.js'
import { openTranscription } from '#src/evidence/transcription.js'
import { ok } from '#src/platform/result.js'
import { publishedFigures } from '#src/tally/figures.js'
import { tallyOfLedger } from '#src/tally/ledger-tally.js'
import { gotten } from '../support/result.ts'
import type { CollectionVector } from './collections.ts'
import type { ObjectVector } from './object-vector.ts'

/** The code with which the object is refused; null when it is accepted. */
export function referenceCode(
	vector: Omit<ObjectVector, 'name' | 'code'>,
	keys: Readonly<Record<string, string>>,
): string | null {
	const publicKey = gotten(readPublicKey(keys[vector.by] ?? ''))
	const opened = open(vector, { id: vector.by, publicKey })
	return opened.ok ? null : opened.fault.code
}

function open({ kind, text, device = '' }: Omit<ObjectVector, 'name' | 'code'>, by: Identity) {
	switch (kind) {
		case 'entry':
			return openEntry(text, by)
		case 'receipt':
			return openReceipt(text, by)
		case 'head':
			return openHead(text, by)
		case 'control':
			return openControl(text, { counted: () => ok(by) }, device)
		case 'revocation':
			return openObject(text, 'revocation', by, Revocation)
		case 'registry':
			return openObject(text, 'registry', by, DeviceRegistry)
		case 'centres':
			return openObject(text, 'centres', by, Centres)
		case 'transcription':
			return openTranscription(text, by)
		case 'ruling':
			return openRuling(text, by)
	}
}

/** The report as `testigo verify --json` prints it, but for the words. */
export async function referenceReport(kind: CollectionVector['kind'], directory: string): Promise<unknown> {
	const audit = await auditOf(kind, directory)
	if (!audit.ok) return withoutWords({ kind, whole: false, fault: audit.fault })
	return withoutWords({ kind, whole: audit.value.faultCount === 0, ...audit.value })
}

function auditOf(kind: CollectionVector['kind'], directory: string) {
	switch (kind) {
		case 'journal':
			return auditJournal(directory)
		case 'ledger':
			return auditLedger(directory)
		case 'transcriptions':
		case 'rulings':
			return auditPeople(directory, kind)
	}
}

/** The figures as `testigo tally --json` prints them, by `election.json` and `register.csv` in the directory. */
export async function referenceFigures(directory: string): Promise<unknown> {
	const [definition, tables] = await Promise.all([
		bytesIn(directory, 'election.json'),
		bytesIn(directory, 'register.csv'),
	])
	const election =
		definition === null ? presidential2024 : ElectionDefinition.parse(JSON.parse(definition.toString()))
	const register = tables === null ? ok(null) : parseRegister(tables, election)
	if (!register.ok) return 'bad-register'
	const added = gotten(await tallyOfLedger(directory, election, register.value))
	return publishedFigures(added.tally.figures())
}

/** Null where it is not there. */
function bytesIn(directory: string, name: string): Promise<Buffer | null> {
	return readFile(join(directory, name)).catch(() => null)
}

/** Leaves out what is for people (`detail`, `note`) and the texts of proofs, which stand in the file itself. */
export function withoutWords(report: unknown): unknown {
	return JSON.parse(
		JSON.stringify(report, (key, value: unknown) =>
			['detail', 'note', 'text'].includes(key) ? undefined : value,
		),
	)
}

export async function layOut(files: CollectionVector['files'], directory: string): Promise<void> {
	for (const [path, content] of Object.entries(files)) {
		const to = join(directory, path)
		await mkdir(dirname(to), { recursive: true })
		await writeFile(to, content, 'latin1')
	}
}
