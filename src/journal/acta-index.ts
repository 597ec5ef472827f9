/**
 * Which actas a journal holds: answers "already scanned?" and "same table, other votes?".
 *
 * Some 40 bytes an acta, so that a hundred thousand of them are no burden: of code and text it keeps digests
 * only. They are made with a key of this process, so that nobody can prepare two papers whose digests meet.
 */
import { hash, randomBytes } from 'node:crypto'
import type { SignedEntry } from '../evidence/entry.ts'
import { Records } from '../platform/records.ts'

export interface RecordedActa {
	readonly seq: number
	/** 1, 2, 3 … among the actas of this journal: the number that volunteers see. */
	readonly number: number
}

export interface KnownActa extends RecordedActa {
	/** It says the same to the letter. */
	readonly same: boolean
}

/** Bytes of a record: its seq; whether it counts under its code; the digests of its code and of its text. */
const seqAt = 0
const countsAt = 4
const codeAt = 8
const textAt = 16
const width = 32

export class ActaIndex {
	readonly #key: string
	/** All actas, in order. */
	readonly #actas = new Records(width)
	/** Open addressing by the digest of the code: numbers of actas, 0 where there is none. */
	#table = new Uint32Array(1024)

	constructor(key: string = randomBytes(32).toString('hex')) {
		this.#key = key
	}

	add({ entry }: SignedEntry): void {
		if (entry.kind === 'void') this.#forget(entry.voids.seq)
		if (entry.kind !== 'acta') return
		const acta = this.#actas.push()
		acta.writeUInt32LE(entry.seq, seqAt)
		const { code, text } = entry.reading
		// A code whose counts nobody read contradicts nothing.
		if (code === null || text === null) return
		acta.writeUInt8(1, countsAt)
		this.#digest(code).copy(acta, codeAt, 0, textAt - codeAt)
		this.#digest(text).copy(acta, textAt, 0, width - textAt)
		if (this.count * 2 > this.#table.length) this.#widen()
		this.#place(this.count)
	}

	/** What was recorded under an acta code and not voided, oldest first, held against `text`. */
	find(code: string, text: string): readonly KnownActa[] {
		const wanted = this.#digest(code).subarray(0, textAt - codeAt)
		const says = this.#digest(text).subarray(0, width - textAt)
		const found: KnownActa[] = []
		let slot = this.#slotOf(wanted)
		for (let number = this.#table[slot]; number; number = this.#table[slot]) {
			const acta = this.#actas.at(number - 1)
			if (acta.readUInt8(countsAt) === 1 && wanted.equals(acta.subarray(codeAt, textAt))) {
				const seq = acta.readUInt32LE(seqAt)
				found.push({ seq, number, same: says.equals(acta.subarray(textAt)) })
			}
			slot = (slot + 1) % this.#table.length
		}
		return found
	}

	get count(): number {
		return this.#actas.length
	}

	/** How many actas stand at `seq` or before it. */
	countUpTo(seq: number): number {
		let low = 0
		let high = this.count
		while (low < high) {
			const middle = (low + high) >> 1
			if (this.#actas.at(middle).readUInt32LE(seqAt) <= seq) low = middle + 1
			else high = middle
		}
		return low
	}

	/** A voided acta may be scanned again; its number stays taken. */
	#forget(seq: number): void {
		const number = this.countUpTo(seq)
		if (number === 0) return
		const acta = this.#actas.at(number - 1)
		if (acta.readUInt32LE(seqAt) === seq) acta.writeUInt8(0, countsAt)
	}

	#digest(text: string): Buffer {
		return hash('sha256', this.#key + text, 'buffer')
	}

	#slotOf(codeDigest: Buffer): number {
		return codeDigest.readUInt32LE(0) % this.#table.length
	}

	/** In the order of recording, so that `find` meets the oldest first. */
	#place(number: number): void {
		let slot = this.#slotOf(this.#actas.at(number - 1).subarray(codeAt, textAt))
		while (this.#table[slot]) slot = (slot + 1) % this.#table.length
		this.#table[slot] = number
	}

	#widen(): void {
		this.#table = new Uint32Array(this.#table.length * 2)
		for (let number = 1; number < this.count; number++) {
			if (this.#actas.at(number - 1).readUInt8(countsAt) === 1) this.#place(number)
		}
	}
}
