import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PanelInput } from '#src/panel/dialect.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import type { Screen } from '#src/panel/screens.js'
import { NextionEmulator } from '../support/panel/nextion-emulator.ts'

const screen: Screen = ['¿"Sí" o \\no\\?', 'Nº 12 de ñandúes', '', 'G12 R9']

function greeted() {
	const dialect = new NextionDialect()
	const emulator = new NextionEmulator()
	const heard = dialect.hear(emulator.take(dialect.greet()))
	return { dialect, emulator, heard }
}

const refused = (name: string): PanelInput => ({
	kind: 'refused',
	fault: { code: 'refused', detail: `the display says: ${name}; see what project it holds` },
})

test('quotes and backslashes are texts, not commands', () => {
	const { dialect, emulator, heard } = greeted()
	expect(heard).toEqual([])
	expect(dialect.hear(emulator.take(dialect.draw(screen, 'good')))).toEqual([])
	expect(emulator.text()).toEqual(screen)
})

test('a character that would end a command, or that the font lacks, is a question mark', () => {
	const { dialect, emulator } = greeted()
	emulator.take(dialect.draw(['ÿÿÿ', '漢\n', '', ''], 'good'))
	expect(emulator.text()).toEqual(['???', '??', '', ''])
})

test('only lines that changed are written', () => {
	const { dialect } = greeted()
	dialect.draw(screen, 'good')
	expect(dialect.draw(screen, 'good')).toHaveLength(0)
	const bytes = dialect.draw([screen[0], screen[1], screen[2], 'G13 R9'], 'good')
	expect(Buffer.from(bytes).toString('latin1')).toBe('t3.txt="G13 R9"ÿÿÿ')
})

test('a touch begins and ends, wherever the bytes are cut', () => {
	const { dialect, emulator } = greeted()
	const bytes = Buffer.concat([emulator.touch(true), emulator.touch(false)])
	for (let cut = 0; cut <= bytes.length; cut++) {
		const heard = [...dialect.hear(bytes.subarray(0, cut)), ...dialect.hear(bytes.subarray(cut))]
		expect(heard).toEqual([{ kind: 'pressed' }, { kind: 'released' }])
	}
})

test('what it refuses is told by name', () => {
	const { dialect, emulator } = greeted()
	const heard = (command: string) => dialect.hear(emulator.take(Buffer.from(`${command}ÿÿÿ`, 'latin1')))
	expect(heard('t9.txt="x"')).toEqual([refused('invalid variable or attribute (0x1a)')])
	expect(heard('page 7')).toEqual([refused('invalid page (0x3)')])
	expect(heard('nonsense')).toEqual([refused('invalid instruction (0x0)')])
})

test('when it started anew, or lost bytes, it wants to be greeted', () => {
	const { dialect, emulator } = greeted()
	expect(dialect.hear(emulator.restart())).toEqual([{ kind: 'restarted' }, { kind: 'restarted' }])
	expect(dialect.hear(emulator.take(Buffer.alloc(1_025, 0x41)))).toEqual([{ kind: 'restarted' }])
})

test('noise is no press of the button, and the press after it is one', () => {
	const bytesOfEvents = fc.constantFrom(0x65, 0, 1, 5, 0xff)
	fc.assert(
		fc.property(fc.array(fc.oneof(bytesOfEvents, fc.nat(255)), { maxLength: 500 }), (noise) => {
			const { dialect, emulator } = greeted()
			const presses = (bytes: Uint8Array) =>
				dialect.hear(bytes).filter(({ kind }) => kind === 'pressed').length
			const inIt = noise.filter(
				(byte, at) => byte === 0x65 && noise[at + 1] === 0 && noise[at + 3] === 1,
			).length
			expect(presses(Uint8Array.from(noise))).toBeLessThanOrEqual(inIt)
			presses(Uint8Array.of(0xff, 0xff, 0xff))
			expect(presses(emulator.touch())).toBe(1)
		}),
	)
})
