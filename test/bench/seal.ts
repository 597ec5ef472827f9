/** What sealing a picture costs, beside age-encryption alone and the age program; and who is held by it. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Encrypter } from 'age-encryption'
import { ImageFiles } from '#src/journal/image-files.js'
import { PlainImageStorage, SealedImageStorage } from '#src/kiosk/recording/image-storage.js'
import { Sealer } from '#src/sealing/sealer.js'
import { makeCustodian } from '../support/custodian.ts'
import { gotten } from '../support/result.ts'
import { loopDelays } from './loop-delay.ts'
import type { Bench } from './part.ts'
import { type Cell, spreadOf, type Table } from './table.ts'

const megabytes = 3
const custodianCount = 2

/** Milliseconds by the clock, and of the processor, all threads of this process together. */
interface Cost {
	readonly clock: number
	readonly processor: number
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
	const before = process.cpuUsage()
	const begun = performance.now()
	await work()
	const clock = performance.now() - begun
	const { user, system } = process.cpuUsage(before)
	return { clock, processor: (user + system) / 1000 }
}

export async function benchSeal(bench: Bench): Promise<Table[]> {
	const { directory, short, say } = bench
	const custodians: string[] = []
	for (let made = 0; made < custodianCount; made++) custodians.push((await makeCustodian()).recipient)
	const sealer = new Sealer(custodians)
	gotten(await sealer.start())
	const encrypter = new Encrypter()
	for (const custodian of custodians) encrypter.addRecipient(custodian)
	const store = new ImageFiles(join(directory, 'images'))
	const images = () => store
	const plain = new PlainImageStorage(images)
	const sealed = new SealedImageStorage({ images, sealer, publicCrop: {}, onTrouble: () => {} })
	// Begins as a JPEG does, and is as dense.
	const picture = () => Buffer.concat([Buffer.from('ffd8ff', 'hex'), randomBytes(megabytes * 1e6 - 3)])
	const frame = () => ({ role: 'full', bytes: picture(), origin: 'bench' })
	const inMemory = async (parts: AsyncIterable<Uint8Array>) => {
		let size = 0
		for await (const part of parts) size += part.length
		return { sha256: '', size }
	}
	const ways: readonly (readonly [string, (bytes: Buffer) => Promise<unknown>])[] = [
		['age-encryption alone, main thread', (bytes) => encrypter.encrypt(bytes)],
		['Sealer: a thread, both digests', (bytes) => sealer.seal(bytes, inMemory)],
		['kept on the disk as it comes', (bytes) => plain.store({ ...frame(), bytes })],
		['kept on the disk sealed', (bytes) => sealed.store({ ...frame(), bytes })],
	]
	try {
		const rounds = short ? 2 : 30
		const costs = ways.map((): Cost[] => [])
		for (let round = -2; round < rounds; round++) {
			for (const [index, [, way]] of ways.entries()) {
				const bytes = picture()
				const cost = await costOf(() => way(bytes))
				if (round >= 0) costs[index]?.push(cost)
			}
			if (round % 10 === 9) say(`${round + 1} of ${rounds} rounds`)
		}
		const bare = spreadOf((costs[0] ?? []).map(({ processor }) => processor)).median
		const rows = ways.map(([name], index): Cell[] => {
			const clock = spreadOf((costs[index] ?? []).map((cost) => cost.clock))
			const processor = spreadOf((costs[index] ?? []).map((cost) => cost.processor))
			return [name, clock.median, clock.p95, processor.median, processor.p95, processor.median / bare]
		})
		const program = await ageProgram(directory, custodians, picture(), short ? 2 : 10)
		if (program !== null) rows.push(program)
		const frames = Array.from({ length: short ? 4 : 20 }, frame)
		return [
			{
				title: `Sealing a picture of ${megabytes} MB to ${custodianCount} custodians, milliseconds`,
				columns: ['', 'median', 'p95', 'processor', 'p95', 'to the bare call'],
				rows,
				notes: [
					'Aim: at most 150 ms of the processor, off the event loop. Processor: all threads of the process together.',
					program === null
						? 'The age program is not installed here.'
						: 'age: a process each, from file to file.',
				],
			},
			await loopDelays(
				`sealing ${frames.length} pictures of ${megabytes} MB`,
				async () => {
					for (const { bytes } of frames) await sealer.seal(bytes, inMemory)
				},
				bench,
			),
		]
	} finally {
		await sealer.stop()
	}
}

/** Null where it is not installed. */
async function ageProgram(
	directory: string,
	custodians: readonly string[],
	picture: Buffer,
	rounds: number,
): Promise<Cell[] | null> {
	const [from, to] = [join(directory, 'picture'), join(directory, 'picture.age')]
	await writeFile(from, picture)
	const words = [...custodians.flatMap((custodian) => ['-r', custodian]), '-o', to, from]
	const clocks: number[] = []
	for (let round = 0; round < rounds; round++) {
		const begun = performance.now()
		const { status, error } = spawnSync('age', words)
		if (error !== undefined) return null
		if (status !== 0) throw new Error(`age ended with ${status}`)
		clocks.push(performance.now() - begun)
	}
	const { median, p95 } = spreadOf(clocks)
	return ['the age program', median, p95, null, null, null]
}
