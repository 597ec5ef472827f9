/** What an emulated display showed, byte by byte, held against the catalogue of screens. */
import { catalogue } from '#src/panel/catalogue.js'
import { draw } from '#src/panel/screens.js'

/** The last line's words by connection; every screen can stand over each. */
const footer = /^G\d+ R\d+ +(EN RED|SIN RED|S\/RED|SIN ENVÍO|S\/ENV)$/

const kinds = new Map<string, RegExp>()
for (const { status } of catalogue) {
	const lines = draw(status, 'es').slice(0, 3)
	const text = lines.map((line) => line.trimEnd()).join('\n')
	const pattern = text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\d+/g, '\\d+')
	kinds.set(text.replaceAll(/\d+/g, '#'), new RegExp(`^${pattern}$`))
}
/** Idle with something to send, which the catalogue tells of by other numbers only. */
kinds.set('LISTO, nothing to send', /^LISTO\nPonga un acta\n$/)

function isCatalogued(screen: readonly string[]): boolean {
	const [first = '', second = '', third = '', last = ''] = screen.map((line) => line.trimEnd())
	if (!footer.test(last)) return false
	const text = [first, second, third].join('\n')
	return [...kinds.values()].some((pattern) => pattern.test(text))
}

export class SeenScreens {
	/** First lines of the screens that were seen whole, with # for numbers. */
	readonly titles = new Set<string>()
	/** What was on the display that is no screen, nor on the way from one to the next. */
	readonly strays: string[] = []
	#whole: readonly string[] = Array.from({ length: 4 }, () => ' '.repeat(20))
	#between: (readonly string[])[] = []
	frames = 0

	/** After each byte. */
	take(screen: readonly string[]): void {
		if (!isCatalogued(screen)) {
			this.#between.push(screen)
			return
		}
		for (const partial of this.#between) {
			if (!isMixture(partial, this.#whole, screen)) this.strays.push(partial.join('|'))
		}
		this.#between = []
		if (screen.join() !== this.#whole.join()) this.frames++
		this.#whole = screen
		this.titles.add((screen[0] ?? '').trimEnd().replaceAll(/\d+/g, '#'))
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
