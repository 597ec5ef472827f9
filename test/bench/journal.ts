/**
 * What recording costs: appending to the journal beside a bare write and fdatasync of the same bytes on the same
 * disk, at the beginning of a journal and far into it; and its parts.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignedEntry } from '#src/evidence/entry.js'
import { ImageFiles } from '#src/journal/image-files.js'
import { entriesFile, Journal } from '#src/journal/journal.js'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'
import type { Bench } from './part.ts'
import { appendEntries, noise, SignedEntries } from './signed-entries.ts'
import { type Cell, spreadOf, spreadRow, type Table } from './table.ts'

/** Writes one entry; resolves when it is on the disk. */
type Append = (entry: SignedEntry) => Promise<unknown> | unknown

interface Contender {
	readonly name: string
	readonly append: Append
	readonly entries: SignedEntries
	readonly ms: number[]
	readonly close: () => Promise<void> | void
}

export async function benchJournal(bench: Bench): Promise<Table[]> {
	const { directory, short, say } = bench
	const long = short ? 3_000 : 30_000
	const young = new SignedEntries(makeSigner('k-young'))
	const old = new SignedEntries(makeSigner('k-old'))
	await prefill(join(directory, 'young'), young, 9)
	say(`signing ${long} entries`)
	await prefill(join(directory, 'old'), old, long - 1)

	const oldJournal = gotten(await Journal.open(join(directory, 'old'), old.device))
	const youngJournal = gotten(await Journal.open(join(directory, 'young'), young.device))

	const bare = await open(join(directory, 'bare-async'), 'a')
	const bareSync = openSync(join(directory, 'bare-sync'), 'a')
	const contenders: Contender[] = [
		{
			name: 'bare write + fdatasync, fs/promises',
			append: async ({ text }) => {
				await bare.write(Buffer.from(`${text}\n`))
				await bare.datasync()
			},
			entries: new SignedEntries(makeSigner('k-bare')),
			ms: [],
			close: () => bare.close(),
		},
		{
			name: 'bare write + fdatasync, synchronous',
			append: ({ text }) => {
				writeSync(bareSync, `${text}\n`)
				fdatasyncSync(bareSync)
			},
			entries: new SignedEntries(makeSigner('k-baresync')),
			ms: [],
			close: () => closeSync(bareSync),
		},
		{
			name: 'Journal.append from entry 10',
			append: async (entry) => gotten(await youngJournal.append(entry)),
			entries: young,
			ms: [],
			close: () => youngJournal.close(),
		},
		{
			name: `Journal.append from entry ${long}`,
			append: async (entry) => gotten(await oldJournal.append(entry)),
			entries: old,
			ms: [],
			close: () => oldJournal.close(),
		},
	]
	say('appending')
	try {
		await inTurns(contenders, short ? 4 : 40, 50)
	} finally {
		for (const { close } of contenders) await close()
	}

	const medians = contenders.map(({ ms }) => spreadOf(ms).median)
	const [bareMedian = Number.NaN, syncMedian = Number.NaN] = medians
	const rows = contenders.map(({ name, ms }): Cell[] => {
		const { median, p95 } = spreadOf(ms)
		const mean = ms.reduce((sum, one) => sum + one, 0) / ms.length
		return [name, ms.length, median, p95, 1000 / mean, median / bareMedian, median / syncMedian]
	})
	return [
		{
			title: 'Appending an entry, milliseconds (in blocks of 50 by turns, there and back)',
			columns: ['', 'appends', 'median', 'p95', 'per second', 'ratio', 'to synchronous'],
			rows,
			notes: [
				'Ratio: of medians, to the bare write + fdatasync with the same kind of call. Aim: at most 1.3.',
			],
		},
		await recordingParts(bench, spreadOf(contenders[2]?.ms ?? []).median),
	]
}

/** Blocks one after another, so that whatever else the disk does hits all alike. */
async function inTurns(contenders: readonly Contender[], rounds: number, block: number): Promise<void> {
	// The first round is not counted: it finds cold code and files without a first block.
	for (let round = 0; round <= rounds; round++) {
		for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
			const entries: SignedEntry[] = []
			for (let count = 0; count < block; count++) entries.push(await contender.entries.next())
			for (const entry of entries) {
				const begun = performance.now()
				await contender.append(entry)
				if (round > 0) contender.ms.push(performance.now() - begun)
			}
		}
	}
}

/** What a kiosk does for one acta, part by part. */
async function recordingParts({ directory, short, say }: Bench, appendMedian: number): Promise<Table> {
	say('the parts of recording')
	const entries = new SignedEntries(makeSigner('k-parts'))
	const store = new ImageFiles(join(directory, 'images'))
	const count = short ? 20 : 200
	const parts: Record<'sign' | 'put' | 'bare', number[]> = { sign: [], put: [], bare: [] }
	const timed = async (into: number[], work: () => Promise<unknown>) => {
		const begun = performance.now()
		await work()
		into.push(performance.now() - begun)
	}
	await mkdir(join(directory, 'bare-images'))
	for (let index = 0; index < count; index++) {
		const image = noise(260_000, `image ${index}`)
		const putBare = () =>
			timed(parts.bare, () => writeSynced(join(directory, 'bare-images', `${index}`), image))
		const put = () => timed(parts.put, () => store.put(image))
		await timed(parts.sign, () => entries.next())
		for (const work of index % 2 === 0 ? [put, putBare] : [putBare, put]) await work()
	}
	const bareMedian = spreadOf(parts.bare).median
	return {
		title: 'Recording an acta, part by part, milliseconds',
		columns: ['', 'times', 'median', 'p95', 'ratio'],
		rows: [
			spreadRow('sign the entry (with checking its form)', parts.sign, null),
			spreadRow('keep an image of 260 KB', parts.put, spreadOf(parts.put).median / bareMedian),
			spreadRow('  peer: write the same bytes to a new file, fsync', parts.bare, null),
			['append the entry (above)', null, appendMedian, null, null],
		],
		notes: ['Keeping also hashes, renames, and syncs the folder that the name stands in.'],
	}
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
	const handle = await open(path, 'wx')
	try {
		await handle.write(bytes)
		await handle.sync()
	} finally {
		await handle.close()
	}
}

async function prefill(directory: string, entries: SignedEntries, count: number): Promise<void> {
	await mkdir(directory)
	await appendEntries(join(directory, entriesFile), entries, count)
}
