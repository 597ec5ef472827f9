/** What an emulated display showed, byte by byte, held against the catalogue of screens. */

import { columns, draw } from '#src/panel/screens.js'
import type { PanelStatus, Scene, TechnicianPage } from '#src/panel/status.js'
import { catalogue } from '../../support/panel/catalogue.ts'
import { LcdEmulator } from '../../support/panel/lcd-emulator.ts'

/** The last line's words by connection; every screen can stand over each. */
const footer = /^G\d+ R\d+ +(EN RED|SIN RED|S\/RED|SIN ENVÍO|S\/ENV)$/

const kinds = new Map<string, RegExp>()
for (const { status } of catalogue) {
	const pattern = textOf(draw(nameless(status), 'es'))
		.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
		.replaceAll(/\d+(\\\.\d+)? [GM]B/g, '\\d+(?:\\.\\d+)? [GM]B')
		.replaceAll(/(?<!\\)\d+/g, '\\d+')
		.replaceAll(/#+/g, '[\\w.:-]*')
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

/** A screen whatever its numbers, sizes and names, in one line; each screen of the catalogue has another one. */
export function kindOf(status: PanelStatus): string {
	return textOf(draw(nameless(status), 'es'))
		.replaceAll(/\d+(\.\d+)? [GM]B/g, '# MB')
		.replaceAll(/[\d#]+/g, '#')
		.replaceAll('\n', ' | ')
}

/** With `#` for each letter of a device's id, an entry's id, a camera's role or an address. */
function nameless(status: PanelStatus): PanelStatus {
	return { ...status, scene: namelessScene(status.scene) }
}

function namelessScene(scene: Scene): Scene {
	if (scene.at === 'closed') {
		const { device, id } = scene.head
		return { ...scene, head: { ...scene.head, device: hidden(device), id: hidden(id) } }
	}
	return scene.at === 'technician' ? { ...scene, page: namelessPage(scene.page) } : scene
}

function namelessPage(page: TechnicianPage): TechnicianPage {
	if (page.page === 'device') return { ...page, device: hidden(page.device) }
	// As many as there is room for; a machine with one leaves the second line empty.
	if (page.page === 'network') return { ...page, addresses: page.addresses.length === 0 ? [] : ['#', '#'] }
	if (page.page !== 'camera' || !('role' in page.shot) || page.shot.role === null) return page
	return { ...page, shot: { ...page.shot, role: hidden(page.shot.role) } }
}

function hidden(name: string): string {
	return '#'.repeat(name.length)
}

/** Which of the catalogue's screens this is; undefined for none. */
export function catalogued(screen: readonly string[]): string | undefined {
	if (!footer.test(screen[3]?.trimEnd() ?? '')) return undefined
	const text = textOf(screen)
	if (nothingToSend.test(text)) return 'LISTO'
	return [...kinds].find(([, pattern]) => pattern.test(text))?.[0]
}

const cleared: readonly string[] = Array.from({ length: 4 }, () => ' '.repeat(20))

export class SeenScreens {
	/** The kinds of screens that were seen whole. */
	readonly kinds = new Set<string>()
	/** What was on the display that is no screen, nor on the way from one to the next. */
	readonly strays: string[] = []
	#whole: readonly string[] = cleared
	#between: (readonly string[])[] = []
	frames = 0

	/** After each byte. */
	take(screen: readonly string[]): void {
		const kind = catalogued(screen)
		// A greeting writes spaces and clears: where the farewell before it was cut short, over what stood there.
		const isCleared = screen.every((line) => line.trim() === '')
		if (kind === undefined && !isCleared) {
			this.#between.push(screen)
			return
		}
		for (const partial of this.#between) {
			if (!isMixture(partial, this.#whole, screen)) this.strays.push(partial.join('|'))
		}
		this.#between = []
		if (kind === undefined) {
			this.#whole = cleared
			return
		}
		if (screen.join() !== this.#whole.join()) this.frames++
		this.#whole = screen
		this.kinds.add(kind)
	}

	/** True when the display shows a whole screen now. */
	get settled(): boolean {
		return this.#between.length === 0
	}
}

/** An LCD at which somebody looks after every byte. */
export class SeenLcd {
	readonly seen = new SeenScreens()
	/** By `performance.now()`, when the last bytes came. */
	drawnAt = 0
	readonly #lcd = new LcdEmulator('A02')

	/** A kiosk asks nothing of it. */
	take(bytes: Uint8Array): Uint8Array {
		this.drawnAt = performance.now()
		for (const byte of bytes) {
			this.#lcd.take(Uint8Array.of(byte))
			this.seen.take(this.#lcd.text())
		}
		return new Uint8Array()
	}

	/** Each line to its end. */
	get text(): readonly string[] {
		return this.#lcd.text().map((line) => line.padEnd(columns))
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
