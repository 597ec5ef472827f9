/**
 * Takes a stick in at the centre, whether it runs or not (`centre-at-hand.ts`). Each device's folder goes the way of
 * messages from a broker, so that what came before is a duplicate, what conflicts is kept, and what does not verify is
 * refused.
 */
import type { HandIn } from '../central/hand-in/hand-in.ts'
import { lockOpen } from '../journal/lock.ts'
import { CollectedFaults } from '../platform/collected-faults.ts'
import { syncFileSystem } from '../platform/files/sync-file-system.ts'
import { printable } from '../platform/printable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type CentreOptions, centreAtHand, type NoCentre } from './centre-at-hand.ts'
import { ChainImport, type ChainReport, type ImportProgress, type StickFault } from './chain-import.ts'
import { StickFolder, whyStickFailed } from './folder.ts'
import { chainFolders, isChainFolder, mostFolders, readmeFile, stickFolder } from './layout.ts'

/** Of the centre: its own directory, and what opens its ledger where it does not run. */
export interface ImportOptions extends CentreOptions {
	/** Where the stick is mounted. */
	readonly stick: string
	/** Its folder, where that is open already. */
	readonly mounted?: StickFolder
	/** Called now and then. */
	readonly progress?: ImportProgress
}

export interface ImportReport {
	readonly centre: string
	/** Whether it runs, and took the stick in beside its other work. */
	readonly runs: boolean
	/** False: by the authority's list its receipts count nowhere. */
	readonly isListed: boolean
	readonly chains: readonly ChainReport[]
	/** The first of them, by file and line; `refusedCount` counts all. */
	readonly refused: readonly StickFault[]
	readonly refusedCount: number
	/** Answers that were kept, now or before, though their station said something else first; `changedCount` counts all. */
	readonly changed: readonly StickFault[]
	readonly changedCount: number
	/** Names in the stick's folder that are no device's, made printable. */
	readonly ignored: readonly string[]
}

/**
 * `no-stick`: not there, or nothing of Testigo's on it. `stick-busy`: another import is at it. `stick-failed`: pulled,
 * read-only or broken; what was accepted by then stays.
 */
export type ImportFault = NoCentre | Fault<'no-stick' | 'stick-busy' | 'stick-failed'>

export async function importStick(options: ImportOptions): Promise<Result<ImportReport, ImportFault>> {
	const centre = await centreAtHand(options)
	if (!centre.ok) return centre
	const { handIn, runs, close } = centre.value
	try {
		return await takeIn(options, handIn, runs)
	} finally {
		await close()
	}
}

async function takeIn(
	{ stick, mounted, directory, progress }: ImportOptions,
	centre: HandIn,
	runs: boolean,
): Promise<Result<ImportReport, ImportFault>> {
	const failed = (detail: string) => {
		const stays = 'what it took in stays; run the same command again'
		return fail('centre-failed', `${directory}: ${detail}; ${stays}`)
	}
	const opened: StickFolder[] = []
	try {
		const mount = mounted === undefined ? await StickFolder.open(stick) : ok(mounted)
		if (!mount.ok) return fail('no-stick', `${stick}: ${mount.fault.detail}`)
		opened.push(mount.value)
		const root = await mount.value.folder(stickFolder)
		if (!root.ok) return fail('no-stick', `${stick}: ${root.fault.detail}; is this the stick?`)
		opened.push(root.value)
		if (!(await lockOpen(root.value.fd)))
			return fail('stick-busy', `${stick}: another import is at this stick`)
		const known = await centre.knownSigners()
		if (!known.ok) return failed(known.fault.detail)

		const { names, more } = await root.value.names(mostFolders)
		const own = await foldersOf(root.value, known.value)
		const others = names.filter((name) => isChainFolder(name) && !own.has(name))
		const folders = [...[...own].sort(), ...others.sort()]
		const told = { refused: new CollectedFaults<StickFault>(), changed: new CollectedFaults<StickFault>() }
		if (more) {
			told.refused.add({ file: stickFolder, code: 'too-many', detail: `holds over ${mostFolders} names` })
		}
		const chains: ChainReport[] = []
		for (const name of folders) {
			const folder = await root.value.folder(name)
			if (!folder.ok) {
				told.refused.add({ file: `${stickFolder}/${name}`, ...folder.fault })
				continue
			}
			try {
				const chain = await new ChainImport(name, folder.value, centre, told, progress).run()
				if (!chain.ok) return failed(chain.fault.detail)
				chains.push(chain.value)
			} finally {
				await folder.value.close()
			}
		}
		await syncFileSystem(mount.value.fd)
		const standing = await centre.standing()
		if (!standing.ok) return failed(standing.fault.detail)
		const ignored = names.filter((name) => name !== readmeFile && !isChainFolder(name))
		return ok({
			...{ centre: centre.centre.id, runs, isListed: standing.value.isListed },
			chains,
			refused: told.refused.kept.toSorted(byFileAndLine),
			refusedCount: told.refused.count,
			changed: told.changed.kept.toSorted(byFileAndLine),
			changedCount: told.changed.count,
			ignored: ignored.map((name) => printable(name)),
		})
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		const stays = 'what was accepted stays; put it in again and run the same command'
		return fail('stick-failed', `${stick}: ${whyStickFailed(code)}; ${stays}`)
	} finally {
		for (const folder of opened) await folder.close().catch(() => {})
	}
}

/**
 * Known devices' folders are asked for by name: however many others somebody put beside them, they are found, and
 * come first.
 */
async function foldersOf(root: StickFolder, known: ReadonlySet<string>): Promise<ReadonlySet<string>> {
	const found = new Set<string>()
	for (const device of known) {
		for (const name of chainFolders(device)) {
			if (!(await root.has(name))) break
			found.add(name)
		}
	}
	return found
}

/** By code units: the same order everywhere. */
function byFileAndLine(one: StickFault, other: StickFault): number {
	if (one.file !== other.file) return one.file < other.file ? -1 : 1
	return (one.line ?? 0) - (other.line ?? 0)
}
