/** Readers side by side: ours as the kiosk has it, and its peers, all told to look for QR codes only. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getDefaultScanner, scanGrayBuffer, ZBarConfigType, ZBarSymbolType } from '@undecaf/zbar-wasm'
import type jsQR from 'jsqr'
import { DecodeHintDictionary, DecodeHintTypes, decode_barcode_with_hints } from 'rxing-wasm'
import sharp from 'sharp'
import { encodeFormats, prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { QrReader } from '#src/reading/qr-reader.js'
import { execute } from '../../../support/processes.ts'
import type { EngineName } from '../task.ts'
import { type Answer, type Engine, type Frame, rgbaOf, timed, timedProcess } from './engine.ts'
import { startWechat } from './wechat.ts'

/** Null where the engine is not installed. */
export const startEngine: Readonly<Record<EngineName, () => Promise<Engine | null>>> = {
	testigo: startTestigo,
	zxing: startZxing,
	'zxing-defaults': startZxingDefaults,
	rxing: async () => ({ read: readByRxing, stop: async () => {} }),
	zbar: startZbar,
	zbarimg: startZbarimg,
	wechat: startWechat,
	jsqr: startJsqr,
}

/** Decoded as well as ours decodes: the green channel on white paper. */
export async function readyGrey(bytes: Uint8Array): Promise<Frame['grey']> {
	const { channels, hasAlpha } = await sharp(bytes).metadata()
	const picture = hasAlpha ? sharp(bytes).flatten({ background: '#ffffff' }) : sharp(bytes)
	const grey = channels >= 3 ? picture.extractChannel('green') : picture.toColourspace('b-w')
	const { data, info } = await grey.raw().toBuffer({ resolveWithObject: true })
	return { plane: data, width: info.width, height: info.height }
}

/** From the file's bytes to the acta, in its worker thread. */
async function startTestigo(): Promise<Engine> {
	const reader = new QrReader(presidential2024)
	await reader.start()
	const read = async ({ bytes }: Frame): Promise<Answer> => {
		const { value, ...spent } = await timedProcess(() => reader.read(bytes))
		const { reading, decodeMs, searchMs, firstMs } = value
		if (reading.kind === 'no-picture') throw new Error(reading.fault.detail)
		const foreign = reading.kind === 'foreign' ? [textOf(reading.bytes)] : []
		const texts = reading.kind === 'acta' ? [reading.text] : foreign
		return { texts, ...spent, parts: { decodeMs, searchMs, firstMs } }
	}
	return { read, stop: () => reader.stop() }
}

/** As UTF-8 where it is that. */
function textOf(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
	} catch {
		return Buffer.from(bytes).toString('latin1')
	}
}

/** zxing-wasm's best setting for thermal print: what our reader's first try is measured against. */
const bestSetting = {
	formats: encodeFormats(['QRCode']),
	...{ tryHarder: true, tryRotate: true, tryInvert: false, tryDownscale: false, tryDenoise: false },
	...{ binarizer: 0, isPure: false, downscaleFactor: 3, downscaleThreshold: 500, minLineCount: 2 },
	...{ maxNumberOfSymbols: 1, validateOptionalChecksum: false, returnErrors: false, eanAddOnSymbol: 0 },
	...{ textMode: 0, characterSet: 0, tryCode39ExtendedMode: false },
}

/** From the installed package; left alone, zxing-wasm would fetch it. */
async function loadZxing() {
	const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
	const wasmBinary = Uint8Array.from(await readFile(path)).buffer
	return await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
}

async function startZxing(): Promise<Engine> {
	const zxing = await loadZxing()
	const read = async ({ grey: { plane, width, height } }: Frame): Promise<Answer> => {
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
	return { read, stop: async () => {} }
}

/** Its public call with its defaults, but for the format; on the file where there is no grey. */
async function startZxingDefaults(): Promise<Engine> {
	await loadZxing()
	const read = async ({ bytes, grey }: Frame): Promise<Answer> => {
		const picture = grey.plane.length > 0 ? pgm(grey) : bytes
		const { value, ...spent } = await timedProcess(() => readBarcodes(picture, { formats: ['QRCode'] }))
		return { texts: value.filter(({ isValid }) => isValid).map(({ text }) => text), ...spent }
	}
	return { read, stop: async () => {} }
}

/** Grey as a file that needs no decoding. */
function pgm({ plane, width, height }: Frame['grey']): Buffer {
	return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), plane])
}

