/** Screens of the close of day. The head stands on them as text, in pages, for displays that can't draw a code. */
import { fewSpares, type ShownHead } from './status.ts'

/** Lines that a page has for it. */
const lines = 3
const width = 20

export function askingToCloseScreen(spanish: boolean): string[] {
	return spanish
		? ['¿CERRAR EL DÍA?', 'Botón: sí', 'Si no, espere']
		: ['CLOSE THE DAY?', 'Button: yes', 'If not, wait']
}

export function closingScreen(slow: boolean, spanish: boolean): string[] {
	if (slow) {
		return spanish
			? ['SIGUE CERRANDO...', 'El disco va lento', 'No apague']
			: ['STILL CLOSING...', 'The disk is slow', "Don't switch off"]
	}
	return spanish ? ['CERRANDO EL DÍA...', 'No apague'] : ['CLOSING THE DAY...', "Don't switch off"]
}

export function closedScreen(head: ShownHead, page: number, spanish: boolean): readonly string[] {
	return closedPages(head, spanish)[page] ?? []
}

/** Device and seq; then the id in groups of four, which has a page of its own. */
export function closedPages(
	{ device, seq, id, spares }: ShownHead,
	spanish: boolean,
): readonly (readonly string[])[] {
	const title = spanish ? 'DÍA CERRADO' : 'DAY CLOSED'
	const about = [title, ...splitEvery(device, width), spanish ? `Registro ${seq}` : `Entry ${seq}`]
	const groups = splitEvery(id, 4)
	const perLine = Math.floor((width + 1) / (4 + 1))
	const pages = [...inRows(about, lines), ...inRows(inRows(groups, perLine).map(joined), lines)]
	return spares === undefined || spares >= fewSpares ? pages : [...pages, fewSparesPage(spares, spanish)]
}

function fewSparesPage(spares: number, spanish: boolean): readonly string[] {
	const last = spares === 0
	if (spanish) {
		const left = last ? 'MAÑANA, LA MISMA' : `IDENTIDADES: ${spares} MÁS`
		return [left, last ? 'identidad. Sirve' : 'Pida otras', last ? 'Pida otras' : 'al técnico']
	}
	const left = last ? 'TOMORROW THE SAME' : `IDENTITIES: ${spares} MORE`
	return [
		left,
		last ? 'identity. It works' : 'Ask the technician',
		last ? 'Ask for new ones' : 'for new ones',
	]
}

/** Cut anywhere, every piece but the last as long as may be. */
export function splitEvery(text: string, length: number): readonly string[] {
	return inRows([...text], length).map((letters) => letters.join(''))
}

function inRows<T>(all: readonly T[], length: number): readonly (readonly T[])[] {
	return Array.from({ length: Math.ceil(all.length / length) }, (_, row) =>
		all.slice(row * length, (row + 1) * length),
	)
}

function joined(groups: readonly string[]): string {
	return groups.join(' ')
}
