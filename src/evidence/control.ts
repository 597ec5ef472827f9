/**
 * A control: a command of the centre to a device's uplink. The verbs are a closed list; none of them makes a
 * device forget or change what it recorded.
 */
import * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { CountedCentres, UncountedCentre } from './authority/centre-list.ts'
import { Instant, LedgerId, Seq } from './fields.ts'
import { Id } from './identity.ts'
import { type JwsFault, parseJws, signJws } from './jws.ts'
import { type MeaningFault, openObject } from './open.ts'
import type { Signer } from './signer.ts'

export const Control = z.looseObject({
	v: z.literal(1),
	/** Who should obey. */
	device: Id,
	/** `resend`: send all entries from `from` on again, with their files, and then the receipts that you keep. */
	verb: z.enum(['resend']),
	from: Seq,
	/** What the centre keeps now. A device obeys once for each ledger: more is a replay. */
	ledger: LedgerId,
	time: Instant,
})
export type Control = z.infer<typeof Control>

export interface SignedControl {
	readonly text: string
	readonly id: string
	readonly control: Control
}

export type ControlFault = JwsFault | MeaningFault | UncountedCentre | Fault<'other-device'>

/** Opens a command to `device` of a centre that counts. */
export function openControl(
	text: string,
	centres: CountedCentres,
	device: string,
): Result<SignedControl, ControlFault> {
	const parsed = parseJws(text, 'control')
	const centre = parsed.ok ? centres.counted(parsed.value.kid) : parsed
	if (!centre.ok) return centre
	const opened = openObject(text, 'control', centre.value, Control)
	if (!opened.ok) return opened
	const { jws, payload } = opened.value
	if (payload.device !== device)
		return fail('other-device', `a command to ${payload.device} came to ${device}`)
	return ok({ text, id: jws.id, control: payload })
}

/** Throws (a bug) on a command that `openControl` would refuse. */
export async function signControl(control: Control, signer: Signer): Promise<SignedControl> {
	Control.parse(control)
	const { text, id } = await signJws('control', control, signer)
	return { text, id, control }
}
