/**
 * Proofs of single actas, to be forwarded: C2SP tlog-proof files. The leaf, an entry's JWS text, travels in the file's
 * `extra`, which nothing signs and nothing has to: the proof shows that these very bytes are in the log.
 */
import type { ArchivedFiles } from '../archive/archive-folder.ts'
import { auditInForce, readArchivedWords } from '../archive/check/words-audit.ts'
import { checkpointFile } from '../archive/layout.ts'
import { leafId, parseLeaf } from '../archive/leaf.ts'
import { LeafRecords } from '../archive/leaf-records.ts'
import { FollowedDevices } from '../audit/followed-devices.ts'
import type { PublishedDevices } from '../audit/published-devices.ts'
import { logKey } from '../evidence/authority/campaign.ts'
import type { ListedRole } from '../evidence/authority/device-list.ts'
import { Entry } from '../evidence/entry.ts'
import { type Jws, verifyJws } from '../evidence/jws.ts'
import type { VerifierKey } from '../evidence/keys/verifier-key.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { longestNote } from '../log/note.ts'
import { fullWidth, tileAt } from '../log/tile.ts'
import { readBundle, type TileReader } from '../log/tile-reader.ts'
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '../log/tlog-proof.ts'
import { proveInclusion } from '../log/tree-proofs.ts'
import { witnessing } from '../log/witnesses.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { RecordTally } from '../tally/record-tally.ts'

export interface ActaProof {
	/** Number of the leaf, from 0. */
	readonly leaf: number
	readonly device: string
	/** The file. */
	readonly text: string
}

/** Of every entry that says a version of the table's result; none for a table that nobody recorded. */
export async function proveActas(
	archive: ArchivedFiles,
	table: string,
): Promise<Result<readonly ActaProof[], Fault>> {
	const words = await readArchivedWords(archive)
	if (!words.ok) return words
	const newest = words.value.campaigns.newest
	if (newest === null) return fail('no-campaign', `${archive.folder}: no campaign object`)
	const note = await archive.read(checkpointFile, longestNote)
	if (!note.ok) return note
	const checkpoint = openCheckpoint(note.value, logKey(newest.said))
	if (!checkpoint.ok) return checkpoint
	const { size } = checkpoint.value
	const { election, register } = await auditInForce(archive, newest)
	if (election === null || register === null)
		return fail('not-in-step', `${archive.folder}: what its campaign object names is not there`)
	const { tiles } = archive
	const records = new LeafRecords(tiles, () => size)
	const signers = new FollowedDevices(archive.keys)
	const added = await new RecordTally({ records, signers, election, register }).update()
	if (!added.ok) return added
	const versions = added.value.tally.table(table)?.versions ?? []
	const devices = new Map(
		versions.flatMap(({ recordedBy }) => recordedBy.map(({ id, device }) => [id, device])),
	)
	const proofs: ActaProof[] = []
	for await (const { leaf, bytes } of leavesOf(tiles, size)) {
		const device = devices.get(leafId(bytes) ?? '')
		if (device === undefined) continue
		const hashes = await proveInclusion(tiles, leaf, size)
		if (!hashes.ok) return hashes
		const parts = { index: leaf, hashes: hashes.value, checkpoint: note.value, extra: bytes }
		proofs.push({ leaf, device, text: formatTlogProof(parts) })
	}
	return ok(proofs)
}

/** Throws for tiles that can't be read, or are not in form. */
export async function* leavesOf(
	tiles: TileReader,
	size: number,
): AsyncGenerator<{ readonly leaf: number; readonly bytes: Buffer }> {
	for (let index = 0; index * fullWidth < size; index++) {
		const tile = tileAt('entries', index, size)
		const leaves = tile === null ? null : await readBundle(tiles, tile)
		if (leaves?.ok === false) throw Object.assign(new Error(leaves.fault.detail), { code: leaves.fault.code })
		for (const [at, bytes] of (leaves?.value ?? []).entries()) yield { leaf: index * fullWidth + at, bytes }
	}
}

