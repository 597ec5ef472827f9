import {
	getDefaultScanner,
	scanGrayBuffer,
	ZBarConfigType,
	type ZBarScanner,
	ZBarSymbolType,
} from '@undecaf/zbar-wasm'
import { timedProcess } from './cpu-time.ts'
import type { Answer, Engine, Frame } from './engine.ts'

/** ZBar compiled to WebAssembly, told to look for nothing but QR codes. */
export class ZbarEngine implements Engine {
	#scanner: ZBarScanner | undefined

	async start(): Promise<boolean> {
		const scanner = await getDefaultScanner()
		scanner.setConfig(ZBarSymbolType.ZBAR_NONE, ZBarConfigType.ZBAR_CFG_ENABLE, 0)
		scanner.setConfig(ZBarSymbolType.ZBAR_QRCODE, ZBarConfigType.ZBAR_CFG_ENABLE, 1)
		this.#scanner = scanner
		return true
	}

	async read({ grey: { plane, width, height } }: Frame): Promise<Answer> {
		const buffer = Uint8Array.from(plane).buffer
		const { value, ...spent } = await timedProcess(() => scanGrayBuffer(buffer, width, height, this.#scanner))
		return { texts: value.map((symbol) => symbol.decode()), ...spent }
	}

	async stop(): Promise<void> {}
}
