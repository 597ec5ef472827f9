/** What a centre would say, and where an uplink leaves it for the kiosk. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Position } from '#src/evidence/fields.js'
import type { Receipt } from '#src/evidence/receipt.js'
import { emptyUplinkState, type UplinkState } from '#src/handover/uplink-state.js'

/** Of an entry that is held, with all before it. */
export function receiptFor(device: string, { seq, id }: Position, more: Partial<Receipt> = {}): Receipt {
	return {
		...{ v: 1, device, seq, entry: id, status: 'stored', images: [], upto: { seq, id }, gaps: [] },
		...{ time: '2024-07-28T23:00:00Z', copies: 1 },
		...more,
	}
}

/** Leaves a state in the uplink's `directory` in one step, as the uplink does. */
export async function postState(directory: string, change: Partial<UplinkState>): Promise<void> {
	const path = join(directory, 'state.json')
	await mkdir(directory, { recursive: true })
	await writeFile(`${path}.new`, JSON.stringify({ ...emptyUplinkState(), ...change }))
	await rename(`${path}.new`, path)
}
