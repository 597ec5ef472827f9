/**
 * Frames in which there is nothing to read, so that whatever is read is a phantom: the strip of 2025, printed
 * without a code; the table of votes, the code out of view; and, hardest, a code whose modules were thrown like
 * dice while everything that makes it look like one stands.
 */
import type { QrSymbol } from '#src/platform/qr-code.js'
import { modulesOfQr } from '#src/simulator/paper/qr-symbol.js'
import type { Photograph } from '#src/simulator/photograph/severity.js'
import type { Random } from '#src/simulator/random.js'

export function withoutCode({ size, dark }: QrSymbol): QrSymbol {
	return { size, dark: dark.map(() => false) }
}

/** The frame moves up the strip by one and a half to four of its own lengths. */
export function codeOutOfView(photograph: Photograph, random: Random): Photograph {
	const { width, height, rotation, centre, pixelsPerModule } = photograph
	const turn = (rotation * Math.PI) / 180
	const outside = Math.hypot(width, height) / 2 + modulesOfQr * pixelsPerModule
	const away = outside + random.between(0, 250) * pixelsPerModule
	// Downwards on the paper is (-sin, cos) in the frame.
	const moved = { x: width / 2 - Math.sin(turn) * away, y: height / 2 + Math.cos(turn) * away }
	const aside = { x: centre.x - width / 2, y: centre.y - height / 2 }
	const across = aside.x * Math.cos(turn) + aside.y * Math.sin(turn)
	return {
		...photograph,
		centre: { x: moved.x + across * Math.cos(turn), y: moved.y + across * Math.sin(turn) },
	}
}

/** Version 8: where alignment patterns have their centres (ISO/IEC 18004, annex E). */
const alignment = [6, 24, 42]

/** Keeps the function patterns, format and version; each other module is dark or light by chance. */
export function scrambled({ size, dark }: QrSymbol, random: Random): QrSymbol {
	const far = (at: number) => size - 1 - at
	const isFunction = (row: number, column: number) => {
		if (row === 6 || column === 6) return true
		const nearCorner =
			(row <= 8 && column <= 8) || (row <= 8 && far(column) <= 7) || (far(row) <= 7 && column <= 8)
		const inVersion = (row <= 5 && far(column) <= 10) || (far(row) <= 10 && column <= 5)
		const aligned = (at: number) => alignment.some((centre) => Math.abs(at - centre) <= 2)
		return nearCorner || inVersion || (aligned(row) && aligned(column))
	}
	return {
		size,
		dark: dark.map((module, at) =>
			isFunction(Math.floor(at / size), at % size) ? module : random.chance(0.5),
		),
	}
}
