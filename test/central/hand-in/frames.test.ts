import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameOf, readFrames } from '#src/central/hand-in/frames.js'

const caps = { headBytes: 1_000, bodyBytes: 2_000 }

async function framesIn(...pieces: Uint8Array[]) {
	async function* given() {
		yield* pieces
	}
	const frames = []
	for await (const frame of readFrames(given(), caps)) frames.push(frame)
	return frames
}

/** The codes of the faults, and the heads of what was read before. */
async function read(...pieces: Uint8Array[]) {
	return (await framesIn(...pieces)).map((frame) => (frame.ok ? frame.value.head : frame.fault.code))
}

function lengths(head: number, body: number): Buffer {
	const bytes = Buffer.alloc(8)
	bytes.writeUInt32BE(head, 0)
	bytes.writeUInt32BE(body, 4)
	return bytes
}

test('what was framed is read, however it is cut into pieces', async () => {
	const frames = fc.array(
		fc.tuple(fc.dictionary(fc.string(), fc.integer()), fc.uint8Array({ maxLength: 300 })),
		{
			maxLength: 4,
		},
	)
	await fc.assert(
		fc.asyncProperty(frames, fc.array(fc.nat(1_000), { maxLength: 8 }), async (said, cuts) => {
			const bytes = Buffer.concat(said.map(([head, body]) => frameOf(head, body)))
			const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((one, other) => one - other)]
			const pieces = at.map((from, index) => bytes.subarray(from, at[index + 1] ?? bytes.length))
			const got = (await framesIn(...pieces)).map((frame) => {
				if (!frame.ok) throw new Error(frame.fault.code)
				return [frame.value.head, [...frame.value.body]]
			})
			expect(got).toEqual(said.map(([head, body]) => [JSON.parse(JSON.stringify(head)), [...body]]))
		}),
		{ numRuns: 60 },
	)
})

test.each([
	['a head over the cap', [lengths(1_001, 0)], ['frame-too-large']],
	['a body over the cap, before any of it came', [lengths(2, 2_001)], ['frame-too-large']],
	['lengths of four gigabytes', [Buffer.alloc(8, 0xff)], ['frame-too-large']],
	['a head that is no JSON', [lengths(3, 0), Buffer.from('{]}')], ['frame-no-json']],
	['a head with one key twice', [lengths(13, 0), Buffer.from('{"a":1,"a":2}')], ['frame-no-json']],
	['no head at all', [lengths(0, 0)], ['frame-no-json']],
	['an end within the lengths', [frameOf({ a: 1 }), Buffer.alloc(3)], [{ a: 1 }, 'frame-torn']],
	['an end within the body', [frameOf({ a: 1 }, Buffer.alloc(9)).subarray(0, -1)], ['frame-torn']],
	['nothing', [], []],
	[
		'nothing behind what was refused',
		[lengths(3, 0), Buffer.from('{]}'), frameOf({ a: 1 })],
		['frame-no-json'],
	],
])('%s', async (_, pieces, expected) => {
	expect(await read(...pieces)).toEqual(expected)
})
