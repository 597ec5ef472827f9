/**
 * A witness: who signs that a log went on from what it showed before, and keeps what it saw. Its folder:
 *
 *     witness-key.pem          0600, Ed25519
 *     witness.vkey             verifier key, which a campaign object lists; written last
 *     seen/<hex>/log.vkey      the key of each log that it saw, by a digest of the origin
 *     seen/<hex>/checkpoint    the whole checkpoint that it signed last
 *     proof/                   what a log signed against itself
 *
 * INVARIANT: what is signed lies durably in `seen` before anybody gets the signature; nothing that does not go on from it
 * is ever signed.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { longestArchived } from '../archive/archive-folder.ts'
import { longestAuthority, readArchivedCampaign } from '../archive/archived-campaign.ts'
import { checkpointFile, keysFolder } from '../archive/layout.ts'
import { campaignFile, isListedName } from '../evidence/authority/campaign.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { Lock } from '../journal/lock.ts'
import { type OpenedCheckpoint, openCheckpoint } from '../log/checkpoint.ts'
import { cosign, verifyCosignatures, withCosignatures } from '../log/cosignature.ts'
import { makeEd25519KeyFile, openEd25519KeyFile } from '../log/ed25519-key-file.ts'
import { formatNote, longestNote } from '../log/note.ts'
import { rootAt } from '../log/right-edge.ts'
import { type NoteSigner, witnessSigner } from '../log/signing.ts'
import { isSameHash } from '../log/tree-hash.ts'
import { type CappedFileFault, readCapped } from '../platform/files/capped-file.ts'
import { makeFile, replaceFile } from '../platform/files/durable.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type ArchiveSource, SourceTiles } from './archive-source.ts'
import type { FetchFault } from './fetch-publication.ts'
import { keepProof, verifyContinuation } from './fork-proof.ts'

const keyFile = 'witness-key.pem'
const vkeyFile = 'witness.vkey'
const longestVkey = 4096

export type WitnessFault =
	| FetchFault
	| CappedFileFault
	| Fault<'bad-name' | 'already-there' | 'bad-witness' | 'other-log' | 'locked' | 'disk-failed'>

/** Gives its verifier key. Never overwrites one. */
export async function makeWitness(directory: string, name: string): Promise<Result<string, WitnessFault>> {
	if (!isListedName(name))
		return fail(
			'bad-name',
			`${name}: a name is printable ASCII without blanks and "+", as witness.example/one`,
		)
	return caught(async () => {
		await makeOwnFolder(directory)
		const signer = witnessSigner(name, await makeEd25519KeyFile(join(directory, keyFile)))
		const vkey = formatVerifierKey(signer.key)
		await makeFile(join(directory, vkeyFile), `${vkey}\n`)
		return ok(vkey)
	})
}

export async function openWitness(directory: string): Promise<Result<NoteSigner, WitnessFault>> {
	const path = join(directory, vkeyFile)
	const text = await readCapped(path, longestVkey)
	if (!text.ok)
		return fail('bad-witness', `${path}: ${text.fault.detail}; make one with "testigo witness init"`)
	const vkey = parseVerifierKey(text.value.toString().trimEnd())
	const key = await openEd25519KeyFile(join(directory, keyFile))
	if (!key.ok || !vkey.ok) return fail('bad-witness', key.ok ? path : key.fault.detail)
	const signer = witnessSigner(vkey.value.name, key.value)
	return formatVerifierKey(signer.key) === formatVerifierKey(vkey.value)
		? ok(signer)
		: fail('bad-witness', `${directory}: ${keyFile} is not the key that ${vkeyFile} names`)
}

export interface WitnessParts {
	readonly source: ArchiveSource
	readonly directory: string
	readonly signer: NoteSigner
	/** The key of the log, where a person knows it; null takes the first one that is seen. */
	readonly log: VerifierKey | null
	readonly nowMs: number
}

export interface Witnessed {
	readonly origin: string
	/** Verifier key. */
	readonly log: string
	readonly size: number
	/** What was signed before; null where this log is seen for the first time. */
	readonly sizeBefore: number | null
	/** Its line stood there already: nothing was signed. */
	readonly isUnchanged: boolean
	/** The note with its line. */
	readonly note: string
}

