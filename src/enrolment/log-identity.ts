/**
 * What signs a public log: a folder with its key, kept where `testigo publish` runs.
 *
 *     log-key.pem       0600, Ed25519; signs checkpoints and site notes
 *     last-checkpoint   the newest that it signed, from the beginning one of size 0: it signs nothing that does not go on
 *                       from it, whatever becomes of the archive
 *     log.vkey          verifier key, which the campaign object names; written last
 *     feed.sha256       digests of the records that were published, and
 *     lock              one process at a time: both by `testigo publish`
 */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isListedName } from '../evidence/authority/campaign.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKeyFault } from '../evidence/keys/verifier-key.ts'
import { signCheckpoint } from '../log/checkpoint.ts'
import { type Ed25519KeyFileFault, makeEd25519KeyFile, openEd25519KeyFile } from '../log/ed25519-key-file.ts'
import { logSigner, type NoteSigner } from '../log/signing.ts'
import { emptyRoot } from '../log/tree-hash.ts'
import { type CappedFileFault, readCapped } from '../platform/files/capped-file.ts'
import { makeDirectory, makeFile } from '../platform/files/durable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

const keyFile = 'log-key.pem'
const verifierKeyFile = 'log.vkey'
export const lastCheckpointFile = 'last-checkpoint'

export interface MadeLog {
	/** As a campaign object names it. */
	readonly vkey: string
	readonly vkeyPath: string
	/** Of size 0. */
	readonly checkpointPath: string
}

/**
 * Never overwrites: a key that is lost ends the log. A folder that has other files may be served to anybody: only one of a
 * rehearsal is taken so, which is not `alone`.
 */
export async function makeLogIdentity(
	directory: string,
	origin: string,
	{ alone }: { readonly alone: boolean } = { alone: true },
): Promise<Result<MadeLog, Fault<'bad-origin' | 'already-there' | 'not-empty' | 'not-writable'>>> {
	if (!isListedName(origin))
		return fail(
			'bad-origin',
			`${origin}: an origin is printable ASCII without blanks and "+", as log.example/2024`,
		)
	const at = (name: string) => join(directory, name)
	try {
		await makeDirectory(directory)
		const there = await readdir(directory)
		if ([keyFile, lastCheckpointFile, verifierKeyFile].some((name) => there.includes(name)))
			return taken(directory)
		if (alone && there.length > 0)
			return fail('not-empty', `${directory}: is not empty, and a key lies alone; name a new folder`)
		const signer = logSigner(origin, await makeEd25519KeyFile(at(keyFile)))
		const vkey = formatVerifierKey(signer.key)
		const checkpoint = signCheckpoint({ size: 0, root: emptyRoot() }, signer)
		await makeFile(at(lastCheckpointFile), checkpoint)
		await makeFile(at(verifierKeyFile), `${vkey}\n`)
		return ok({ vkey, vkeyPath: at(verifierKeyFile), checkpointPath: at(lastCheckpointFile) })
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return code === 'EEXIST' ? taken(directory) : fail('not-writable', message)
	}
}

/** Of a rehearsal, begun and not finished. */
export async function removeLogIdentity(directory: string): Promise<void> {
	for (const name of [verifierKeyFile, lastCheckpointFile, keyFile])
		await rm(join(directory, name), { force: true })
}

function taken(directory: string) {
	return fail('already-there', `${directory}: holds a log's key, or the rest of one; keep it, name another`)
}

export type LogIdentityFault =
	| Ed25519KeyFileFault
	| VerifierKeyFault
	| CappedFileFault
	| Fault<'key-mismatch'>

/** Opens what `makeLogIdentity` made. */
export async function openLogIdentity(directory: string): Promise<Result<NoteSigner, LogIdentityFault>> {
	const path = join(directory, verifierKeyFile)
	const text = await readCapped(path, 4096)
	if (!text.ok) return fail(text.fault.code, `${path}: ${text.fault.detail}`)
	const vkey = parseVerifierKey(text.value.toString('utf8').replace(/\n$/, ''))
	if (!vkey.ok) return fail(vkey.fault.code, `${path}: ${vkey.fault.detail}`)
	const keyPath = join(directory, keyFile)
	const key = await openEd25519KeyFile(keyPath)
	if (!key.ok) return key
	const signer = logSigner(vkey.value.name, key.value)
	const isSame = formatVerifierKey(signer.key) === formatVerifierKey(vkey.value)
	return isSame ? ok(signer) : fail('key-mismatch', `${keyPath}: not the key that ${verifierKeyFile} names`)
}
