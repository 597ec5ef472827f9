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
import type { Grey } from './grey.ts'

/** As many codes as a picture is searched for: an acta has one, and looking for four costs nothing more. */
const mostCodes = 4

const textModePlain = 0
const localAverage = 0

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

interface Attempt {
	readonly options: ZXingReaderOptions
	/** Tried on pictures of at most so many pixels: where it costs milliseconds. */
	readonly mostPixels: number
}

/** In order, until one finds a code. */
const attempts: readonly Attempt[] = [
	{ options: thorough, mostPixels: Number.POSITIVE_INFINITY },
	// 3 more of 203 photographs from life.
	{
		options: { ...thorough, tryInvert: true, tryDownscale: true, tryDenoise: true },
		mostPixels: 2_000_000,
	},
]

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

	/** The bytes of each code that was read whole, error correction and all. */
	codes(grey: Grey): Uint8Array[] {
		// Straight into the heap: 95 ms at 12 MP, where readBarcodes with a PGM header takes 115.
		const size = grey.plane.length
		const address = this.#zxing._malloc(size)
		if (address === 0) throw new Error(`no memory for a picture of ${size} pixels`)
		try {
			this.#zxing.HEAPU8.set(grey.plane, address)
			for (const { options, mostPixels } of attempts) {
				if (size > mostPixels) continue
				const found = this.#search(address, grey, options)
				if (found.length > 0) return found
			}
			return []
		} finally {
			this.#zxing._free(address)
		}
	}

	#search(address: number, { width, height }: Grey, options: ZXingReaderOptions): Uint8Array[] {
		// An Embind object, which lives in the heap until it is deleted; the package's types leave that out.
		const results: ZXingVector<ZXingReadResult> & Partial<{ delete(): void }> =
			this.#zxing.readBarcodesFromPixmap(address, width, height, options)
		try {
			const found: Uint8Array[] = []
			for (let index = 0; index < results.size(); index++) {
				const result = results.get(index)
				// An undecodable picture can give a result that is not valid.
				if (result?.isValid) found.push(Uint8Array.from(result.bytes))
			}
			return found
		} finally {
			results.delete?.()
		}
	}
}
