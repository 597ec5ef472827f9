/**
 * How a centre and the bearer of a stick speak over a socket: frames, each two lengths of four bytes (big-endian), a
 * head in JSON, and a body of any bytes. Pure. What the other says may be anything: no length is believed beyond its cap.
 */
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { parseJson } from '../../platform/strict-json.ts'

export interface Frame {
	/** As JSON has it; what it means is for the reader to find. */
	readonly head: unknown
	readonly body: Buffer
}

/** The most bytes that a reader takes. */
export interface FrameCaps {
	readonly headBytes: number
	readonly bodyBytes: number
}

/** `frame-too-large`, `frame-no-json`: no peer of ours says that. `frame-torn`: it ended in the middle. */
export type FrameFault = Fault<'frame-too-large' | 'frame-no-json' | 'frame-torn'>

const lengthsBytes = 8
const nothing = Buffer.alloc(0)

export function frameOf(head: object, body: Uint8Array = nothing): Buffer {
	const text = Buffer.from(JSON.stringify(head))
	const lengths = Buffer.alloc(lengthsBytes)
	lengths.writeUInt32BE(text.length, 0)
	lengths.writeUInt32BE(body.length, 4)
	return Buffer.concat([lengths, text, body])
}

/** The frames of what is read, piece by piece; a fault is the last. */
export async function* readFrames(
	pieces: AsyncIterable<Uint8Array>,
	caps: FrameCaps,
): AsyncGenerator<Result<Frame, FrameFault>> {
	let held: Uint8Array[] = []
	let length = 0
	/** Of the frame that comes; null before both lengths are here. */
	let wanted: { readonly head: number; readonly body: number } | null = null
	for await (const piece of pieces) {
		held.push(piece)
		length += piece.length
		for (;;) {
			if (length < (wanted === null ? lengthsBytes : lengthsBytes + wanted.head + wanted.body)) break
			const bytes: Buffer = whole(held)
			held = [bytes]
			if (wanted === null) {
				wanted = { head: bytes.readUInt32BE(0), body: bytes.readUInt32BE(4) }
				if (wanted.head > caps.headBytes || wanted.body > caps.bodyBytes) {
					yield fail('frame-too-large', `a head of ${wanted.head} and a body of ${wanted.body} bytes`)
					return
				}
				continue
			}
			const bodyAt = lengthsBytes + wanted.head
			const end = bodyAt + wanted.body
			const head = parseJson(bytes.subarray(lengthsBytes, bodyAt))
			if (!head.ok) {
				yield fail('frame-no-json', head.fault.detail)
				return
			}
			const body = bytes.subarray(bodyAt, end)
			held = end < bytes.length ? [bytes.subarray(end)] : []
			length -= end
			wanted = null
			yield ok({ head: head.value, body })
		}
	}
	if (length > 0) yield fail('frame-torn', 'it ended in the middle of a frame')
}

/** Copies nothing where there is but one. */
function whole(pieces: readonly Uint8Array[]): Buffer {
	const [first] = pieces
	if (first === undefined || pieces.length > 1) return Buffer.concat(pieces)
	return Buffer.from(first.buffer, first.byteOffset, first.length)
}
