/** The demonstration in a terminal: the kiosk's display, the way of the actas, and the centre's running tally. */
import type { WriteStream } from 'node:tty'
import type { ElectionDefinition } from '../acta/election.ts'
import type { Panel } from '../panel/panel.ts'
import type { Screen, Tone } from '../panel/screens.ts'
import { frame } from '../panel/terminal-panel.ts'
import type { Progress } from '../simulator/rehearsal.ts'

/** Control sequences of ECMA-48. */
const csi = '\u001b['
const clearLine = `${csi}K`

const barWidth = 30

export class DemoDisplay {
	readonly panel: Panel = {
		start: async () => {},
		show: (screen, tone) => {
			this.#shown = frame(screen, tone)
		},
		stop: async () => {},
	}
	readonly #out: WriteStream
	readonly #election: ElectionDefinition
	#shown = frame(['', '', '', ''] satisfies Screen, 'quiet' satisfies Tone)
	#drawn = 0

	constructor(out: WriteStream, election: ElectionDefinition) {
		this.#out = out
		this.#election = election
	}

	draw(progress: Progress, actas: number, board: string): void {
		const way = wayOf(progress, actas)
		const lines = [
			'Testigo: simulated papers, real evidence',
			...this.#shown.map((line, index) => `${line}  ${way[index] ?? ''}`),
			...tallyOf(progress, this.#election),
			`The centre's board, in a browser of this machine: ${board}`,
			'Signatures prove custody (who recorded these bytes, as which), not that a paper is genuine.',
		]
		const up = this.#drawn > 0 ? `${csi}${this.#drawn}A` : ''
		this.#out.write(`${up}${lines.map((line) => `${line}${clearLine}\n`).join('')}`)
		this.#drawn = lines.length
	}
}

function wayOf(
	{ scanned, recorded, received, complete, entries, photographs }: Progress,
	actas: number,
): string[] {
	return [
		`paper on the tray   ${bar(scanned, actas)}`,
		`read and recorded   ${bar(recorded, actas)}`,
		`signed receipt home ${bar(received, actas)}`,
		`images at centre    ${bar(complete, entries)}`,
		`photographs ${photographs}, entries ${entries} (with the start of the kiosk)`,
		'',
	]
}

function tallyOf({ figures, conflicts, wrong }: Progress, { candidates }: ElectionDefinition): string[] {
	const votesOf = figures.sums.all.candidates
	const all = candidates.reduce((sum, { id }) => sum + (votesOf[id] ?? 0), 0)
	const rows = candidates
		.map(({ id, name }) => ({ name, votes: votesOf[id] ?? 0 }))
		.sort((a, b) => b.votes - a.votes)
		.map(({ name, votes }) => `  ${name.padEnd(18)} ${String(votes).padStart(9)}  ${bar(votes, all, false)}`)
	const counted = figures.unlisted.counted
	return [`At the centre: ${counted} tables, ${conflicts} in conflict, ${wrong} read wrong`, ...rows]
}

function bar(value: number, of: number, counted = true): string {
	const full = of === 0 ? 0 : Math.round((barWidth * Math.min(value, of)) / of)
	const drawn = '█'.repeat(full) + '░'.repeat(barWidth - full)
	return counted ? `${drawn} ${value}/${of}` : drawn
}
