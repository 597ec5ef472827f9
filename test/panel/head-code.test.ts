/** The head as a QR code, read back by zxing from the pictures of the emulated displays. */
import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { signHead } from '#src/evidence/head.js'
import { withCode } from '#src/panel/code-in-text.js'
import { type Code, codeOf } from '#src/panel/head-code.js'
import { LcdDialect } from '#src/panel/lcd-dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { TerminalPanel } from '#src/panel/terminal-panel.js'
import { Vt100Dialect } from '#src/panel/vt100-dialect.js'
import { withoutFrame } from '../support/panel/emulated.ts'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'
import { Vt100Emulator } from '../support/panel/vt100-emulator.ts'
import { openQrReader } from '../support/printed-actas.ts'
import { makeSigner } from '../support/test-identity.ts'

const screen: Screen = ['DÍA CERRADO', 'k-q5zt3mbwvd', 'Registro 128', 'G12 R9       SIN RED']
const ready: Screen = ['LISTO', 'Ponga un acta', '', 'G12 R9       SIN RED']
const signer = makeSigner('k-q5zt3mbwvd')
const signed = await signHead(
	{
		v: 2,
		device: signer.id,
		seq: 128,
		id: 'nH7bXq2_Lw0vKcT9sYfJd4RgUeZp-1AxMiOo6BhGtNk',
		receipts: 120,
		day: '2024-07-28',
	},
	signer,
)
const code = await codeOf(signed)
const said = `testigo k-q5zt3mbwvd 128 ${signed.head.id}`
const read = await openQrReader()

async function textsOn(emulator: { picture(): { png(): Promise<Buffer> } }): Promise<string[]> {
	return (await read(await emulator.picture().png())).map((found) => found.text)
}

describe('a terminal', () => {
	function terminal(size?: { rows: number; columns: number }) {
		const dialect = new Vt100Dialect()
		const emulator = new Vt100Emulator(size)
		dialect.hear(emulator.take(dialect.greet()))
		const draw = (shown: Screen, drawn: Code | null) => emulator.take(dialect.draw(shown, 'good', drawn))
		return { dialect, emulator, draw }
	}

	test('of a VT100’s size has room for what the head says, beside the screen', async () => {
		const { emulator, draw } = terminal()
		draw(screen, code)
		expect(await textsOn(emulator)).toEqual([said])
		expect(emulator.text()[1]).toContain('DÍA CERRADO')
	})

	test('that says it is larger gets the signed head, below the screen or beside it', async () => {
		for (const size of [
			{ rows: 50, columns: 80 },
			{ rows: 42, columns: 132 },
		]) {
			const { emulator, draw } = terminal(size)
			draw(screen, code)
			expect(await textsOn(emulator)).toEqual([signed.text])
		}
	})

	test('is as it was when the next screen comes', () => {
		const { emulator, draw } = terminal()
		draw(ready, null)
		const before = emulator.text()
		draw(screen, code)
		draw(ready, null)
		expect(emulator.text()).toEqual(before)
		expect(withoutFrame(emulator.text())).toEqual(ready.map((line) => line.trimEnd()))
	})

	test('whose answer comes in pieces, or never, is still written to', () => {
		const { dialect } = terminal()
		for (const byte of Buffer.from('abc\u001b[50;132Rxyz')) expect(dialect.hear(Buffer.of(byte))).toEqual([])
		const emulator = new Vt100Emulator({ rows: 50, columns: 132 })
		emulator.take(dialect.draw(screen, 'good', code))
		expect(emulator.text()).toHaveLength(Math.ceil(((code[0]?.size ?? 0) + 8) / 2))
	})

	test('without room for any code shows the text alone', () => {
		const lines = ['one', 'two']
		expect(withCode(lines, 3, code, { rows: 12, columns: 40 })).toEqual(lines)
	})
})

test('the terminal of the kiosk itself draws it too, and wipes it away', async () => {
	const emulator = new Vt100Emulator({ rows: 50, columns: 80 })
	const out = Object.assign(
		new Writable({
			write(chunk: Buffer, _encoding, done) {
				emulator.take(Buffer.from(chunk.toString('utf8').replaceAll('\n', '\r\n')))
				done()
			},
		}),
		{ rows: 50, columns: 80 },
	)
	const panel = new TerminalPanel(out)
	panel.show(screen, 'good', code)
	expect(await textsOn(emulator)).toEqual([signed.text])
	panel.show(ready, 'quiet')
	expect(withoutFrame(emulator.text())).toEqual(ready.map((line) => line.trimEnd()))
})

describe('a Nextion', () => {
	function display() {
		const dialect = new NextionDialect()
		const emulator = new NextionEmulator()
		dialect.hear(emulator.take(dialect.greet()))
		/** Draws to the end; the longest part in bytes, and what the display complained of. */
		const draw = (shown: Screen, drawn: Code | null) => {
			let longest = 0
			for (;;) {
				const bytes = dialect.draw(shown, 'good', drawn)
				if (bytes.length === 0) return longest
				longest = Math.max(longest, bytes.length)
				expect(dialect.hear(emulator.take(bytes))).toEqual([])
			}
		}
		return { dialect, emulator, draw }
	}

	test('shows the signed head instead of the text, drawn in parts that never hold it up for long', async () => {
		const { emulator, draw } = display()
		// Its buffer has 1,024 bytes.
		expect(draw(screen, code)).toBeLessThan(800)
		expect(await textsOn(emulator)).toEqual([signed.text])
	})

	test('gives way to the next screen, also when it is half drawn', () => {
		for (const parts of [1, 7, 10_000]) {
			const { dialect, emulator, draw } = display()
			draw(ready, null)
			const before = emulator.picture().rgb
			for (let part = 0; part < parts; part++) emulator.take(dialect.draw(screen, 'good', code))
			draw(ready, null)
			expect(emulator.text()).toEqual(ready.map((line) => line.trimEnd()))
			expect(Buffer.from(emulator.picture().rgb).equals(before)).toBe(true)
		}
	})

	test('that was switched on anew gets it from the beginning', async () => {
		const { dialect, emulator, draw } = display()
		draw(screen, code)
		emulator.restart()
		dialect.hear(emulator.take(dialect.greet()))
		draw(screen, code)
		expect(await textsOn(emulator)).toEqual([signed.text])
	})
})

test('an LCD leaves the code out', () => {
	const [plain, drawn] = [new LcdDialect('A00'), new LcdDialect('A00')]
	for (const dialect of [plain, drawn]) dialect.greet()
	expect(Buffer.from(drawn.draw(screen, 'good')).equals(plain.draw(screen, 'good'))).toBe(true)
})
