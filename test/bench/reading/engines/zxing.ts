/** zxing-wasm alone at its best setting for thermal print: what our reader's first try is measured against. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { encodeFormats, prepareZXingModule, type ZXingReaderModule } from 'zxing-wasm/reader'
import { timed } from './cpu-time.ts'
import type { Answer, Engine, Frame } from './engine.ts'

const bestSetting = {
	formats: encodeFormats(['QRCode']),
	tryHarder: true,
	tryRotate: true,
	tryInvert: false,
	tryDownscale: false,
	tryDenoise: false,
	binarizer: 0,
	isPure: false,
	downscaleFactor: 3,
	downscaleThreshold: 500,
	minLineCount: 2,
	maxNumberOfSymbols: 1,
	validateOptionalChecksum: false,
	returnErrors: false,
	eanAddOnSymbol: 0,
	textMode: 0,
	characterSet: 0,
	tryCode39ExtendedMode: false,
}

/** From the installed package; left alone, zxing-wasm would fetch it. */
export async function loadZxing(): Promise<ZXingReaderModule> {
	const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
	const wasmBinary = Uint8Array.from(await readFile(path)).buffer
	return await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
}

export class ZxingEngine implements Engine {
	#zxing: ZXingReaderModule | undefined

	async start(): Promise<boolean> {
		this.#zxing = await loadZxing()
		return true
	}

	async read({ grey: { plane, width, height } }: Frame): Promise<Answer> {
		const zxing = this.#zxing
		if (zxing === undefined) throw new Error('not started')
		const { value, ...spent } = timed(() => {
			const address = zxing._malloc(plane.length)
			zxing.HEAPU8.set(plane, address)
			const results = zxing.readBarcodesFromPixmap(address, width, height, bestSetting)
			const texts: string[] = []
			for (let index = 0; index < results.size(); index++) {
				const result = results.get(index)
				if (result?.isValid) texts.push(result.text)
			}
			zxing._free(address)
			return texts
		})
		return { texts: value, ...spent }
	}

	async stop(): Promise<void> {}
}
