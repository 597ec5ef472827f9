/** The tally of an archive's leaves as they are appended, and which tables each publication changes. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ElectionDefinition } from '../acta/election.ts'
import type { Register } from '../acta/register/register.ts'
import type { TableChange, Why } from '../archive/feed.ts'
import { archivedRegisterFile, electionFile, keysFolder } from '../archive/layout.ts'
import { LeafRecords } from '../archive/leaf-records.ts'
import { FollowedDevices } from '../audit/followed-devices.ts'
import { registryAlone } from '../audit/published-devices.ts'
import { LogFolder } from '../log/log-folder.ts'
import { RecordTally } from '../tally/record-tally.ts'
import type { Tally } from '../tally/tally.ts'
import { type CampaignWords, readCampaignWords } from './campaign-words.ts'
import { ChangedTables } from './changed-tables.ts'
import type { NewLeaf } from './due-leaves.ts'
import { NamedTables } from './named-tables.ts'
import type { Standing } from './standing.ts'

/** What the figures of an archive rest on beside its leaves. */
interface Counting {
	readonly election: ElectionDefinition
	readonly register: Register
	readonly tally: RecordTally
	readonly changes: ChangedTables
	readonly named: NamedTables
}

export class PublishedTally {
	readonly #archive: string
	readonly #standing: Standing
	#counting: Counting | null = null

	constructor(archive: string, standing: Standing) {
		this.#archive = archive
		this.#standing = standing
	}

	get isCounted(): boolean {
		return this.#counting !== null
	}

	/** Adds up what is shown, before anything is added. Gives the digest of the words that it is shown by; null where they can't be read. */
	async countBefore(): Promise<string | null> {
		const before = await readCampaignWords({
			directory: join(this.#archive, keysFolder),
			definitionPath: join(this.#archive, electionFile),
			registerPath: join(this.#archive, archivedRegisterFile),
		})
		if (!before.ok) return null
		const counting = this.#newCounting(before.value)
		const added = await counting.tally.update()
		if (added.ok) this.#counting = { ...counting, changes: ChangedTables.of(added.value.tally) }
		return digestOf(before.value.files)
	}

	/** The one that goes on, or another where definition or register are others. */
	by(words: CampaignWords): RecordTally {
		const before = this.#counting
		const isSame =
			before !== null &&
			before.register.sha256 === words.register.sha256 &&
			JSON.stringify(before.election) === JSON.stringify(words.election)
		this.#counting = isSame
			? before
			: { ...this.#newCounting(words), changes: before?.changes ?? new ChangedTables() }
		return this.#counting.tally
	}

	/** Tables that are published otherwise than before, among those that are touched. */
	changesBy(
		leaves: readonly NewLeaf[],
		tally: Tally,
		parts: {
			readonly issue: number
			readonly touched: ReadonlySet<string> | null
			readonly firstNew: number
		},
	): readonly TableChange[] {
		if (this.#counting === null) throw new Error('nothing was counted yet')
		const { changes, named } = this.#counting
		const leavesOf = new Map<string, Why[]>()
		for (const [index, { kind, jws, isText }] of leaves.entries()) {
			for (const table of isText ? named.take(kind, jws) : []) {
				leavesOf.set(table, [...(leavesOf.get(table) ?? []), { leaf: parts.firstNew + index }])
			}
		}
		return changes.take(tally, parts.touched, (table) => leavesOf.get(table) ?? [{ campaign: parts.issue }])
	}

	#newCounting({ election, register }: CampaignWords): Counting {
		const { tree } = this.#standing
		const records = new LeafRecords(new LogFolder(this.#archive), () => tree.size)
		// Of its own: what it has looked at it does not give again.
		const signers = new FollowedDevices(join(this.#archive, keysFolder), registryAlone)
		const tally = new RecordTally({ records, signers, election, register })
		return {
			election,
			register,
			tally,
			changes: new ChangedTables(),
			named: new NamedTables(election, this.#standing.codes),
		}
	}
}

export function digestOf(files: CampaignWords['files']): string {
	const digest = createHash('sha256')
	for (const [path, content] of files) digest.update(path).update(content)
	return digest.digest('hex')
}
