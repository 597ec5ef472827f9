/** What stands as a leaf in a log (`provisioning/verify/ARCHIVE.md`, "Leaves"). Pure. */
import type { ListedRole } from '../evidence/authority/device-list.ts'
import { type Jws, kindOfText, parseJws } from '../evidence/jws.ts'
import { type LeafKind, leafKinds, parseWithheld, type WithheldLeaf } from '../evidence/publishable.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export type Leaf =
	| { readonly kind: LeafKind; readonly jws: Jws }
	| { readonly kind: 'withheld'; readonly withheld: WithheldLeaf }

/** As whom the registry has to list who signs a leaf; a campaign object is the authority's. */
export const roleOf = {
	entry: 'device',
	head: 'device',
	transcription: 'station',
	ruling: 'officer',
} as const satisfies Record<Exclude<LeafKind, 'campaign'>, ListedRole>

/** Says nothing of who signed it. */
export function parseLeaf(bytes: Uint8Array): Result<Leaf, Fault<'bad-leaf'>> {
	// Latin-1 keeps every byte apart from every other; what is not ASCII is refused below.
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
	if (text.startsWith('{')) {
		const withheld = parseWithheld(text)
		if (withheld === null) return fail('bad-leaf', 'no withheld object as one is written')
		return ok({ kind: 'withheld', withheld })
	}
	const said = kindOfText(text)
	const kind = leafKinds.find((one) => one === said)
	if (kind === undefined) return fail('bad-leaf', 'neither an object that is published nor a withheld one')
	const parsed = parseJws(text, kind)
	return parsed.ok ? ok({ kind, jws: parsed.value }) : fail('bad-leaf', parsed.fault.detail)
}

/** Null for what is no leaf. */
export function leafId(bytes: Uint8Array): string | null {
	const leaf = parseLeaf(bytes)
	return leaf.ok ? idOf(leaf.value) : null
}

export function idOf(leaf: Leaf): string {
	return leaf.kind === 'withheld' ? leaf.withheld.id : leaf.jws.id
}
