/** QR codes in a grey plane, by zxing-cpp compiled to WebAssembly. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import {
	encodeFormats,
	prepareZXingModule,
	type ZXingReaderModule,
	type ZXingReaderOptions,
	type ZXingReadResult,
	type ZXingVector,
} from 'zxing-wasm/reader'
import type { Grey } from '../decode-grey.ts'
import { type FoundCode, sightingOf } from './found-code.ts'

/** As many codes as a picture is searched for: an acta has one, and looking for four costs nothing more. */
const mostCodes = 4

const textModePlain = 0
const localAverage = 0
const fixedThreshold = 2

/**
 * The best single setting on thermal print: without `tryHarder` a third is lost; downscaling and inverting add
 * next to nothing on a large picture and cost a tenth each.
 */
const thorough: ZXingReaderOptions = {
	formats: encodeFormats(['QRCode']),
	tryHarder: true,
	tryRotate: true,
	tryInvert: false,
	tryDownscale: false,
	tryDenoise: false,
	binarizer: localAverage,
	isPure: false,
	downscaleFactor: 3,
	downscaleThreshold: 500,
	minLineCount: 2,
	maxNumberOfSymbols: mostCodes,
	validateOptionalChecksum: false,
	returnErrors: false,
	eanAddOnSymbol: 0,
	textMode: textModePlain,
	characterSet: 0,
	tryCode39ExtendedMode: false,
}

export type Setting = keyof typeof settings

const settings = {
	thorough,
	/** For pictures small enough: several times the work, and 3 more of 203 photographs from life. */
	exhaustive: { ...thorough, tryInvert: true, tryDownscale: true, tryDenoise: true },
	/** For a code drawn by ourselves, black on white and upright. */
	drawn: { ...thorough, isPure: true, binarizer: fixedThreshold, tryHarder: false, tryRotate: false },
} as const

export class QrSearch {
	readonly #zxing: ZXingReaderModule

	private constructor(zxing: ZXingReaderModule) {
		this.#zxing = zxing
	}

	/** Takes the module from the installed package: left alone, zxing-wasm fetches it from the Internet. */
	static async load(): Promise<QrSearch> {
		const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
		const { buffer, byteOffset, length } = await readFile(path)
		const wasmBinary = buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer
		return new QrSearch(await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true }))
	}

	/** Bytes of WebAssembly memory held; it grows with the largest picture and never shrinks. */
	get heapBytes(): number {
		return this.#zxing.HEAPU8.length
	}

	/** Each code that was read whole. */
	codes({ plane, width, height }: Grey, setting: Setting): FoundCode[] {
		// Straight into the heap: 95 ms at 12 MP, where readBarcodes with a PGM header takes 115.
		const address = this.#zxing._malloc(plane.length)
		if (address === 0) throw new Error(`no memory for a picture of ${plane.length} pixels`)
		try {
			this.#zxing.HEAPU8.set(plane, address)
			// An Embind object, which lives in the heap until it is deleted; the package's types leave that out.
			const results: ZXingVector<ZXingReadResult> & Partial<{ delete(): void }> =
				this.#zxing.readBarcodesFromPixmap(address, width, height, settings[setting])
			try {
				const found: FoundCode[] = []
				for (let index = 0; index < results.size(); index++) {
					const result = results.get(index)
					// An undecodable picture can give a result that is not valid.
					if (result?.isValid) found.push(foundCode(result))
				}
				return found
			} finally {
				results.delete?.()
			}
		} finally {
			this.#zxing._free(address)
		}
	}
}

function foundCode({ bytes, position, version }: ZXingReadResult): FoundCode {
	const { topLeft, topRight, bottomRight, bottomLeft } = position
	const size = 17 + 4 * (Number(version) || 1)
	return {
		bytes: Uint8Array.from(bytes),
		sighting: sightingOf([topLeft, topRight, bottomRight, bottomLeft], size),
	}
}
