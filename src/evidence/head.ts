/**
 * A head: where a device's chain ends, shown at the close of the day so that witnesses can photograph it. A
 * hash chain alone does not show that its tail was cut off.
 */
import * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { Instant, ObjectId, Seq } from './fields.ts'
import { Id, type Identity } from './identity.ts'
import { type JwsFault, signJws } from './jws.ts'
import { type MeaningFault, openObject } from './open.ts'
import type { Signer } from './signer.ts'

export const Head = z.looseObject({
	v: z.literal(1),
	device: Id,
	/** The last entry. */
	seq: Seq,
	id: ObjectId,
	/** The last seq that a verified receipt covers, without gaps; 0 when none. */
	receipts: z.int().min(0),
	time: Instant,
})
export type Head = z.infer<typeof Head>

export interface SignedHead {
	readonly text: string
	readonly id: string
	readonly head: Head
}

export type HeadFault = JwsFault | MeaningFault | Fault<'wrong-device'>

export function openHead(text: string, device: Identity): Result<SignedHead, HeadFault> {
	const opened = openObject(text, 'head', device, Head)
	if (!opened.ok) return opened
	const { jws, payload } = opened.value
	if (payload.device !== device.id)
		return fail('wrong-device', 'the head names another device than its signer')
	return ok({ text, id: jws.id, head: payload })
}

/** Throws (a bug) on a head that `openHead` would refuse. */
export async function signHead(head: Head, signer: Signer): Promise<SignedHead> {
	if (Head.parse(head).device !== signer.kid) throw new Error('the head names another device')
	const { text, id } = await signJws('head', head, signer)
	return { text, id, head }
}
