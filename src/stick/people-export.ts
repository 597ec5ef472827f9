/**
 * Copies what a reading station or an officer signed to a stick, whence the centre takes it in: `testigo/s-…/` and
 * `testigo/o-…/` (`layout.ts`). What lies there already is completed, or stays as it is.
 */
import { signerKeyFile } from '../audit/people-audit.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import type { ChainObject } from '../evidence/chain.ts'
import { type Identity, publicKeyPem } from '../evidence/identity.ts'
import type { SignedChain } from '../journal/signed-chain.ts'
import { syncFileSystem } from '../platform/files/sync-file-system.ts'
import { type Fault, ok, type Result } from '../platform/result.ts'
import { type ChainSnapshot, copyLines } from './chain-copy.ts'
import { chainFolderFor } from './chain-folder.ts'
import type { StickFolder } from './folder.ts'
import { readmeFile, stickFolder } from './layout.ts'
import { mountedFolder, refusedOnStick, type StickPlace, stickFault } from './mounted.ts'
import type { ReadFrom } from './read-back.ts'
import { readme } from './readme.ts'
import { putSmall } from './small-file.ts'

/** What of an identity lies beside its chain on the stick. */
export interface PublishedSigner extends Identity {
	/** PEM of its certificate and of the one above it; null before it was certified. */
	readonly certificate: string | null
	/** PEM of the authority; null where it is not known. */
	readonly authority: string | null
}

export interface PeopleExportReport {
	/** The id of the station or the officer. */
	readonly signer: string
	/** Its folder's name on the stick. */
	readonly folder: string
	/** Answers or rulings, all of them on the stick. */
	readonly lines: number
	/** Bytes of lines that were written now; 0 when they were there. */
	readonly appended: number
	/** Whether reading back went past the page cache. */
	readonly readFrom: ReadFrom
	/** What is not as it should be on the stick: the rest was copied all the same. */
	readonly faults: readonly Fault[]
}

export type PeopleExportFault = Fault<
	'no-stick' | 'stick-full' | 'stick-failed' | 'refused' | 'not-read-back'
>

/** `chain` is open: what it holds is synced. */
export async function exportPeople<T extends ChainObject, P extends object>(
	chain: SignedChain<T, P>,
	signer: PublishedSigner,
	place: StickPlace,
): Promise<Result<PeopleExportReport, PeopleExportFault>> {
	const snapshot = snapshotOf(chain, signer)
	const open: StickFolder[] = []
	try {
		const mount = await mountedFolder(place, chain.path, (folder) => open.push(folder))
		if (!mount.ok) return mount
		const root = await mount.value.folder(stickFolder, { make: true })
		if (!root.ok) return refusedOnStick(root.fault)
		open.push(root.value)
		const faults: Fault[] = []
		const explained = await putSmall(root.value, readmeFile, Buffer.from(readme))
		if (!explained.ok) faults.push(explained.fault)
		const chosen = await chainFolderFor(root.value, snapshot)
		if (!chosen.ok) return chosen
		const { name, folder, standing, passed } = chosen.value
		open.push(folder)
		faults.push(...passed)
		const key = signer.certificate ?? publicKeyPem(signer.publicKey)
		const put = await putSmall(folder, snapshot.keyFile, Buffer.from(key))
		if (!put.ok) return refusedOnStick(put.fault)
		if (signer.authority !== null) {
			const authority = await putSmall(folder, authorityFile, Buffer.from(signer.authority))
			if (!authority.ok) faults.push(authority.fault)
		}
		const copied = await copyLines(folder, snapshot, standing)
		if (!copied.ok) return copied
		await syncFileSystem(mount.value.fd)
		return ok({
			...{ signer: signer.id, folder: name, lines: chain.all.length },
			...{ appended: snapshot.size - standing.common, readFrom: copied.value, faults },
		})
	} catch (error) {
		return stickFault(error, place.stick, () => `${snapshot.size} bytes are to stand on it`)
	} finally {
		for (const folder of open) await folder.close().catch(() => {})
	}
}

function snapshotOf<T extends ChainObject, P extends object>(
	{ all, kept }: SignedChain<T, P>,
	signer: Identity,
): ChainSnapshot<T> {
	const bytes = Buffer.from(all.map(({ text }) => `${text}\n`).join(''))
	return {
		chain: kept.chain,
		signer,
		file: kept.name,
		keyFile: signerKeyFile(kept.chain.role),
		size: bytes.length,
		read: async (buffer, position) => bytes.copy(buffer, 0, position),
		idAt(seq) {
			const signed = all[seq - 1]
			return signed === undefined ? null : kept.chain.linkOf(signed).id
		},
	}
}
