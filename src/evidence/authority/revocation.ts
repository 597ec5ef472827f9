/**
 * A revocation: the authority revokes a device. What it recorded up to `last` stays good; whatever bears a higher
 * seq is quarantined, kept and shown apart, since somebody else may have signed it. Nothing undoes a revocation:
 * of several of one device the lowest `last` counts.
 */
import * as z from 'zod'
import { Instant } from '../fields.ts'
import { Id } from '../identity.ts'
import { signJws } from '../jws.ts'
import type { Signer } from '../signer.ts'

export const revocationReasons = [
	'lost',
	'stolen',
	'seized',
	'cloned',
	'key-exposed',
	'damaged',
	'retired',
] as const

/** A revoked device, also as a registry lists it. */
export const RevokedDevice = z.looseObject({
	device: Id,
	/** The last seq that is good; 0 when none is. */
	last: z.int().min(0),
	reason: z.enum(revocationReasons),
	time: Instant,
})
export type RevokedDevice = z.infer<typeof RevokedDevice>

export const Revocation = RevokedDevice.extend({ v: z.literal(1) })
export type Revocation = z.infer<typeof Revocation>

export interface SignedRevocation {
	readonly text: string
	readonly id: string
	readonly revocation: Revocation
}

/** Throws (a bug) on a revocation that is not of the schema. */
export async function signRevocation(revocation: Revocation, signer: Signer): Promise<SignedRevocation> {
	Revocation.parse(revocation)
	const { text, id } = await signJws('revocation', revocation, signer)
	return { text, id, revocation }
}
