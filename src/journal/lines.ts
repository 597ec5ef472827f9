/** The lines of an append-only file: one JWS each, each ended by a line feed. */
import { longestJws } from '../evidence/jws.ts'
import { type Fault, fail } from '../platform/result.ts'

export type LineFault = Fault<'line-too-long' | 'torn-tail' | 'nul-byte' | 'empty-line' | 'crlf'>

/** `number` counts from 1. */
export type Line =
	| { readonly ok: true; readonly number: number; readonly text: string }
	| { readonly ok: false; readonly number: number; readonly fault: LineFault }

const lineFeed = 0x0a

/** Splits bytes into lines. Holds one line at most, however long the lines are that come. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
	let number = 1
	let held: Uint8Array[] = []
	let length = 0
	const hold = (part: Uint8Array) => {
		// Of a line that is too long anyway, one more character than allowed is enough to see that it is.
		const room = longestJws + 1 - length
		if (room > 0 && part.length > 0) held.push(part.subarray(0, room))
		length += part.length
	}
	for await (const chunk of bytes) {
		let start = 0
		for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
			hold(chunk.subarray(start, end))
			yield line(number, held, length, true)
			number++
			held = []
			length = 0
			start = end + 1
		}
		hold(chunk.subarray(start))
	}
	if (length > 0) yield line(number, held, length, false)
}

function line(number: number, parts: readonly Uint8Array[], length: number, ended: boolean): Line {
	const bytes = Buffer.concat(parts)
	const fault = faultOf(bytes, length, ended)
	// Latin-1 keeps every byte apart from every other; what is not base64url is refused later.
	return fault === undefined
		? { ok: true, number, text: bytes.toString('latin1') }
		: { ok: false, number, fault: fault.fault }
}

function faultOf(bytes: Buffer, length: number, ended: boolean) {
	if (bytes.includes(0)) {
		return fail('nul-byte', 'holds NUL bytes: written when the power failed, or the disk is damaged')
	}
	if (length > longestJws) return fail('line-too-long', `longer than ${longestJws} bytes`)
	if (!ended) return fail('torn-tail', 'the last line has no end: it was cut off while being written')
	if (length === 0) return fail('empty-line', 'the line is empty')
	if (bytes.at(-1) === 0x0d) {
		return fail('crlf', 'the line ends with CR LF: something took the file for text and changed it')
	}
	return undefined
}
