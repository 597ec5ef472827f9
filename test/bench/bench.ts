/** Prints figures with the machine, the peer measured in the same run, and the ratio. See README.md. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { flag, runSuite, wordsIfGiven } from '../support/suite-script.ts'
import { benchArchive } from './archive.ts'
import { benchBoard } from './board.ts'
import { benchBody } from './body.ts'
import { benchCentre } from './centre.ts'
import { benchJournal } from './journal.ts'
import { benchKiosk } from './kiosk.ts'
import { benchLog } from './log.ts'
import { describeMachine } from './machine.ts'
import { benchMemory } from './memory.ts'
import type { Bench } from './part.ts'
import { Photographs } from './photographs.ts'
import { benchPlacement } from './placement.ts'
import { benchReading } from './reading.ts'
import { benchSeal } from './seal.ts'
import { benchSigners } from './signers.ts'
import { benchStalledPanel } from './stalled-panel.ts'
import { benchStart } from './start.ts'
import { type Table, tablePrinter } from './table.ts'
import { benchTally } from './tally.ts'
import { benchTransport } from './transport.ts'

const parts: Readonly<Record<string, (bench: Bench) => Promise<Table[]>>> = {
	reading: benchReading,
	placement: benchPlacement,
	journal: benchJournal,
	signers: benchSigners,
	seal: benchSeal,
	start: benchStart,
	kiosk: benchKiosk,
	body: benchBody,
	transport: benchTransport,
	centre: benchCentre,
	tally: benchTally,
	board: benchBoard,
	log: benchLog,
	archive: benchArchive,
	memory: benchMemory,
	'stalled-panel': benchStalledPanel,
}

await runSuite({
	...{ name: 'bench', parts: Object.keys(parts) },
	options: { short: flag, json: wordsIfGiven, cgroup: wordsIfGiven },
	async run({ values: { short, json, cgroup }, parts: named, folder, say }) {
		const { tables, print } = tablePrinter()
		await mkdir(join(folder, 'photographs'))
		const photographs = new Photographs(join(folder, 'photographs'))
		print(await describeMachine(folder))
		for (const name of named) {
			const directory = join(folder, name)
			await mkdir(directory)
			const bench = { directory, short, photographs, cgroup, say: (what: string) => say(`${name}: ${what}`) }
			for (const table of (await parts[name]?.(bench)) ?? []) print(table)
		}
		if (json !== undefined) await writeFile(json, `${JSON.stringify(tables, null, '\t')}\n`)
		return { right: true }
	},
})
