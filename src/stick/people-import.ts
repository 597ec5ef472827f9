/**
 * Takes what a reading station or an officer signed off a stick and in at the centre: `transcriptions.jws` and
 * `rulings.jws` of one folder. Whose they are, only signatures say.
 */
import type { HandedByPerson } from '../central/hand-in/hand-in.ts'
import type { PersonKind } from '../central/people/people-intake.ts'
import { parseJws } from '../evidence/jws.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { rulingsFile, transcriptionsFile } from '../journal/signed-chain.ts'
import type { Fault } from '../platform/result.ts'
import type { StickFolder } from './folder.ts'
import { largestLines } from './layout.ts'

export interface PeopleReport {
	/** Who signed what was accepted: one, in an honest folder. */
	readonly signers: readonly string[]
	readonly stored: number
	readonly duplicates: number
	/** Kept, beside another that they don't go together with. */
	readonly conflicts: number
	/** Kept, of a version that this centre does not understand. */
	readonly foreign: number
	/** Kept, apart: signed after the last good one of who is revoked. */
	readonly quarantined: number
	/** Kept: another answer of the station to the same entry stands there, and is not replaced. */
	readonly changed: number
}

/** What the folder holds of each; null for a file that is not there. */
export interface FolderOfPeople {
	readonly transcriptions: PeopleReport | null
	readonly rulings: PeopleReport | null
}

export interface PeopleImportParts {
	readonly folder: StickFolder
	/** Null once the centre can't go on. */
	readonly take: (kind: PersonKind, text: string) => Promise<HandedByPerson | null>
	/** Gets what was refused, and what was kept and is told. */
	readonly refuse: (file: string, fault: Fault, line?: number) => void
}

/** Throws when the stick fails; what was accepted by then stays accepted. */
export async function importPeople(parts: PeopleImportParts): Promise<FolderOfPeople> {
	return {
		transcriptions: await importFile(transcriptionsFile.name, 'transcription', parts),
		rulings: await importFile(rulingsFile.name, 'ruling', parts),
	}
}

/** Handed in at a time: they share the ledger's syncs. */
const together = 128

async function importFile(
	name: string,
	kind: PersonKind,
	{ folder, take, refuse }: PeopleImportParts,
): Promise<PeopleReport | null> {
	const file = await folder.file(name)
	if (!file.ok) {
		if (file.fault.code !== 'missing') refuse(name, file.fault)
		return null
	}
	const { handle, size } = file.value
	const counts = { stored: 0, duplicate: 0, conflict: 0, foreign: 0, quarantined: 0, rejected: 0 }
	const signers = new Set<string>()
	let changed = 0
	let isOver = false
	const handIn = async (number: number, text: string, signer: string) => {
		const taken = await take(kind, text)
		if (taken === null) {
			isOver = true
			return
		}
		const { outcome, reason, isChanged } = taken
		counts[outcome]++
		if (outcome === 'rejected') {
			refuse(name, { code: reason, detail: explain(reason, signer) }, number)
			return
		}
		signers.add(signer)
		if (!isChanged) return
		changed++
		refuse(name, { code: 'answer-changed', detail: changedDetail }, number)
	}
	try {
		if (size > largestLines) refuse(name, { code: 'too-large', detail: 'longer than any chain' })
		else {
			let batch: Promise<void>[] = []
			for await (const line of evidenceLines(handle.createReadStream({ autoClose: false }))) {
				if (isOver) break
				const jws = line.ok ? parseJws(line.text, kind) : line
				if (jws.ok) batch.push(handIn(line.number, jws.value.text, jws.value.kid))
				else refuse(name, jws.fault, line.number)
				if (batch.length < together) continue
				await Promise.all(batch)
				batch = []
			}
			await Promise.all(batch)
		}
	} finally {
		await handle.close()
	}
	const { stored, duplicate: duplicates, conflict: conflicts, foreign, quarantined } = counts
	return { signers: [...signers], stored, duplicates, conflicts, foreign, quarantined, changed }
}

const changedDetail =
	'kept, and told: the station said something else of the same entry before, and neither answer counts'

function explain(reason: string, signer: string): string {
	switch (reason) {
		case 'unknown-station':
		case 'unknown-officer':
			return `the registry does not list ${signer}: bring the newest registry.jws to devices/ of the centre`
		case 'wrong-role':
			return `the registry lists ${signer} in another role`
		case 'other-image':
			return 'the entry names no such picture'
		case 'quota':
			return 'over the quota of its signer, or more than the disk takes'
		default:
			return 'the centre refused it'
	}
}