export async function witnessArchive(parts: WitnessParts): Promise<Result<Witnessed, WitnessFault>> {
	return caught(async () => {
		const { directory } = parts
		await makeOwnFolder(directory, 'seen')
		const lock = await Lock.take(join(directory, 'lock'))
		if (!lock.ok) return fail('locked', lock.fault.detail)
		try {
			const witnessed = await witness(parts)
			if (!witnessed.ok && 'proof' in witnessed.fault)
				await keepProof(join(directory, 'proof'), witnessed.fault)
			return witnessed
		} finally {
			await lock.value.release()
		}
	})
}

async function witness(parts: WitnessParts): Promise<Result<Witnessed, WitnessFault>> {
	const { source, directory, signer, nowMs } = parts
	const pem = await source.fetch(`${keysFolder}/${authorityFile}`, longestAuthority)
	if (!pem.ok) return pem
	const lines = await source.fetch(`${keysFolder}/${campaignFile}`, longestArchived)
	if (!lines.ok) return lines
	const words = await readArchivedCampaign(pem.value, lines.value)
	if (!words.ok) return words
	const { log } = words.value
	const hex = createHash('sha256').update(log.name).digest('hex').slice(0, 32)
	const folder = await makeOwnFolder(directory, 'seen', hex)
	const known = await knownLog(parts, folder, log)
	if (!known.ok) return known
	const bytes = await source.fetch(checkpointFile, longestNote)
	if (!bytes.ok) return bytes
	const shown = openCheckpoint(bytes.value, log, [signer.key])
	if (!shown.ok) return shown
	const seen = await seenIn(folder, log)
	if (!seen.ok) return seen
	const goesOn = await verifyShown(source, seen.value, shown.value, log)
	if (!goesOn.ok) return goesOn
	await replaceFile(join(folder, 'log.vkey'), `${formatVerifierKey(log)}\n`)
	await replaceFile(join(folder, 'checkpoint'), bytes.value)
	const { note, size, origin, cosignatures } = shown.value
	const common = { origin, log: formatVerifierKey(log), size, sizeBefore: seen.value?.size ?? null }
	if (cosignatures.length > 0) return ok({ ...common, isUnchanged: true, note: formatNote(note) })
	const line = cosign(note.text, signer, Math.floor(nowMs / 1000))
	const signed = withCosignatures(note, [line], [signer.key])
	const own = verifyCosignatures(signed, [signer.key])
	if (!own.ok || own.value.length === 0) throw new Error('a witness signs what verifies')
	await replaceFile(join(folder, 'checkpoint'), formatNote(signed))
	return ok({ ...common, isUnchanged: false, note: formatNote(signed) })
}

/** A log is known by its key: another one under its name is another log. */
async function knownLog(
	{ source, log: named }: WitnessParts,
	folder: string,
	log: VerifierKey,
): Promise<Result<null, WitnessFault>> {
	const kept = await readCapped(join(folder, 'log.vkey'), longestVkey)
	if (!kept.ok && kept.fault.code !== 'file-missing') return kept
	const known = kept.ok ? kept.value.toString().trimEnd() : named === null ? null : formatVerifierKey(named)
	const shown = formatVerifierKey(log)
	const asked = named === null ? shown : formatVerifierKey(named)
	const other = [asked, known ?? shown].find((one) => one !== shown)
	return other === undefined
		? ok(null)
		: fail('other-log', `${source.name}: names the log ${shown}, not ${other}`)
}

async function seenIn(
	folder: string,
	log: VerifierKey,
): Promise<Result<OpenedCheckpoint | null, WitnessFault>> {
	const path = join(folder, 'checkpoint')
	const bytes = await readCapped(path, longestNote)
	if (!bytes.ok) {
		const { code, detail } = bytes.fault
		return code === 'file-missing' ? ok(null) : fail(code, `${path}: ${detail}`)
	}
	return openCheckpoint(bytes.value, log)
}

async function verifyShown(
	source: ArchiveSource,
	seen: OpenedCheckpoint | null,
	shown: OpenedCheckpoint,
	log: VerifierKey,
): Promise<Result<null, WitnessFault>> {
	const tiles = new SourceTiles(source, shown.size)
	if (seen !== null) return await verifyContinuation(seen, shown, tiles, null, log)
	const root = await rootAt(tiles, shown.size)
	if (!root.ok) return root
	return isSameHash(root.value, shown.root)
		? ok(null)
		: fail('not-consistent', `${source.name}: its tiles are not those of its checkpoint`)
}

async function caught<T>(work: () => Promise<Result<T, WitnessFault>>): Promise<Result<T, WitnessFault>> {
	try {
		return await work()
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return code === 'EEXIST'
			? fail('already-there', 'there is a witness already; keep it, name another folder')
			: fail('disk-failed', message)
	}
}