/** What a proof is held against. */
export interface ProofKeys {
	readonly log: VerifierKey
	readonly witnesses: readonly VerifierKey[]
	/** So many witnesses have to sign; null where nobody has said. */
	readonly threshold: number | null
	readonly isRehearsal: boolean
	/** Who signs entries; null where nobody has said: then the signature is not verified. */
	readonly devices: PublishedDevices | null
}

export interface CheckedProof {
	readonly origin: string
	readonly size: number
	readonly leaf: number
	readonly kind: string
	/** Who signed the leaf, as it says. */
	readonly by: string
	readonly seq: number | null
	/** Null where no key was given. */
	readonly isSignatureVerified: boolean | null
	/** What the machine read of the acta. */
	readonly text: string | null
	readonly code: string | null
	readonly witnesses: { readonly threshold: number | null; readonly cosigned: readonly string[] }
	readonly rehearsal: boolean
}

/** `leaf` null takes the one that travels in the file. */
export async function checkActaProof(
	file: Uint8Array,
	leaf: Uint8Array | null,
	keys: ProofKeys,
): Promise<Result<CheckedProof, Fault>> {
	const proof = parseTlogProof(file)
	if (!proof.ok) return proof
	const bytes = leaf ?? proof.value.extra
	if (bytes === null) return fail('no-leaf', 'the file has no leaf in it: name it with --leaf')
	const verified = verifyTlogProof(proof.value, bytes, keys.log, keys.witnesses)
	if (!verified.ok) return verified
	const parsed = parseLeaf(bytes)
	if (!parsed.ok) return parsed
	const { cosigned } = witnessing(verified.value.cosignatures, keys.threshold ?? 0)
	const { origin, size } = verified.value
	const common = {
		...{ origin, size, leaf: proof.value.index, rehearsal: keys.isRehearsal },
		witnesses: { threshold: keys.threshold, cosigned: cosigned.map(({ witness }) => witness.name) },
	}
	if (parsed.value.kind === 'withheld') {
		const { withheld, by, seq } = parsed.value.withheld
		const nothing = { isSignatureVerified: null, text: null, code: null }
		return ok({ ...common, kind: `withheld ${withheld}`, by, seq, ...nothing })
	}
	const { kind, jws } = parsed.value
	const isVerified = await verifySigner(kind, jws, keys.devices)
	if (!isVerified.ok) return isVerified
	const entry = kind === 'entry' ? Entry.safeParse(jws.payload) : null
	const reading = entry?.success === true && entry.data.kind === 'acta' ? entry.data.reading : null
	return ok({
		...{ ...common, kind, by: jws.kid, seq: entry?.data?.seq ?? null },
		isSignatureVerified: isVerified.value,
		...{ text: reading?.text ?? null, code: reading?.code ?? null },
	})
}

const roles: Readonly<Record<string, ListedRole>> = {
	entry: 'device',
	head: 'device',
	transcription: 'station',
	ruling: 'officer',
}

async function verifySigner(
	kind: string,
	jws: Jws,
	devices: PublishedDevices | null,
): Promise<Result<boolean | null, Fault>> {
	const role = roles[kind]
	if (devices === null || role === undefined) return ok(null)
	const key = await devices.signer(role, jws.kid)
	if (!key.ok) return fail(`unknown-${role}`, `in the log, but by ${jws.kid}: ${key.fault.detail}`)
	const verified = verifyJws(jws, { id: jws.kid, publicKey: key.value })
	if (!verified.ok) return verified
	const { seq } = jws.payload as { readonly seq?: unknown }
	const isRevoked = typeof seq === 'number' && devices.authority?.roll.isRevoked(jws.kid, seq) === true
	return isRevoked
		? fail(
				'revoked',
				`in the log, but after the last good one of ${jws.kid}, which is revoked: it is in no sum`,
			)
		: ok(true)
}