/** ZXing rewritten in Rust, compiled to WebAssembly. */
async function readByRxing({ grey: { plane, width, height } }: Frame): Promise<Answer> {
	const hints = new DecodeHintDictionary()
	hints.set_hint(DecodeHintTypes.PossibleFormats, 'qrcode')
	hints.set_hint(DecodeHintTypes.TryHarder, 'true')
	const { value, ...spent } = timed(() => {
		try {
			const result = decode_barcode_with_hints(plane, width, height, hints, false)
			const text = result.text()
			result.free()
			return [text]
		} catch (error) {
			// It throws a string where there is no code, and an Error where it breaks.
			if (error instanceof Error) throw error
			return []
		}
	})
	hints.free()
	return { texts: value, ...spent }
}

/** ZBar compiled to WebAssembly. */
async function startZbar(): Promise<Engine> {
	const scanner = await getDefaultScanner()
	scanner.setConfig(ZBarSymbolType.ZBAR_NONE, ZBarConfigType.ZBAR_CFG_ENABLE, 0)
	scanner.setConfig(ZBarSymbolType.ZBAR_QRCODE, ZBarConfigType.ZBAR_CFG_ENABLE, 1)
	const read = async ({ grey: { plane, width, height } }: Frame): Promise<Answer> => {
		const { buffer } = Uint8Array.from(plane)
		const { value, ...spent } = await timedProcess(() => scanGrayBuffer(buffer, width, height, scanner))
		return { texts: value.map((symbol) => symbol.decode()), ...spent }
	}
	return { read, stop: async () => {} }
}

/** POSIX `times` prints the processor time of the shell's children on its second line. */
const zbarimgScript = 'zbarimg --quiet --xml -Sdisable -Sqrcode.enable "$1"; times >&2'

/** The `zbarimg` command, where it is installed (Debian: zbar-tools): what a volunteer has at hand. */
async function startZbarimg(): Promise<Engine | null> {
	const installed = await execute('zbarimg', ['--version']).catch(() => null)
	if (installed === null) return null
	const directory = await mkdtemp(join(tmpdir(), 'testigo-zbarimg-'))
	const path = join(directory, 'frame.pgm')
	const read = async ({ grey }: Frame): Promise<Answer> => {
		await writeFile(path, pgm(grey))
		const begun = performance.now()
		const { stdout, stderr } = await execute('sh', ['-c', zbarimgScript, 'sh', path], { timeout: 20_000 })
		const wallMs = performance.now() - begun
		const texts = [...stdout.matchAll(/<data[^>]*><!\[CDATA\[([\s\S]*?)\]\]><\/data>/g)]
		return { texts: texts.map(([, text = '']) => text), wallMs, cpuMs: childrenMs(stderr) }
	}
	return { read, stop: () => rm(directory, { recursive: true, force: true }) }
}

/** From `0m0.010s 0m0.000s`, user and system, of the children. */
function childrenMs(times: string): number | null {
	const parts = [...(times.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
	const ms = parts.map(([, minutes, seconds]) => 60_000 * Number(minutes) + 1000 * Number(seconds))
	return ms.length === 2 ? ms.reduce((sum, one) => sum + one, 0) : null
}

/** Pixels. */
const largePicture = 2_000_000

/** Pure JavaScript. It wants colour, made before the clock starts. */
async function startJsqr(): Promise<Engine> {
	const find: typeof jsQR.default = createRequire(import.meta.url)('jsqr')
	const read = async ({ grey }: Frame): Promise<Answer> => {
		const rgba = rgbaOf(grey)
		// By default it also tries the inverse, as life may need; an acta never is that, and it takes twice the time.
		const inversionAttempts = grey.plane.length > largePicture ? 'dontInvert' : 'attemptBoth'
		const { value, ...spent } = timed(() => find(rgba, grey.width, grey.height, { inversionAttempts }))
		return { texts: value === null || value.data === '' ? [] : [value.data], ...spent }
	}
	return { read, stop: async () => {} }
}
