/**
 * Checks the proof of one acta as a stranger can who has nothing but the file and a copy's folder `keys/`
 * (`provisioning/verify/FORMAT.md`, "How a proof is checked"). The steps stand in its order.
 */
import type { KeyObject } from 'node:crypto'
import type { ElectionDefinition } from '../../acta/election.ts'
import { parsePayload } from '../../acta/payload.ts'
import { presidential2024 } from '../../acta/presidential-2024.ts'
import type { Register } from '../../acta/register/register.ts'
import { totalsOf } from '../../acta/totals.ts'
import type { PublishedDevices } from '../../audit/published-devices.ts'
import { type RestsOn, restsOn } from '../../audit/rests-on.ts'
import { logKey, witnessKeys } from '../../evidence/authority/campaign.ts'
import { authorityFile } from '../../evidence/authority/centres.ts'
import { dayOf, type Entry, readEntry } from '../../evidence/entry.ts'
import { readHead } from '../../evidence/head.ts'
import { type Jws, verifyJws } from '../../evidence/jws.ts'
import { formatVerifierKey, type VerifierKey } from '../../evidence/keys/verifier-key.ts'
import type { LeafKind } from '../../evidence/publishable.ts'
import { readRuling } from '../../evidence/ruling.ts'
import { readTranscription } from '../../evidence/transcription.ts'
import { verifyCosignatures } from '../../log/cosignature.ts'
import type { Note } from '../../log/note.ts'
import { parseTlogProof, verifyTlogProof } from '../../log/tlog-proof.ts'
import { witnessing } from '../../log/witnesses.ts'
import { CollectedFaults } from '../../platform/collected-faults.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { WordsFiles } from '../archive-folder.ts'
import { keysFolder } from '../layout.ts'
import { parseLeaf, roleOf } from '../leaf.ts'
import type { ArchiveFault, ArchiveFaults } from './archive-report.ts'
import { auditInForce, readArchivedWords } from './words-audit.ts'

/** What a proof is held against. */
export interface ProofKeys {
	readonly log: VerifierKey
	readonly witnesses: readonly VerifierKey[]
	/** So many witnesses have to sign; null where nobody has said. */
	readonly threshold: number | null
	readonly isRehearsal: boolean
	/** Who signs entries; null where nobody has said: then no signature is verified. */
	readonly devices: PublishedDevices | null
	/** How the text of an acta reads, and by whose word; null where neither file nor program knows. */
	readonly definition: { readonly election: ElectionDefinition; readonly by: 'campaign' | 'program' } | null
	/** Where tables are; null where it is not at hand. */
	readonly register: Register | null
	/** The authority's key. */
	readonly authority: KeyObject | null
	/** What is wrong with the keys themselves. */
	readonly faults: ArchiveFaults
}

/** An acta in words. */
export interface ProvedActa {
	/** Centre and table. */
	readonly table: string
	/** Null where the register is not at hand, or does not list it. */
	readonly place: {
		readonly state: string
		readonly municipality: string
		readonly parish: string
		readonly centroName: string
		readonly electors: number
	} | null
	readonly candidates: readonly { readonly id: string; readonly name: string; readonly votes: number }[]
	readonly nullVotes: number
	readonly emptyVotes: number
	/** Everybody who voted. */
	readonly total: number
	/** Who says which candidate a count is of: the campaign's definition, or this program's of an election of that name. */
	readonly definition: 'campaign' | 'program'
}

export interface ProofReport {
	readonly origin: string | null
	readonly size: number | null
	/** Number of the leaf, from 0. */
	readonly leaf: number | null
	/** What the leaf is. */
	readonly object: LeafKind | 'withheld' | null
	/** Who signed it, as it says. */
	readonly by: string | null
	readonly seq: number | null
	/** Null where that could not be known. */
	readonly signatureVerified: true | null
	readonly entry: {
		readonly kind: Entry['kind']
		readonly day: string
		/** Of an acta. */
		readonly method: string | null
		/** What was read, to the letter. */
		readonly said: string | null
		readonly code: string | null
	} | null
	/** Null where no machine read the counts. */
	readonly acta: ProvedActa | null
	readonly witnesses: {
		readonly listed: number
		readonly threshold: number | null
		readonly cosigned: readonly string[]
	}
	readonly rehearsal: boolean
	readonly faults: readonly ArchiveFault[]
	readonly faultCount: number
	readonly restsOn: readonly RestsOn[]
	/** The verifier key of the log. */
	readonly log: string
}

