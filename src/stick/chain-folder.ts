/** Finds the folder of who signs a chain on a stick: its own, or one beside it where another chain lies there already. */
import type { ChainObject } from '../evidence/chain.ts'
import { readPublicKey } from '../evidence/keys/key-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type ChainSnapshot, type CopyStanding, compare } from './chain-copy.ts'
import type { StickFolder } from './folder.ts'
import { chainFolders, largestSmall, mostChains } from './layout.ts'
import { readSmall } from './small-file.ts'

export interface ChainFolder {
	readonly name: string
	readonly folder: StickFolder
	readonly standing: CopyStanding
	/** Why the folders before it were passed over: each holds evidence of something, and stays as it is. */
	readonly passed: readonly Fault[]
}

/** Throws when the stick fails. */
export async function chainFolderFor<T extends ChainObject>(
	root: StickFolder,
	snapshot: ChainSnapshot<T>,
): Promise<Result<ChainFolder, Fault<'refused'>>> {
	const passed: Fault[] = []
	for (const name of chainFolders(snapshot.signer.id)) {
		const folder = await root.folder(name, { make: true })
		const standing = folder.ok ? await standingIn(folder.value, snapshot) : folder
		if (folder.ok && standing.ok) return ok({ name, folder: folder.value, standing: standing.value, passed })
		if (!standing.ok) passed.push({ ...standing.fault, detail: `${name}: ${standing.fault.detail}` })
	}
	const { id } = snapshot.signer
	return fail('refused', `the stick holds ${mostChains} other things under the name of ${id}; take another`)
}

/** Closes the folder unless it is the one. */
async function standingIn<T extends ChainObject>(
	folder: StickFolder,
	snapshot: ChainSnapshot<T>,
): Promise<Result<CopyStanding>> {
	let chosen = false
	try {
		const standing = await standingOf(folder, snapshot)
		chosen = standing.ok
		return standing
	} finally {
		if (!chosen) await folder.close()
	}
}

async function standingOf<T extends ChainObject>(
	folder: StickFolder,
	snapshot: ChainSnapshot<T>,
): Promise<Result<CopyStanding>> {
	const pem = await readSmall(folder, snapshot.keyFile, largestSmall)
	if (!pem.ok && pem.fault.code !== 'missing') return pem
	const key = pem.ok ? readPublicKey(pem.value.toString('latin1')) : pem
	if (key.ok && !key.value.equals(snapshot.signer.publicKey)) {
		return fail('other-key', `another key of ${snapshot.signer.id} than this one lies here`)
	}
	const standing = await compare(folder, snapshot)
	if (!standing.ok && standing.fault.code === 'missing') return ok({ common: 0, whole: false, from: 'stick' })
	return standing
}
