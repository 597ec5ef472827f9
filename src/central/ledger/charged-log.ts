/** A file of lines of which each is charged to the device that caused it, and noted of the disk's room. */
import type { LineLog } from '../../platform/files/line-log.ts'
import type { Quotas } from '../admission/quotas.ts'

export interface ChargedLogParts {
	readonly log: LineLog
	readonly quotas: Quotas
	/** So many bytes are about to be written. */
	readonly noteWritten: (bytes: number) => void
}

export class ChargedLog {
	readonly #parts: ChargedLogParts

	constructor(parts: ChargedLogParts) {
		this.#parts = parts
	}

	/** Resolves when it is on the disk. */
	append(device: string, text: string, as: 'entry' | 'line'): Promise<void> {
		const { log, quotas, noteWritten } = this.#parts
		const bytes = text.length + 1
		if (as === 'entry') quotas.addEntry(device, bytes)
		else quotas.addLine(device, bytes)
		noteWritten(bytes)
		return log.append([text])
	}

	/** Resolves when all that was appended before is on the disk. */
	settled(): Promise<void> {
		return this.#parts.log.settled()
	}
}
