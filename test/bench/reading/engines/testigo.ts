/** Our own reader as the kiosk has it: from the file's bytes to the acta, in its worker thread. */
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { QrReader } from '#src/reading/qr-reader.js'
import type { Reading } from '#src/reading/reading.js'
import { timedProcess } from './cpu-time.ts'
import type { Answer, Engine, Frame } from './engine.ts'

export class TestigoEngine implements Engine {
	readonly #reader = new QrReader(presidential2024)

	async start(): Promise<boolean> {
		await this.#reader.start()
		return true
	}

	async read({ bytes }: Frame): Promise<Answer> {
		const { value: report, cpuMs, wallMs } = await timedProcess(() => this.#reader.read(bytes))
		const { reading, decodeMs, searchMs, firstMs } = report
		if (reading.kind === 'no-picture') throw new Error(reading.fault.detail)
		return { texts: textsOf(reading), cpuMs, wallMs, parts: { decodeMs, searchMs, firstMs } }
	}

	stop(): Promise<void> {
		return this.#reader.stop()
	}
}

function textsOf(reading: Exclude<Reading, { kind: 'no-picture' }>): string[] {
	switch (reading.kind) {
		case 'acta':
			return [reading.text]
		case 'foreign':
			return [textOf(reading.bytes)]
		case 'unread':
			return []
	}
}

/** As UTF-8 where it is that. */
function textOf(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
	} catch {
		return Buffer.from(bytes).toString('latin1')
	}
}
