import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, LineSplitter, readFileLines, wholeLines } from '#src/platform/files/line-reader.js'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('however the bytes come in pieces, the lines are those of the whole', () => {
	const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\0'), maxLength: 40 })
	fc.assert(
		fc.property(text, fc.nat({ max: 6 }), fc.integer({ min: 1, max: 9 }), (all, longest, size) => {
			const splitter = new LineSplitter(longest, 7)
			const lines: Pick<Line, 'offset' | 'length' | 'ended'>[] = []
			const cut: string[] = []
			const note = ({ number, bytes, offset, length, ended }: Line) => {
				lines.push({ offset, length, ended })
				cut.push(bytes.toString())
				expect(number).toBe(lines.length)
			}
			const memory = Buffer.alloc(size)
			for (let at = 0; at < all.length; at += size) {
				// The same memory for each piece, as who reads by a handle does.
				const length = memory.write(all.slice(at, at + size))
				for (const line of splitter.push(memory.subarray(0, length))) note(line)
				expect(splitter.pending).toBe(
					all
						.slice(0, at + size)
						.split('\n')
						.at(-1)?.length,
				)
			}
			const last = splitter.end()
			if (last !== null) note(last)
			const wanted = all.split('\n')
			if (wanted.at(-1) === '') wanted.pop()
			expect(cut).toEqual(wanted.map((line) => line.slice(0, longest + 1)))
			let offset = 7
			expect(lines).toEqual(
				wanted.map(({ length }) => {
					const line = { offset, length, ended: offset - 7 + length < all.length }
					offset += length + 1
					return line
				}),
			)
		}),
	)
})

test('48 MB without a line feed take as long as their bytes, and no memory', async () => {
	const path = join(await temporaryFolder(), 'lines')
	await writeFile(path, Buffer.alloc(48 << 20, 'x'))
	const begun = performance.now()
	const lines: Line[] = []
	for await (const line of readFileLines(path, 1_000)) lines.push(line)
	expect(lines).toMatchObject([{ length: 48 << 20, ended: false }])
	expect(lines[0]?.bytes).toHaveLength(1_001)
	// Joined anew for each piece, as once it was, they took 14 s.
	expect(performance.now() - begun).toBeLessThan(5_000)
})

test('whole lines leave out what is too long and what has no end', async () => {
	const path = join(await temporaryFolder(), 'lines')
	await writeFile(path, 'one\ntoo long\n\ntwo\nhalf')
	const lines: unknown[] = []
	for await (const line of wholeLines(path, 4, 4)) lines.push(line)
	expect(lines).toEqual([
		{ number: 2, offset: 13, text: '' },
		{ number: 3, offset: 14, text: 'two' },
	])
})