/** Of a folder `keys/`, and of what lies beside it of what the campaign object names. */
export async function readProofKeys(
	files: WordsFiles,
): Promise<Result<ProofKeys, Fault<'no-authority' | 'unreadable' | 'no-campaign'>>> {
	const words = await readArchivedWords(files)
	if (!words.ok) return words
	const { devices, campaigns, faults } = words.value
	const newest = campaigns.newest
	if (newest === null) return fail('no-campaign', `${files.folder}: keys/campaign.jws has no campaign object`)
	const { said } = newest
	const inForce = await auditInForce(files, newest)
	for (const fault of inForce.faults.kept) if (fault.code === 'registry-missing') faults.add(fault)
	const { election, register } = inForce
	const isOfProgram = election === null && said.election === presidential2024.id
	const program = isOfProgram ? ({ election: presidential2024, by: 'program' } as const) : null
	return ok({
		...{ log: logKey(said), witnesses: witnessKeys(said), threshold: said.threshold },
		...{ isRehearsal: said.rehearsal, devices, register, faults },
		definition: election === null ? program : { election, by: 'campaign' },
		authority: devices.authority?.authority.publicKey ?? null,
	})
}

/** Nothing but a log's key is known. */
export function keysOfLog(log: VerifierKey): ProofKeys {
	const bare = { witnesses: [], threshold: null, isRehearsal: false, devices: null }
	return { log, ...bare, definition: null, register: null, authority: null, faults: new CollectedFaults() }
}

/** `leaf` null takes the one that travels in the file; `rehearsal`: that is what was asked for. */
export async function auditProof(
	file: Uint8Array,
	leaf: Uint8Array | null,
	keys: ProofKeys,
	{ rehearsal }: { readonly rehearsal: boolean },
): Promise<ProofReport> {
	const faults: ArchiveFaults = new CollectedFaults()
	faults.include(keys.faults)
	const found = await auditIncluded(file, leaf, keys, faults)
	if (found !== null && keys.isRehearsal && !rehearsal)
		faults.add({
			code: 'rehearsal',
			path: '',
			detail: 'nothing here is of an election (--rehearsal takes it as one)',
		})
	return {
		...{ origin: null, size: null, leaf: null, object: null, by: null, seq: null },
		...{ signatureVerified: null, entry: null, acta: null },
		witnesses: { listed: keys.witnesses.length, threshold: keys.threshold, cosigned: [] },
		rehearsal: keys.isRehearsal,
		...found,
		...{ faults: faults.kept, faultCount: faults.count },
		restsOn: keys.authority === null ? [] : [restsOn(`${keysFolder}/${authorityFile}`, keys.authority)],
		log: formatVerifierKey(keys.log),
	}
}

/** Null where it does not show that its leaf is in the log. */
async function auditIncluded(
	file: Uint8Array,
	leaf: Uint8Array | null,
	keys: ProofKeys,
	faults: ArchiveFaults,
): Promise<Partial<ProofReport> | null> {
	const proof = parseTlogProof(file)
	const bytes = leaf ?? (proof.ok ? proof.value.extra : null)
	const included = !proof.ok
		? proof
		: bytes === null
			? fail('no-leaf', 'the file has no leaf in it: name it with --leaf')
			: verifyTlogProof(proof.value, bytes, keys.log)
	if (!(proof.ok && included.ok && bytes !== null)) {
		if (!included.ok) faults.add({ path: '', ...included.fault })
		return null
	}
	const { origin, size } = included.value
	return {
		...{ origin, size, leaf: proof.value.index },
		...(await auditLeaf(bytes, keys, faults)),
		witnesses: auditWitnesses(included.value.note, keys, faults),
	}
}

