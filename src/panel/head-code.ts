import type { SignedHead } from '../evidence/head.ts'
import { openQrWriter, type QrSymbol } from '../platform/qr-code.ts'

/** The same said in QR codes of different sizes, the best first: a display draws the first that it has room for. */
export type Code = readonly QrSymbol[]

/**
 * The signed head; and, for a display that has no room for that, what it says without the signature: enough to
 * show that a tail was cut off, to those who believe the witness. Empty where the writer can't be loaded: the head
 * stands there as text all the same.
 */
export async function codeOf({ text, head }: SignedHead): Promise<Code> {
	const write = await openQrWriter().catch(() => null)
	if (write === null) return []
	const said = `testigo ${head.device} ${head.seq} ${head.id}`
	const symbols = await Promise.all([text, said].map((each) => write(each, 'ecLevel=L')))
	return symbols.filter((symbol) => symbol !== null)
}
