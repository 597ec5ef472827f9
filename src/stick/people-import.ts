/**
 * Takes what a reading station or an officer signed off a stick and in at the centre: `transcriptions.jws` and
 * `rulings.jws` of one folder. Whose they are, only signatures say.
 */
import type { HandedByPerson } from '../central/hand-in/hand-in.ts'
import type { PersonKind } from '../central/people/people-intake.ts'
import { rulingsFile, transcriptionsFile } from '../journal/signed-chain.ts'
import type { Fault } from '../platform/result.ts'
import type { StickFolder } from './folder.ts'
import { importLines, type LinesReport } from './lines-import.ts'

export interface PeopleReport extends LinesReport {
	/** Who signed what was accepted: one, in an honest folder. */
	readonly signers: readonly string[]
	/** Kept, now or before: another answer of the station to the same entry stands there, and is not replaced. */
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
	readonly refuse: (file: string, fault: Fault, line?: number) => void
	/** Gets what was kept, and has to be told all the same. */
	readonly changed: (file: string, fault: Fault, line: number) => void
}

/** Throws when the stick fails; what was accepted by then stays accepted. */
export async function importPeople(parts: PeopleImportParts): Promise<FolderOfPeople> {
	return {
		transcriptions: await importFile(transcriptionsFile.name, 'transcription', parts),
		rulings: await importFile(rulingsFile.name, 'ruling', parts),
	}
}

async function importFile(
	name: string,
	kind: PersonKind,
	{ folder, take, refuse, changed }: PeopleImportParts,
): Promise<PeopleReport | null> {
	const file = await folder.file(name)
	if (!file.ok) {
		if (file.fault.code !== 'missing') refuse(name, file.fault)
		return null
	}
	const signers = new Set<string>()
	let changes = 0
	const report = await importLines<HandedByPerson>(file.value, {
		kind,
		take: ({ text }) => take(kind, text),
		taken({ outcome, isChanged }, { kid }, line) {
			if (outcome !== 'rejected') signers.add(kid)
			if (!isChanged) return
			changes++
			changed(name, { code: 'answer-changed', detail: changedDetail }, line)
		},
		refuse: (fault, line) => refuse(name, fault, line),
	})
	return { ...report, signers: [...signers], changed: changes }
}

const changedDetail =
	'kept, and told: the station said something else of the same entry before, and neither answer counts'
