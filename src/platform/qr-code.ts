/** QR codes (ISO/IEC 18004) made by zxing's writer, and drawn for a terminal or as a picture. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'

export interface QrSymbol {
	/** Modules along one side, without the quiet zone. */
	readonly size: number
	/** Row by row, true where it is dark. */
	readonly dark: readonly boolean[]
}

/** Makes the symbol of `text` by zxing's options, such as `ecLevel=L`; null where it does not fit. */
export type QrWriter = (text: string, options: string) => Promise<QrSymbol | null>

/** Loads the writer from the installed package; left alone, it would fetch it from the network. */
export async function openQrWriter(): Promise<QrWriter> {
	const path = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm')
	const wasmBinary = Uint8Array.from(await readFile(path)).buffer
	await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
	return async (text, options) => {
		const { error, symbol } = await writeBarcode(text, { format: 'QRCode', options, addQuietZones: false })
		if (error !== '' || symbol.width === 0) return null
		return { size: symbol.width, dark: Array.from(symbol.data, (value) => value === 0) }
	}
}

/** Modules of quiet zone on each side (section 6.3.8). */
export const quietZone = 4

/** Whether a module is dark; those outside are light. */
export function darkAt({ size, dark }: QrSymbol, row: number, column: number): boolean {
	const inside = row >= 0 && column >= 0 && row < size && column < size
	return inside && dark[row * size + column] === true
}

/** Columns of `qrForTerminal`. */
export function widthInTerminal({ size }: QrSymbol): number {
	return size + 2 * quietZone
}

/**
 * Lines for a terminal: a character is two modules, one above the other. Black on white whatever the terminal's
 * colours, since many readers take no inverted code.
 */
export function qrForTerminal(symbol: QrSymbol): string[] {
	const lines: string[] = []
	for (let row = -quietZone; row < symbol.size + quietZone; row += 2) {
		let line = ''
		for (let column = -quietZone; column < symbol.size + quietZone; column++) {
			const above = darkAt(symbol, row, column)
			const below = darkAt(symbol, row + 1, column)
			line += above ? (below ? '█' : '▀') : below ? '▄' : ' '
		}
		lines.push(`\u001b[30;107m${line}\u001b[0m`)
	}
	return lines
}

/** A square picture, a byte of grey a pixel, `scale` pixels a module, quiet zone and all. */
export function qrAsGrey(
	symbol: QrSymbol,
	scale: number,
): { readonly plane: Buffer; readonly width: number } {
	const width = widthInTerminal(symbol) * scale
	const plane = Buffer.alloc(width * width, 255)
	for (let y = 0; y < width; y++) {
		for (let x = 0; x < width; x++) {
			if (darkAt(symbol, Math.floor(y / scale) - quietZone, Math.floor(x / scale) - quietZone))
				plane[y * width + x] = 0
		}
	}
	return { plane, width }
}
