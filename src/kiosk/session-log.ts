/** Logs what the phases of a session mean. */
import { type Fault, unreachable } from '../platform/result.ts'
import type { KioskLog } from './events.ts'
import type { Phase } from './session/session-types.ts'

export class SessionLog {
	readonly #log: KioskLog
	/** What was last logged of the disk; null while nothing is the matter with it. */
	#diskTrouble: string | null = null
	/** The head that was last logged. */
	#head: string | null = null

	constructor(log: KioskLog) {
		this.#log = log
	}

	/** Called with each phase that begins or goes on. */
	report(phase: Phase): void {
		const log = this.#log
		this.#reportDisk(phase)
		switch (phase.at) {
			case 'recorded':
				log({
					event: 'recorded',
					seq: phase.acta.seq,
					number: phase.acta.number,
					read: phase.reading !== null,
				})
				break
			case 'conflict':
				log({
					event: 'conflict',
					seq: phase.acta.seq,
					number: phase.acta.number,
					other: phase.other.number,
				})
				break
			case 'already-scanned':
				log({ event: 'already-scanned', number: phase.acta.number })
				break
			case 'rejected':
				log({ event: 'rejected', cause: phase.cause })
				break
			case 'fault':
				this.trouble(phase.device, phase.fault)
				break
			case 'closing':
				if (phase.slow) this.trouble('storage', { code: 'no-answer', detail: 'a close waits for the disk' })
				break
			case 'closed': {
				const { id, head } = phase.day.head
				if (id !== this.#head) log({ event: 'closed', seq: head.seq, head: id })
				this.#head = id
				break
			}
			case 'idle':
			case 'capturing':
			case 'reading':
			case 'confirming':
			case 'recording':
			case 'disk-trouble':
			case 'asking-to-close':
			case 'technician':
				break
			default:
				unreachable(phase)
		}
	}

	trouble(device: string, { code, detail }: Fault): void {
		this.#log({ event: 'trouble', device, fault: { code, detail } })
	}

	/** Logs each trouble once, however often it is tried again, and of its end. */
	#reportDisk(phase: Phase): void {
		if (phase.at === 'disk-trouble') {
			if (this.#diskTrouble !== phase.fault.code) this.trouble('storage', phase.fault)
			this.#diskTrouble = phase.fault.code
		} else if (phase.at === 'recording') {
			if (phase.waited === 'not-long') return
			this.trouble('storage', {
				code: 'no-answer',
				detail: `a recording has waited ${phase.waited} for the disk`,
			})
			this.#diskTrouble = 'no-answer'
		} else if (this.#diskTrouble !== null) {
			this.#diskTrouble = null
			this.#log({ event: 'disk-mended' })
		}
	}
}
