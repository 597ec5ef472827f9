/** QR codes as the voting machine prints them: version 8, error correction Q. */
import { openQrWriter, type QrSymbol } from '../../platform/qr-code.ts'

export type { QrSymbol } from '../../platform/qr-code.ts'

/** Version 8 (ISO/IEC 18004, table 1). */
export const modulesOfQr = 49

/** A text too long for version 8 (over some 108 characters) gets the smallest version that holds it. */
export async function openActaQrWriter(): Promise<(text: string) => Promise<QrSymbol>> {
	const write = await openQrWriter()
	return async (text) => {
		for (const options of ['version=8,ecLevel=Q', 'ecLevel=Q']) {
			const symbol = await write(text, options)
			if (symbol !== null) return symbol
		}
		throw new Error(`no QR code holds ${text.length} characters at level Q`)
	}
}
