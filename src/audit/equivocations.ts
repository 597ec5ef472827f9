/**
 * Two entries by one device with one seq: proof that the device was cloned or its journal rolled back. Whoever has
 * the device's public key can check it without trusting this program or the centre: both texts are signed, both
 * say the same `seq`, and their ids differ.
 */
import { openEntry } from '../evidence/entry.ts'
import type { Identity } from '../evidence/identity.ts'
import { parseJws } from '../evidence/jws.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'

export interface Equivocation {
	readonly device: string
	readonly seq: number
	/** Two or more. */
	readonly entries: readonly {
		readonly id: string
		/** Where it stands in the ledger, counted from 1. */
		readonly line: number
		/** The entry as the device signed it. */
		readonly text: string
	}[]
}

/** The most proofs that are shown: one is enough. */
const mostProofs = 100

/** Finds the seqs that different entries bear. */
export class Equivocations {
	readonly #seen = new Map<string, Map<number, string>>()
	readonly #conflicting = new Map<string, Set<number>>()

	note(device: string, seq: number, id: string): void {
		const ids = this.#seen.get(device) ?? new Map<number, string>()
		this.#seen.set(device, ids)
		const first = ids.get(seq)
		if (first === undefined) ids.set(seq, id)
		else if (first !== id) this.add(device, seq)
	}

	add(device: string, seq: number): void {
		const seqs = this.#conflicting.get(device) ?? new Set()
		this.#conflicting.set(device, seqs.add(seq))
	}

	/** Devices, and the seqs that different entries bear. */
	*conflicting(): Generator<{ readonly device: string; readonly seqs: readonly number[] }> {
		for (const [device, seqs] of this.#conflicting) yield { device, seqs: [...seqs].sort((a, b) => a - b) }
	}

	/** The proofs, from the lines of the ledger at `path`, each verified by the key that `known` gives. */
	async prove(path: string, known: (device: string) => Identity | undefined): Promise<Equivocation[]> {
		if (this.#conflicting.size === 0) return []
		const found = new Map<string, { device: string; seq: number; entries: Equivocation['entries'] }>()
		const yieldIfDue = yieldToEventLoop()
		for await (const line of evidenceLines(filePieces(path))) {
			await yieldIfDue()
			const jws = line.ok ? parseJws(line.text, 'entry') : undefined
			if (!line.ok || !jws?.ok || !this.#conflicting.has(jws.value.kid)) continue
			const device = known(jws.value.kid)
			const opened = device === undefined ? undefined : openEntry(line.text, device)
			if (device === undefined || !opened?.ok) continue
			const { id, text, entry } = opened.value
			if (!this.#conflicting.get(device.id)?.has(entry.seq)) continue
			const key = `${device.id}/${entry.seq}`
			if (found.size >= mostProofs && !found.has(key)) continue
			const { entries } = found.get(key) ?? { entries: [] }
			if (entries.some((other) => other.id === id)) continue
			const bearers = [...entries, { id, line: line.number, text }]
			found.set(key, { device: device.id, seq: entry.seq, entries: bearers })
		}
		return [...found.values()]
	}
}
