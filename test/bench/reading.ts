/** Milliseconds to read a photograph, by part, beside zxing-wasm alone; and how long the main thread is held. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import sharp from 'sharp'
import { encodeFormats, prepareZXingModule, readBarcodes, type ZXingReaderModule } from 'zxing-wasm/reader'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { QrReader } from '#src/reading/qr-reader.js'
import type { Megapixels, Severity } from '#src/simulator/photograph/severity.js'
import { sharedData } from '../support/shared-data.ts'
import { loopDelays } from './loop-delay.ts'
import type { Bench } from './part.ts'
import type { Taken } from './photographs.ts'
import { spreadOf } from './spread.ts'
import type { Cell, Table } from './table.ts'

const realActa =
	'121202007.01.1.0001!23,0,0,0,0,0,0,0,0,1,0,0,22,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,18,4,95,0,0!0!0'

interface Group {
	readonly name: string
	readonly taken: readonly Taken[]
}

/** What one reader made of one picture. */
interface Attempt {
	readonly ms: number
	readonly text: string | null
}

type Read = (bytes: Uint8Array) => Promise<Attempt>

export async function benchReading(bench: Bench): Promise<Table[]> {
	const groups = await photographs(bench)
	const zxing = await loadZxing()
	const reader = new QrReader(presidential2024)
	await reader.start()
	try {
		const rows: Cell[][] = []
		for (const group of groups) rows.push(...(await compare(group, reader, zxing, bench)))
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
					for (const { path } of large) await reader.read(await readFile(path))
				},
				bench,
			),
		]
	} finally {
		await reader.stop()
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
			groups.push({ name: `real acta, ${file}`, taken: [{ path, text: realActa }] })
		}
	}
	return groups
}

/** Every picture by every reader, the order turning from picture to picture. */
async function compare(
	{ name, taken }: Group,
	reader: QrReader,
	zxing: ZXingReaderModule,
	{ short }: Bench,
): Promise<Cell[][]> {
	const parts: { decode: number; search: number }[] = []
	const readers = {
		testigo: async (bytes: Uint8Array) => {
			const begun = performance.now()
			const { reading, decodeMs, searchMs } = await reader.read(bytes)
			const ms = performance.now() - begun
			parts.push({ decode: decodeMs, search: searchMs })
			return { ms, text: reading.kind === 'acta' ? reading.text : null }
		},
		readyGrey: (bytes: Uint8Array) => readReadyGrey(zxing, bytes),
		publicCall: readPublicCall,
	} satisfies Record<string, Read>
	const order = Object.keys(readers) as (keyof typeof readers)[]
	const attempts: Record<keyof typeof readers, (Attempt & { readonly truth: string })[]> = {
		testigo: [],
		readyGrey: [],
		publicCall: [],
	}
	const [first] = taken
	// Not counted: the first of a kind finds cold code and small heaps.
	if (first !== undefined) for (const read of Object.values(readers)) await read(await readFile(first.path))
	parts.length = 0

	const rounds = taken.length === 1 ? (short ? 3 : 20) : 1
	for (let round = 0; round < rounds; round++) {
		for (const { path, text: truth } of taken) {
			const bytes = await readFile(path)
			order.push(...order.splice(0, 1))
			for (const which of order) attempts[which].push({ ...(await readers[which](bytes)), truth })
		}
	}

	const ours = spreadOf(attempts.testigo.map(({ ms }) => ms))
	const decode = spreadOf(parts.map((part) => part.decode))
	const search = spreadOf(parts.map((part) => part.search))
	const grey = spreadOf(attempts.readyGrey.map(({ ms }) => ms))
	const whole = spreadOf(attempts.publicCall.map(({ ms }) => ms))
	const counts = (which: keyof typeof readers) => {
		const read = attempts[which].filter(({ text, truth }) => text === truth).length
		const missed = attempts[which].filter(({ text }) => text === null).length
		return [attempts[which].length, read, attempts[which].length - read - missed, missed]
	}
	return [
		[name, ...counts('testigo'), ours.median, ours.p95, null],
		['  decode to grey', null, null, null, null, decode.median, decode.p95, null],
		['  search', null, null, null, null, search.median, search.p95, null],
		['  peer: on ready grey', ...counts('readyGrey'), grey.median, grey.p95, search.median / grey.median],
		[
			'  peer: public call on the file',
			...counts('publicCall'),
			whole.median,
			whole.p95,
			ours.median / whole.median,
		],
	]
}

async function loadZxing(): Promise<ZXingReaderModule> {
	const path = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
	const wasmBinary = Uint8Array.from(await readFile(path)).buffer
	return await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
}

/** The module's own call, without what its public one adds; decoding is not counted. */
async function readReadyGrey(zxing: ZXingReaderModule, bytes: Uint8Array): Promise<Attempt> {
	const { data, info } = await sharp(bytes)
		.flatten({ background: '#ffffff' })
		.extractChannel('green')
		.raw()
		.toBuffer({ resolveWithObject: true })
	const begun = performance.now()
	const address = zxing._malloc(data.length)
	zxing.HEAPU8.set(data, address)
	const results = zxing.readBarcodesFromPixmap(address, info.width, info.height, {
		formats: encodeFormats(['QRCode']),
		tryHarder: true,
		tryRotate: true,
		tryInvert: false,
		tryDownscale: false,
		tryDenoise: false,
		binarizer: 0,
		isPure: false,
		downscaleFactor: 3,
		downscaleThreshold: 500,
		minLineCount: 2,
		maxNumberOfSymbols: 1,
		validateOptionalChecksum: false,
		returnErrors: false,
		eanAddOnSymbol: 0,
		textMode: 0,
		characterSet: 0,
		tryCode39ExtendedMode: false,
	})
	const first = results.size() > 0 ? results.get(0) : undefined
	const text = first?.isValid ? Buffer.from(first.bytes).toString('latin1') : null
	zxing._free(address)
	return { ms: performance.now() - begun, text }
}

async function readPublicCall(bytes: Uint8Array): Promise<Attempt> {
	const begun = performance.now()
	const [first] = await readBarcodes(bytes, { formats: ['QRCode'] })
	const ms = performance.now() - begun
	return { ms, text: first?.isValid ? first.text : null }
}
