/**
 * A Nextion display of 480 by 272 pixels that holds the project which `panel/nextion-dialect.ts` asks for, as
 * far as its Instruction Set goes: texts and colours of `t0` to `t3`, `bkcmd`, `page`, `sendme`, `fill`, and a
 * button.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { rows } from '#src/panel/screens.js'
import { InkSheet } from '#src/simulator/paper/ink-sheet.js'
import { Typeface } from '#src/simulator/paper/typeface.js'
import type { Emulator } from './emulator.ts'
import { type Colour, Picture } from './picture.ts'

const width = 480
const height = 272
const ground: Colour = [12, 16, 28]
const buttonColour: Colour = [40, 90, 170]
const white = 0xffff

/** Bytes of a command; what is longer overflows. */
const buffer = 1_024

const answer = {
	invalidInstruction: [0x00],
	success: [0x01],
	invalidPage: [0x03],
	invalidVariable: [0x1a],
	overflow: [0x24],
	started: [0x00, 0x00, 0x00],
	ready: [0x88],
}

interface Fill {
	/** Left, top, width, height. */
	readonly area: readonly [number, number, number, number]
	readonly colour: number
}

interface Line {
	text: string
	colour: number
}

export class NextionEmulator implements Emulator {
	#lines: Line[] = []
	/** Drawn over everything since the page was begun. */
	#fills: Fill[] = []
	#command: number[] = []
	/** 0: answers nothing; 1: success; 2: failure; 3: both. */
	#answers = 2

	constructor() {
		this.restart()
	}

	restart(): Uint8Array {
		this.#begin()
		this.#command = []
		this.#answers = 2
		return framed([answer.started, answer.ready])
	}

	/** The page as the project made it. */
	#begin(): void {
		this.#lines = Array.from({ length: rows }, () => ({ text: '', colour: white }))
		this.#fills = []
	}

	take(bytes: Uint8Array): Uint8Array {
		const answers: (readonly number[])[] = []
		for (const byte of bytes) {
			this.#command.push(byte)
			if (this.#command.length > buffer) {
				this.#command = []
				answers.push(answer.overflow)
			}
			if (this.#command.length < 3 || !this.#command.slice(-3).every((last) => last === 0xff)) continue
			answers.push(...this.#do(Buffer.from(this.#command.slice(0, -3)).toString('latin1')))
			this.#command = []
		}
		return framed(answers)
	}

	/** Somebody presses the button, or lets go of it: page 0, component 5. */
	touch(pressed = true): Uint8Array {
		return framed([[0x65, 0, 5, pressed ? 1 : 0]])
	}

	text(): readonly string[] {
		return this.#lines.map(({ text }) => text.trimEnd())
	}

	picture(): Picture {
		const picture = new Picture(width, height, ground)
		picture.fill(width - 92, 96, 76, 76, buttonColour)
		const require = createRequire(import.meta.url)
		const face = new Typeface(
			readFileSync(require.resolve('@fontsource/arimo/files/arimo-latin-400-normal.woff')),
		)
		write(picture, face, 'OK', width - 76, 145, white)
		this.#lines.forEach(({ text, colour }, row) => {
			write(picture, face, text, 16, 56 + row * 60, colour)
		})
		for (const { area, colour } of this.#fills) picture.fill(...area, rgb(colour))
		return picture
	}

	#do(command: string): readonly (readonly number[])[] {
		if (command === 'sendme') return [[0x66, 0]]
		const refusal = this.#obey(command)
		if (refusal !== undefined) return (this.#answers & 2) === 0 ? [] : [refusal]
		return (this.#answers & 1) === 0 ? [] : [answer.success]
	}

	/** What keeps it from obeying. */
	#obey(command: string): readonly number[] | undefined {
		const answers = /^bkcmd=([0-3])$/.exec(command)?.[1]
		if (answers !== undefined) {
			this.#answers = Number(answers)
			return undefined
		}
		const page = /^page ([0-9]+)$/.exec(command)?.[1]
		if (page !== undefined) {
			if (page !== '0') return answer.invalidPage
			this.#begin()
			return undefined
		}
		const fill = /^fill ([0-9]+),([0-9]+),([0-9]+),([0-9]+),([0-9]+)$/.exec(command)?.slice(1).map(Number)
		if (fill !== undefined) {
			const [left = 0, top = 0, across = 0, down = 0, colour = 0] = fill
			if (left + across > width || top + down > height || colour > white) return answer.invalidVariable
			this.#fills.push({ area: [left, top, across, down], colour })
			return undefined
		}
		const [, name, attribute, value = ''] = /^([a-z][0-9a-z]*)\.([a-z]+)=(.*)$/.exec(command) ?? []
		if (name === undefined) return answer.invalidInstruction
		const line = this.#lines[Number(/^t([0-9])$/.exec(name)?.[1] ?? Number.NaN)]
		const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value)?.[1]
		if (line !== undefined && attribute === 'txt' && quoted !== undefined) {
			line.text = quoted.replaceAll(/\\(.)/g, '$1')
			return undefined
		}
		if (line !== undefined && attribute === 'pco' && /^[0-9]{1,5}$/.test(value)) {
			line.colour = Number(value)
			return undefined
		}
		return answer.invalidVariable
	}
}

function framed(answers: readonly (readonly number[])[]): Uint8Array {
	return Uint8Array.from(answers.flatMap((bytes) => [...bytes, 0xff, 0xff, 0xff]))
}

function write(picture: Picture, face: Typeface, text: string, x: number, y: number, rgb565: number): void {
	const sheet = new InkSheet({ width, top: 0, bottom: height }, 1)
	sheet.text(text, { face, size: 32 }, x, y)
	const colour = rgb(rgb565)
	sheet.ink.forEach((share, at) => {
		if (share > 0) picture.blend(at % width, Math.floor(at / width), colour, share)
	})
}

function rgb(rgb565: number): Colour {
	return [(rgb565 >> 11) * 8.2, ((rgb565 >> 5) & 63) * 4.05, (rgb565 & 31) * 8.2]
}