async function auditLeaf(
	bytes: Uint8Array,
	keys: ProofKeys,
	faults: ArchiveFaults,
): Promise<Partial<ProofReport>> {
	const parsed = parseLeaf(bytes)
	if (!parsed.ok) {
		faults.add({ path: '', ...parsed.fault })
		return {}
	}
	if (parsed.value.kind === 'withheld') {
		const { by, seq } = parsed.value.withheld
		return { object: 'withheld', by, seq }
	}
	const { kind, jws } = parsed.value
	const known = { object: kind, by: jws.kid }
	if (kind === 'campaign') return known
	const verified = keys.devices === null ? ok(null) : await verifySigner(kind, jws, keys.devices)
	const read = verified.ok ? readers[kind](jws) : verified
	if (!(verified.ok && read.ok)) {
		if (!read.ok) faults.add({ path: '', ...read.fault })
		return known
	}
	const { seq, entry } = read.value
	if (keys.devices?.authority?.roll.isRevoked(jws.kid, seq) === true)
		faults.add({
			code: 'revoked',
			path: '',
			detail: `in the log, but after the last good one of ${jws.kid}, which is revoked: it is in no sum`,
		})
	return {
		...{ ...known, seq, signatureVerified: verified.value },
		...(entry === null ? {} : { entry: summaryOf(entry), acta: actaIn(entry, keys) }),
	}
}

interface ReadLeaf {
	readonly seq: number
	readonly entry: Entry | null
}

type SignedKind = Exclude<LeafKind, 'campaign'>

const readers: Readonly<Record<SignedKind, (jws: Jws) => Result<ReadLeaf>>> = {
	entry: (jws) => {
		const read = readEntry(jws)
		return read.ok ? ok({ seq: read.value.entry.seq, entry: read.value.entry }) : read
	},
	head: (jws) => {
		const read = readHead(jws)
		return read.ok ? ok({ seq: read.value.head.seq, entry: null }) : read
	},
	transcription: (jws) => {
		const read = readTranscription(jws)
		return read.ok ? ok({ seq: read.value.transcription.seq, entry: null }) : read
	},
	ruling: (jws) => {
		const read = readRuling(jws)
		return read.ok ? ok({ seq: read.value.ruling.seq, entry: null }) : read
	},
}

async function verifySigner(kind: SignedKind, jws: Jws, devices: PublishedDevices): Promise<Result<true>> {
	const key = await devices.signer(roleOf[kind], jws.kid)
	if (!key.ok) return key
	const verified = verifyJws(jws, { id: jws.kid, publicKey: key.value })
	return verified.ok ? ok(true) : verified
}

function summaryOf(entry: Entry): NonNullable<ProofReport['entry']> {
	const { method, text, code } =
		entry.kind === 'acta' ? entry.reading : { method: null, text: null, code: null }
	return { kind: entry.kind, day: dayOf(entry), method, said: text, code }
}

/** Its machine reading (COUNTING.md, "An entry"). */
function actaIn(entry: Entry, { definition, register }: ProofKeys): ProvedActa | null {
	if (entry.kind !== 'acta' || definition === null) return null
	const { method, text } = entry.reading
	const read =
		text === null || method === 'none' ? null : parsePayload(Buffer.from(text), definition.election)
	if (!read?.ok) return null
	const { centro, mesa, nullVotes, emptyVotes } = read.value
	const { byCandidate, total } = totalsOf(read.value, definition.election)
	const table = `${centro}.${mesa}`
	const listed = register?.tables.get(table)
	return {
		table,
		place:
			listed === undefined
				? null
				: {
						...{ state: listed.state, municipality: listed.municipality, parish: listed.parish },
						...{ centroName: listed.centroName, electors: listed.electors },
					},
		candidates: definition.election.candidates.map(({ id, name }) => {
			return { id, name, votes: byCandidate.get(id) ?? 0 }
		}),
		...{ nullVotes, emptyVotes, total, definition: definition.by },
	}
}

function auditWitnesses(
	note: Note,
	{ witnesses, threshold }: ProofKeys,
	faults: ArchiveFaults,
): ProofReport['witnesses'] {
	const verified = verifyCosignatures(note, witnesses)
	if (!verified.ok) faults.add({ path: '', ...verified.fault })
	const { cosigned } = witnessing(verified.ok ? verified.value : [], threshold ?? 0)
	if (threshold !== null && cosigned.length < threshold)
		faults.add({
			code: 'not-witnessed',
			path: '',
			detail: `${cosigned.length} of the ${threshold} witnesses that have to sign have`,
		})
	const names = cosigned.map(({ witness }) => witness.name)
	return { listed: witnesses.length, threshold, cosigned: names }
}
