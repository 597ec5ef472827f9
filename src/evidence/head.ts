/**
 * A head: where a device's chain ends, shown at the close of the day so that witnesses can photograph it. A
 * hash chain alone does not show that its tail was cut off.
 */
import * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { Day, Instant, ObjectId, Seq } from './fields.ts'
import { formats } from './format.ts'
import { Id, type Identity } from './identity.ts'
import { type Jws, type JwsFault, parseJws, signJws, verifyJws } from './jws.ts'
import { type MeaningFault, readPayload } from './open.ts'
import type { Signer } from './signer.ts'

const common = {
	device: Id,
	/** The last entry. */
	seq: Seq,
	id: ObjectId,
	/** The last seq that a verified receipt covers, without gaps; 0 when none. */
	receipts: z.int().min(0),
}

/** As it is written. */
const NewHead = z.looseObject({ ...common, v: z.literal(formats.entry), day: Day })
export type NewHead = z.infer<typeof NewHead>

const HeadOfVersion1 = z.looseObject({ ...common, v: z.literal(1), time: Instant })

export const Head = z.discriminatedUnion('v', [NewHead, HeadOfVersion1])
export type Head = z.infer<typeof Head>

export interface SignedHead<H extends Head = Head> {
	readonly text: string
	readonly id: string
	readonly head: H
}

export type HeadFault = JwsFault | MeaningFault | Fault<'wrong-device'>

export function openHead(text: string, device: Identity): Result<SignedHead, HeadFault> {
	const parsed = parseJws(text, 'head')
	if (!parsed.ok) return parsed
	const verified = verifyJws(parsed.value, device)
	return verified.ok ? readHead(verified.value) : verified
}

/** What verified bytes mean. */
export function readHead(jws: Jws): Result<SignedHead, HeadFault> {
	const read = readPayload(jws, Head, formats.entry)
	if (!read.ok) return read
	if (read.value.device !== jws.kid)
		return fail('wrong-device', 'the head names another device than its signer')
	return ok({ text: jws.text, id: jws.id, head: read.value })
}

/** Throws (a bug) on a head that `openHead` would refuse. */
export async function signHead(head: NewHead, signer: Signer): Promise<SignedHead<NewHead>> {
	if (NewHead.parse(head).device !== signer.kid) throw new Error('the head names another device')
	const { text, id } = await signJws('head', head, signer)
	return { text, id, head }
}
