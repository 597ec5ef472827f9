/** Prints figures with the machine, the peer measured in the same run, and the ratio. See README.md. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchBody } from './body.ts'
import { benchCentre } from './centre.ts'
import { benchJournal } from './journal.ts'
import { benchKiosk } from './kiosk.ts'
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
import { type Table, textOf } from './table.ts'
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
	memory: benchMemory,
	'stalled-panel': benchStalledPanel,
}

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		short: { type: 'boolean', default: false },
		json: { type: 'string' },
		directory: { type: 'string', default: tmpdir() },
		cgroup: { type: 'string' },
	},
})
const named = positionals.length > 0 ? positionals : Object.keys(parts)
for (const name of named) {
	if (parts[name] === undefined) {
		throw new Error(`no part ${name}; there are ${Object.keys(parts).join(', ')}`)
	}
}

const root = await mkdtemp(join(values.directory, 'testigo-bench-'))
const tables: Table[] = []
const print = (table: Table) => {
	tables.push(table)
	process.stdout.write(`${textOf(table)}\n\n`)
}
try {
	await mkdir(join(root, 'photographs'))
	const photographs = new Photographs(join(root, 'photographs'))
	print(await describeMachine(root))
	for (const name of named) {
		const directory = join(root, name)
		await mkdir(directory)
		const say = (what: string) => process.stderr.write(`${name}: ${what}\n`)
		const { short, cgroup } = values
		const made = await parts[name]?.({ directory, short, photographs, cgroup, say })
		for (const table of made ?? []) print(table)
	}
	if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(tables, null, '\t')}\n`)
} finally {
	await rm(root, { recursive: true, force: true })
}
