/** What a kiosk has shown: the lines of its log, and its display, drawn into the same stream. */
import * as z from 'zod'

interface ShownEntry {
	readonly seq: number
	/** Of the acta, as on the display. */
	readonly number: number
}

export interface Shown {
	/** Entries that the journal was opened with; null when it did not get that far. */
	readonly opened: number | null
	readonly entries: readonly ShownEntry[]
	/** The highest acta number that the display called `GUARDADA`, or counted after `G`; 0 for none. */
	readonly highest: number
}

const Line = z.discriminatedUnion('event', [
	z.object({ event: z.literal('journal-opened'), entries: z.int() }),
	z.object({ event: z.literal('recorded'), seq: z.int(), number: z.int() }),
	z.object({ event: z.literal('conflict'), seq: z.int(), number: z.int() }),
	z.object({ event: z.literal('already-scanned'), number: z.int() }),
])

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's control sequences begin with one
const control = /\u001b\[[0-9;]*[A-Za-z]/g

/** A last line that was not finished is left out. */
export function shownIn(bytes: Buffer): Shown {
	const text = bytes.toString('utf8', 0, bytes.lastIndexOf(10) + 1)
	const entries: ShownEntry[] = []
	let opened: number | null = null
	let highest = 0
	for (const line of text.replaceAll(control, '').split('\n')) {
		const onDisplay = /^│ (?:(?:YA )?GUARDADA Nº |G)(\d+)/.exec(line)?.[1]
		highest = Math.max(highest, Number(onDisplay ?? 0))
		const told = line.startsWith('{') ? Line.safeParse(JSON.parse(line)) : null
		if (!told?.success) continue
		switch (told.data.event) {
			case 'journal-opened':
				opened = told.data.entries
				break
			case 'recorded':
			case 'conflict':
				entries.push({ seq: told.data.seq, number: told.data.number })
				break
			case 'already-scanned':
				highest = Math.max(highest, told.data.number)
				break
		}
	}
	return { opened, entries, highest }
}
