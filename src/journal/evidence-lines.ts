/** The lines of a file of evidence: one JWS each, each ended by a line feed. */
import { longestJws } from '../evidence/jws.ts'
import { type Line, readLines } from '../platform/files/line-reader.ts'
import { type Fault, fail } from '../platform/result.ts'

type EvidenceLineFault = Fault<'line-too-long' | 'torn-tail' | 'nul-byte' | 'empty-line' | 'crlf'>

/** `number` counts from 1. */
export type EvidenceLine =
	| { readonly ok: true; readonly number: number; readonly text: string }
	| { readonly ok: false; readonly number: number; readonly fault: EvidenceLineFault }

export async function* evidenceLines(
	bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	longest: number = longestJws,
): AsyncGenerator<EvidenceLine> {
	for await (const line of readLines(bytes, longest)) {
		const { number } = line
		const fault = faultOf(line, longest)
		// Latin-1 keeps every byte apart from every other; what is not base64url is refused later.
		if (fault === undefined) yield { ok: true, number, text: line.bytes.toString('latin1') }
		else yield { ok: false, number, fault: fault.fault }
	}
}

function faultOf({ bytes, length, ended }: Line, longest: number) {
	if (bytes.includes(0)) {
		return fail('nul-byte', 'holds NUL bytes: written when the power failed, or the disk is damaged')
	}
	if (length > longest) return fail('line-too-long', `longer than ${longest} bytes`)
	if (!ended) return fail('torn-tail', 'the last line has no end: it was cut off while being written')
	if (length === 0) return fail('empty-line', 'the line is empty')
	if (bytes.at(-1) === 0x0d) {
		return fail('crlf', 'the line ends with CR LF: something took the file for text and changed it')
	}
	return undefined
}
