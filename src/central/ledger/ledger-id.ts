/**
 * Which ledger a centre keeps: `ledger.json`. A ledger that is empty has an id of its own, so that a centre that
 * lost its disk is another one to the kiosks; so has one for which the operator asks for everything again, and one that
 * turns out to hold less than was said of it: a device sends everything again once for each id.
 */
import { join } from 'node:path'
import * as z from 'zod'
import { LedgerId } from '../../evidence/fields.ts'
import { openDurableJson } from '../../platform/files/durable-json.ts'

const LedgerState = z.object({
	v: z.literal(1),
	id: LedgerId,
	/** Everything is wanted again, from every device. */
	askAll: z.boolean(),
	/**
	 * The highest number (`evidence/format.ts`) of what is held here: the package's preinst asks for no more (see there).
	 * Of entries only those that were understood: what devices write into them is theirs.
	 */
	format: z.int().min(1).default(1),
})

export interface LedgerIdentity {
	readonly id: string
	readonly askAll: boolean
	/** The ledger of this id holds less than its receipts say: it is another one from now on. Rejects when the disk fails. */
	replace(id: string): Promise<void>
	/** Records of this number are held, or about to be. Rejects when the disk fails. */
	noteFormat(format: number): Promise<void>
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
	const fresh = () => ({ v: 1 as const, id: newId(random), askAll, format: 1 })
	const { db, found } = await openDurableJson(join(directory, 'ledger.json'), LedgerState, fresh())
	/** What is on the disk: only that is said. */
	let current = db.data
	let writing = Promise.resolve()
	const write = (change: (before: typeof current) => typeof current): Promise<void> => {
		writing = writing.then(async () => {
			const next = change(current)
			if (next === current) return
			db.data = next
			await db.write()
			current = next
		})
		return writing
	}
	if (found !== 'there' || empty || askAll) await write(() => fresh())
	return {
		get id() {
			return current.id
		},
		get askAll() {
			return current.askAll
		},
		replace: (id) =>
			write((before) => (before.id === id ? { ...before, id: newId(random), askAll: true } : before)),
		noteFormat: (format) => write((before) => (format > before.format ? { ...before, format } : before)),
	}
}

function newId(random: () => number): string {
	return Buffer.from(Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256))).toString('base64url')
}
