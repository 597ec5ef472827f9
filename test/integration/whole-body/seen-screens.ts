/** What an emulated display showed, byte by byte, held against the catalogue of screens. */
import { catalogue } from '#src/panel/catalogue.js'
import { draw } from '#src/panel/screens.js'
import type { Status } from '#src/panel/status.js'

/** The last line's words by connection; every screen can stand over each. */
const footer = /^G\d+ R\d+ +(EN RED|SIN RED|S\/RED|SIN ENVÍO|S\/ENV)$/

const kinds = new Map<string, RegExp>()
for (const { status } of catalogue) {
	const text = textOf(draw(status, 'es'))
	const pattern = text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\d+/g, '\\d+')
	kinds.set(kindOf(status), new RegExp(`^${pattern}$`))
}
/** Idle with nothing to send, which the catalogue tells of by other numbers only. */
const nothingToSend = /^LISTO\nPonga un acta\n$/

/** The first three lines, which tell screens apart. */
function textOf(screen: readonly string[]): string {
	return screen
		.slice(0, 3)
		.map((line) => line.trimEnd())
		.join('\n')
}

/** A screen whatever its numbers, in one line; each screen of the catalogue has another one. */
export function kindOf(status: Status): string {
	return textOf(draw(status, 'es')).replaceAll(/\d+/g, '#').replaceAll('\n', ' | ')
}

/** Which of the catalogue's screens this is; undefined for none. */
function catalogued(screen: readonly string[]): string | undefined {
	if (!footer.test(screen[3]?.trimEnd() ?? '')) return undefined
	const text = textOf(screen)
	if (nothingToSend.test(text)) return 'LISTO'
	return [...kinds].find(([, pattern]) => pattern.test(text))?.[0]
}

export class SeenScreens {
	/** The kinds of screens that were seen whole. */
	readonly kinds = new Set<string>()
	/** What was on the display that is no screen, nor on the way from one to the next. */
	readonly strays: string[] = []
	#whole: readonly string[] = Array.from({ length: 4 }, () => ' '.repeat(20))
	#between: (readonly string[])[] = []
	frames = 0

	/** After each byte. */
	take(screen: readonly string[]): void {
		const kind = catalogued(screen)
		if (kind === undefined) {
			this.#between.push(screen)
			return
		}
		for (const partial of this.#between) {
			if (!isMixture(partial, this.#whole, screen)) this.strays.push(partial.join('|'))
		}
		this.#between = []
		if (screen.join() !== this.#whole.join()) this.frames++
		this.#whole = screen
		this.kinds.add(kind)
	}

	/** True when the display shows a whole screen now. */
	get settled(): boolean {
		return this.#between.length === 0
	}
}

/** Each cell is of one or of the other. */
function isMixture(screen: readonly string[], before: readonly string[], after: readonly string[]): boolean {
	return screen.every((line, row) =>
		[...line].every(
			(letter, column) => letter === cell(before, row, column) || letter === cell(after, row, column),
		),
	)
}

function cell(screen: readonly string[], row: number, column: number): string {
	return screen[row]?.[column] ?? ' '
}
