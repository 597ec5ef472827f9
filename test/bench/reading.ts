/** Milliseconds to read a photograph, by part, beside zxing-wasm alone; and how long the main thread is held. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Megapixels, Severity } from '#src/simulator/photograph/severity.js'
import { sharedData } from '../support/shared-data.ts'
import { loopDelays } from './loop-delay.ts'
import type { Bench } from './part.ts'
import type { Taken } from './photographs.ts'
import type { Answer, Engine, Frame } from './reading/engines/engine.ts'
import { readyGrey, startEngine } from './reading/engines/engines.ts'
import { textOfRealActa } from './reading/photographs-from-life.ts'
import { type Cell, spreadOf, type Table } from './table.ts'

interface Group {
	readonly name: string
	readonly taken: readonly Taken[]
}

const peers = {
	testigo: 'testigo',
	readyGrey: 'zxing',
	publicCall: 'zxing-defaults',
} as const
type Reader = keyof typeof peers
const readers = Object.keys(peers) as Reader[]

export async function benchReading(bench: Bench): Promise<Table[]> {
	const groups = await photographs(bench)
	const engines = {} as Record<Reader, Engine>
	for (const name of readers) {
		const engine = await startEngine[peers[name]]()
		if (engine === null) throw new Error(`${name} is not there`)
		engines[name] = engine
	}
	try {
		const rows: Cell[][] = []
		for (const group of groups) rows.push(...(await compare(group, engines, bench)))
		const large = groups.flatMap(({ name, taken }) => (name.startsWith('12 MP') ? taken : []))
		return [
			{
				title: 'Reading, milliseconds a photograph (JPEG bytes to acta; median and 95th percentile)',
				columns: ['', 'photographs', 'read', 'wrong', 'missed', 'median', 'p95', 'ratio'],
				rows,
				notes: [
					'Testigo: QrReader, a worker thread; its time includes handing the bytes over. Decode and search are parts of it.',
					'Peers, on the main thread: zxing-wasm at its best setting on grey that was ready (ratio: our search to it);',
					'its public call on the JPEG with its defaults but for the format (ratio: our whole reading to it).',
				],
			},
			await loopDelays(
				`reading ${large.length} photographs of 12 MP`,
				async () => {
					for (const { path } of large)
						await engines.testigo.read(await frameFor('testigo', await readFile(path)))
				},
				bench,
			),
		]
	} finally {
		for (const engine of Object.values(engines)) await engine.stop()
	}
}

async function photographs({ short, photographs, say }: Bench): Promise<Group[]> {
	const groups: Group[] = []
	for (const megapixels of [3, 12] as const satisfies Megapixels[]) {
		for (const severity of [0, 1] as const satisfies Severity[]) {
			const name = `${megapixels} MP, S${severity}`
			say(`taking photographs, ${name}`)
			const taken: Taken[] = []
			for (let index = 0; index < (short ? 3 : 20); index++) {
				taken.push(await photographs.take(megapixels, severity, index))
			}
			groups.push({ name, taken })
		}
	}
	if (sharedData !== null) {
		for (const file of ['qr-closeup.png', 'strip-redacted.png']) {
			const path = join(sharedData, 'acta-121202007', file)
			groups.push({ name: `real acta, ${file}`, taken: [{ path, text: textOfRealActa }] })
		}
	}
	return groups
}

/** Decoding is not counted of the one that gets grey; the others get the file. */
async function frameFor(reader: Reader, bytes: Uint8Array): Promise<Frame> {
	const none = { plane: new Uint8Array(0), width: 0, height: 0 }
	return { bytes, grey: reader === 'readyGrey' ? await readyGrey(bytes) : none }
}

/** Every picture by every reader, the order turning from picture to picture. */
async function compare(
	{ name, taken }: Group,
	engines: Readonly<Record<Reader, Engine>>,
	{ short }: Bench,
): Promise<Cell[][]> {
	const answers: Record<Reader, (Answer & { readonly truth: string })[]> = {
		...{ testigo: [], readyGrey: [], publicCall: [] },
	}
	const read = async (reader: Reader, path: string) =>
		engines[reader].read(await frameFor(reader, await readFile(path)))
	const [first] = taken
	// Not counted: the first of a kind finds cold code and small heaps.
	if (first !== undefined) for (const reader of readers) await read(reader, first.path)
	const order = [...readers]
	const rounds = taken.length === 1 ? (short ? 3 : 20) : 1
	for (let round = 0; round < rounds; round++) {
		for (const { path, text: truth } of taken) {
			order.push(...order.splice(0, 1))
			for (const reader of order) answers[reader].push({ ...(await read(reader, path)), truth })
		}
	}

	const wall = (reader: Reader) => spreadOf(answers[reader].map(({ wallMs }) => wallMs))
	const part = (name: 'decodeMs' | 'searchMs') =>
		spreadOf(answers.testigo.map(({ parts }) => parts?.[name] ?? Number.NaN))
	const [ours, grey, whole] = [wall('testigo'), wall('readyGrey'), wall('publicCall')]
	const [decode, search] = [part('decodeMs'), part('searchMs')]
	const row = (title: string, reader: Reader, ratio: number | null): Cell[] => {
		const all = answers[reader]
		const read = all.filter(({ texts: [text], truth }) => text === truth).length
		const missed = all.filter(({ texts }) => texts.length === 0).length
		const { median, p95 } = wall(reader)
		return [title, all.length, read, all.length - read - missed, missed, median, p95, ratio]
	}
	return [
		row(name, 'testigo', null),
		['  decode to grey', null, null, null, null, decode.median, decode.p95, null],
		['  search', null, null, null, null, search.median, search.p95, null],
		row('  peer: on ready grey', 'readyGrey', search.median / grey.median),
		row('  peer: public call on the file', 'publicCall', ours.median / whole.median),
	]
}
