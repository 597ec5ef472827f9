/** QR codes as the voting machine prints them: version 8, error correction Q. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'

export interface QrSymbol {
	/** Modules along one side. */
	readonly size: number
	/** Row by row, true where it is dark. */
	readonly dark: readonly boolean[]
}

/** Version 8 (ISO/IEC 18004, table 1). */
export const modulesOfQr = 49

/** Loads the writer from the installed package; left alone, it would fetch it from the network. */
export async function openQrWriter(): Promise<(text: string) => Promise<QrSymbol>> {
	const path = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm')
	const wasmBinary = Uint8Array.from(await readFile(path)).buffer
	await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
	return writeSymbol
}

/** A text too long for version 8 (over some 108 characters) gets the smallest version that holds it. */
async function writeSymbol(text: string): Promise<QrSymbol> {
	for (const options of ['version=8,ecLevel=Q', 'ecLevel=Q']) {
		const { error, symbol } = await writeBarcode(text, { format: 'QRCode', options, addQuietZones: false })
		if (error === '' && symbol.width > 0) {
			return { size: symbol.width, dark: Array.from(symbol.data, (value) => value === 0) }
		}
	}
	throw new Error(`no QR code holds ${text.length} characters at level Q`)
}
