import type { QrSymbol } from '../platform/qr-code.ts'

/** The same said in QR codes of different sizes, the best first: a display draws the first that it has room for. */
export type Code = readonly QrSymbol[]
