/**
 * Which ledger a centre keeps: `ledger.json`. A ledger that is empty has an id of its own, so that a centre that
 * lost its disk is another one to the kiosks; so has one for which the operator asks for everything again.
 */
import { join } from 'node:path'
import * as z from 'zod'
import { LedgerId } from '../evidence/fields.ts'
import { openDurableJson } from '../platform/files/durable-json.ts'

const LedgerState = z.object({
	v: z.literal(1),
	id: LedgerId,
	/** The operator wants everything again, from every device. */
	askAll: z.boolean(),
})

export interface LedgerIdentity {
	readonly id: string
	readonly askAll: boolean
}

export interface LedgerIdOptions {
	/** Without one line: nothing that was promised in it can be lost. */
	readonly empty: boolean
	/** The operator asks for everything again. */
	readonly askAll: boolean
	readonly random: () => number
}

/** Throws when the disk fails. */
export async function openLedgerId(
	directory: string,
	{ empty, askAll, random }: LedgerIdOptions,
): Promise<LedgerIdentity> {
	const fresh = { v: 1 as const, id: newId(random), askAll }
	const { db, found } = await openDurableJson(join(directory, 'ledger.json'), LedgerState, fresh)
	if (found === 'there' && !empty && !askAll) return db.data
	db.data = fresh
	await db.write()
	return fresh
}

function newId(random: () => number): string {
	return Buffer.from(Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256))).toString('base64url')
}
