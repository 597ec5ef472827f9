/** The leaves that a publication appends. */
import { parseJws } from '../evidence/jws.ts'
import { type LeafKind, leafToPublish } from '../evidence/publishable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { CampaignWords } from './campaign-words.ts'
import { isFree } from './companions.ts'
import type { NamedTables } from './named-tables.ts'
import { type RipenessSettings, ripeOf } from './ripeness.ts'
import type { Standing } from './standing.ts'
import type { Unpublished } from './unpublished.ts'

export interface NewLeaf {
	readonly kind: LeafKind
	readonly id: string
	readonly text: string
	/** False where it is withheld. */
	readonly isText: boolean
	readonly jws: Parameters<NamedTables['take']>[1]
}

interface DueParts {
	readonly words: CampaignWords
	readonly standing: Standing
	readonly unpublished: Unpublished
	readonly ripeness: RipenessSettings
	readonly nowMs: number
}

/** Campaign objects by issue, then the rest by id. */
export function dueLeaves(parts: DueParts): Result<readonly NewLeaf[], Fault<'leaf-refused'>> {
	const { words, standing, unpublished, ripeness, nowMs } = parts
	const { campaigns, campaign, election } = words
	const rules = { election, rehearsal: campaign.said.rehearsal }
	const held = unpublished.held
	const waiting = [...held.values()].flatMap(({ kind, jws, seq }) =>
		kind === 'entry'
			? [{ id: jws.id, device: jws.kid, seq, receivedMs: unpublished.receivedMs(jws.id) }]
			: [],
	)
	const devices = { closedUpTo: unpublished.closedUpTo, broughtBy: standing.broughtBy.texts }
	const ripe = ripeOf(waiting, devices, nowMs, ripeness)
	const entries = {
		isPublished: (id: string) => ripe.has(id) || standing.ids.has(id),
		isHeld: (id: string) => held.has(id),
	}
	const rest: NewLeaf[] = []
	for (const [id, { kind, jws }] of held) {
		const isDue = kind === 'entry' ? ripe.has(id) : isFree({ kind, jws }, entries, nowMs, ripeness)
		if (!isDue) continue
		const leaf = leafToPublish(kind, jws, rules)
		// A withheld object in nobody's place: nothing chains over it.
		if (leaf.ok) rest.push({ kind, id, jws, text: leaf.value.text, isText: leaf.value.withheldFor === null })
	}
	const lacking = campaigns.filter(({ id }) => !standing.ids.has(id))
	// The first campaign object is in force by a log without a leaf, and goes in with what comes first.
	const isFirstAlone = standing.tree.size === 0 && campaigns.length === 1 && rest.length === 0
	const objects: NewLeaf[] = []
	for (const { id, text } of isFirstAlone ? [] : lacking) {
		const parsed = parseJws(text, 'campaign')
		if (!parsed.ok) return fail('leaf-refused', parsed.fault.detail)
		objects.push({ kind: 'campaign', id, text, isText: true, jws: parsed.value })
	}
	return ok([...objects, ...rest.sort(byId)])
}

export function devicesOf(leaves: readonly NewLeaf[]): ReadonlySet<string> {
	return new Set(leaves.flatMap(({ kind, jws }) => (kind === 'entry' || kind === 'head' ? [jws.kid] : [])))
}

function byId(one: NewLeaf, other: NewLeaf): number {
	return Buffer.compare(Buffer.from(one.id, 'base64url'), Buffer.from(other.id, 'base64url'))
}
