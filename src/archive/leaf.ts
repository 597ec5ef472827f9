/** What stands as a leaf in a log (`provisioning/verify/ARCHIVE.md`, "Leaves"). Pure. */
import * as z from 'zod'
import { ObjectId, Seq } from '../evidence/fields.ts'
import { Id } from '../evidence/identity.ts'
import { type Jws, type Kind, kindOfText, parseJws } from '../evidence/jws.ts'
import { parseJson } from '../platform/strict-json.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export const leafKinds = ['entry', 'head', 'transcription', 'ruling', 'campaign'] as const satisfies readonly Kind[]
export type LeafKind = (typeof leafKinds)[number]

/** Stands for an object that must not be published: what names its id chains over it. */
const Withheld = z.strictObject({ withheld: z.enum(leafKinds), by: Id, seq: Seq, id: ObjectId })
export type Withheld = z.infer<typeof Withheld>

export type Leaf =
	| { readonly kind: LeafKind; readonly jws: Jws }
	| { readonly kind: 'withheld'; readonly withheld: Withheld }

export function formatWithheld({ withheld, by, seq, id }: Withheld): string {
	return JSON.stringify({ withheld, by, seq, id })
}

/** Says nothing of who signed it. */
export function parseLeaf(bytes: Uint8Array): Result<Leaf, Fault<'bad-leaf'>> {
	// Latin-1 keeps every byte apart from every other; what is not ASCII is refused below.
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
	if (text.startsWith('{')) return parseWithheld(text)
	const said = kindOfText(text)
	const kind = leafKinds.find((one) => one === said)
	if (kind === undefined) return fail('bad-leaf', 'neither an object that is published nor a withheld one')
	const parsed = parseJws(text, kind)
	return parsed.ok ? ok({ kind, jws: parsed.value }) : fail('bad-leaf', parsed.fault.detail)
}

/** Null for what is no leaf. */
export function leafId(bytes: Uint8Array): string | null {
	const leaf = parseLeaf(bytes)
	if (!leaf.ok) return null
	return leaf.value.kind === 'withheld' ? leaf.value.withheld.id : leaf.value.jws.id
}

function parseWithheld(text: string): Result<Leaf, Fault<'bad-leaf'>> {
	const json = parseJson(Buffer.from(text, 'latin1'))
	const read = json.ok ? Withheld.safeParse(json.value) : null
	if (read?.success !== true || formatWithheld(read.data) !== text)
		return fail('bad-leaf', 'no withheld object as one is written')
	return ok({ kind: 'withheld', withheld: read.data })
}
