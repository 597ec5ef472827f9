/**
 * Takes a stick in at the centre, while the centre itself is stopped: one process writes a ledger. Each device's
 * folder goes the way of messages from a broker, so that what came before is a duplicate, what conflicts is kept,
 * and what does not verify is refused.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import { Central } from '../central/central.ts'
import type { CentralLog } from '../central/events.ts'
import type { Signer } from '../evidence/signer.ts'
import type { Clock } from '../platform/clock.ts'
import { CollectedFaults } from '../platform/collected-faults.ts'
import { printable } from '../platform/printable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type CentreAtHand, ChainImport, type ChainReport, type StickFault } from './chain-import.ts'
import { flush } from './flush.ts'
import { StickFolder, whyStickFailed } from './folder.ts'
import { chainFolders, isChainFolder, mostFolders, readmeFile, stickFolder } from './layout.ts'

export interface ImportOptions {
	/** Where the stick is mounted. */
	readonly stick: string
	/** Its folder, where that is open already. */
	readonly mounted?: StickFolder
	/** The centre's own directory, its receipt key, and what it tallies. */
	readonly directory: string
	readonly signer: Signer
	readonly election: ElectionDefinition
	readonly clock: Clock
	/** When this program was built, milliseconds since 1970: an earlier time stands in no receipt. */
	readonly notBefore: number
	readonly random: () => number
	readonly log: CentralLog
}

export interface ImportReport {
	readonly chains: readonly ChainReport[]
	/** The first of them, by file and line; `refusedCount` counts all. */
	readonly refused: readonly StickFault[]
	readonly refusedCount: number
	/** Names in the stick's folder that are no device's, made printable. */
	readonly ignored: readonly string[]
}

/**
 * `no-stick`: not there, or nothing of Testigo's on it. `stick-failed`: pulled, read-only or broken; what was
 * accepted by then stays. `centre-locked`: the centre is running. `centre-failed`: its disk or its ledger.
 */
export type ImportFault = Fault<'no-stick' | 'stick-failed' | 'centre-locked' | 'centre-failed'>

export async function importStick(options: ImportOptions): Promise<Result<ImportReport, ImportFault>> {
	const { directory, signer, election, clock, notBefore, random, log } = options
	const central = new Central({
		...{ directory, signer, election, clock, notBefore, random },
		broker: null,
		log,
		failed() {},
	})
	const centre: CentreAtHand = {
		id: signer.kid,
		get centres() {
			return central.centres
		},
		takeIn: (take) => central.takeIn(take),
	}
	try {
		const started = await central.start().catch((error: Error) => fail('unwritable', error.message))
		if (started.ok) return await takeIn(options, centre, central.knownSigners())
		if (started.fault.code !== 'locked') return fail('centre-failed', started.fault.detail)
		return fail('centre-locked', `${started.fault.detail}: testigo central, or another import`)
	} finally {
		await central.stop()
	}
}

async function takeIn(
	{ stick, mounted, directory }: ImportOptions,
	centre: CentreAtHand,
	known: ReadonlySet<string>,
): Promise<Result<ImportReport, ImportFault>> {
	const opened: StickFolder[] = []
	try {
		const mount = mounted === undefined ? await StickFolder.open(stick) : ok(mounted)
		if (!mount.ok) return fail('no-stick', `${stick}: ${mount.fault.detail}`)
		opened.push(mount.value)
		const root = await mount.value.folder(stickFolder)
		if (!root.ok) return fail('no-stick', `${stick}: ${root.fault.detail}; is this the stick?`)
		opened.push(root.value)

		const { names, more } = await root.value.names(mostFolders)
		const own = await foldersOf(root.value, known)
		const others = names.filter((name) => isChainFolder(name) && !own.has(name))
		const folders = [...[...own].sort(), ...others.sort()]
		const refusals = new CollectedFaults<StickFault>()
		if (more) {
			refusals.add({ file: stickFolder, code: 'too-many', detail: `holds over ${mostFolders} names` })
		}
		const chains: ChainReport[] = []
		for (const name of folders) {
			const folder = await root.value.folder(name)
			if (!folder.ok) {
				refusals.add({ file: `${stickFolder}/${name}`, ...folder.fault })
				continue
			}
			try {
				const chain = await new ChainImport(name, folder.value, centre, refusals).run()
				if (!chain.ok) return fail('centre-failed', `${directory}: ${chain.fault.detail}`)
				chains.push(chain.value)
			} finally {
				await folder.value.close()
			}
		}
		await flush(mount.value)
		const ignored = names.filter((name) => name !== readmeFile && !isChainFolder(name))
		return ok({
			chains,
			refused: [...refusals.kept].sort(byFileAndLine),
			refusedCount: refusals.count,
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
