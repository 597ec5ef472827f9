/** zxing-wasm's public call with its defaults, but for the format. */
import { readBarcodes } from 'zxing-wasm/reader'
import { timedProcess } from './cpu-time.ts'
import type { Answer, Engine, Frame } from './engine.ts'
import { loadZxing } from './zxing.ts'

export class ZxingDefaultsEngine implements Engine {
	async start(): Promise<boolean> {
		await loadZxing()
		return true
	}

	async read({ grey: { plane, width, height } }: Frame): Promise<Answer> {
		// A binary PGM is grey that needs no decoding.
		const pgm = Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), plane])
		const { value, ...spent } = await timedProcess(() => readBarcodes(pgm, { formats: ['QRCode'] }))
		return { texts: value.filter(({ isValid }) => isValid).map(({ text }) => text), ...spent }
	}

	async stop(): Promise<void> {}
}
