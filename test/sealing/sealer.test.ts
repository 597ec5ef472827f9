import { createHash, randomBytes } from 'node:crypto'
import { Decrypter } from 'age-encryption'
import { expect, onTestFinished, test } from 'vitest'
import { type FileFacts, Sealer } from '#src/sealing/sealer.js'
import { makeCustodian, someCustodian } from '../support/custodian.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Keeps what is put into it. */
class Memory {
	bytes = Buffer.alloc(0)
	parts = 0

	readonly put = async (parts: AsyncIterable<Uint8Array>): Promise<FileFacts> => {
		const all: Uint8Array[] = []
		for await (const part of parts) all.push(part)
		this.parts = all.length
		this.bytes = Buffer.concat(all)
		return { sha256: digest(this.bytes), size: this.bytes.length }
	}
}

async function started(custodians: readonly string[]): Promise<Sealer> {
	const sealer = new Sealer(custodians)
	onTestFinished(() => sealer.stop())
	expect(await sealer.start()).toEqual({ ok: true, value: true })
	return sealer
}

test.each([1, 65_536, 1 << 20, (3 << 20) + 7])(
	'%i bytes: every custodian opens them, nobody else',
	async (size) => {
		const custodians = [await makeCustodian(), await makeCustodian()]
		const sealer = await started(custodians.map(({ recipient }) => recipient))
		const plain = randomBytes(size)
		const memory = new Memory()
		expect(await sealer.seal(plain, memory.put)).toEqual({
			ok: true,
			value: {
				plain: { sha256: digest(plain), size },
				sealed: { sha256: digest(memory.bytes), size: memory.bytes.length },
			},
		})
		for (const { secret } of custodians) {
			const decrypter = new Decrypter()
			decrypter.addIdentity(secret)
			expect(Buffer.from(await decrypter.decrypt(memory.bytes)).equals(plain)).toBe(true)
		}
		const stranger = new Decrypter()
		stranger.addIdentity((await makeCustodian()).secret)
		await expect(stranger.decrypt(memory.bytes)).rejects.toThrow('no identity matched')
	},
)

test('a large file goes through in parts, and the caller keeps its bytes', async () => {
	const sealer = await started([someCustodian])
	const plain = randomBytes(5 << 20)
	const before = digest(plain)
	const memory = new Memory()
	await sealer.seal(plain, memory.put)
	expect(memory.parts).toBeGreaterThan(5)
	expect(digest(plain)).toBe(before)
})

test('the same bytes sealed twice have nothing in common that tells', async () => {
	const sealer = await started([someCustodian])
	const [one, two] = [new Memory(), new Memory()]
	const plain = randomBytes(1000)
	await Promise.all([sealer.seal(plain, one.put), sealer.seal(plain, two.put)])
	expect(one.bytes.equals(two.bytes)).toBe(false)
	expect(one.bytes.length).toBe(two.bytes.length)
})

test('a disk that fails halfway is told as the disk, and the next file is whole', async () => {
	const custodian = await makeCustodian()
	const sealer = await started([custodian.recipient])
	const full = async (parts: AsyncIterable<Uint8Array>): Promise<FileFacts> => {
		for await (const _ of parts) throw new Error('ENOSPC')
		throw new Error('no parts')
	}
	await expect(sealer.seal(randomBytes(3 << 20), full)).rejects.toThrow('ENOSPC')
	const memory = new Memory()
	const plain = randomBytes(2000)
	expect(await sealer.seal(plain, memory.put)).toMatchObject({ ok: true })
	const decrypter = new Decrypter()
	decrypter.addIdentity(custodian.secret)
	expect(Buffer.from(await decrypter.decrypt(memory.bytes)).equals(plain)).toBe(true)
})

test('what was stored otherwise than it was sealed is no success', async () => {
	const sealer = await started([someCustodian])
	const memory = new Memory()
	const result = await sealer.seal(randomBytes(99), async (parts) => ({
		...(await memory.put(parts)),
		sha256: 'a'.repeat(64),
	}))
	expect(result).toMatchObject({ ok: false, fault: { code: 'not-sealed' } })
})

test('no answer within the deadline costs one file, and a new thread seals the next', async () => {
	const clock = new SimulatedClock()
	const sealer = new Sealer([someCustodian], { clock, deadlineMs: 1_000 })
	onTestFinished(() => sealer.stop())
	await sealer.start()
	const late = await sealer.seal(randomBytes(1 << 20), async (parts) => {
		const first = parts[Symbol.asyncIterator]().next()
		// Before the event loop can bring any answer.
		void clock.advance(1_000)
		await first
		throw new Error('there was an answer')
	})
	expect(late).toMatchObject({ ok: false, fault: { code: 'not-sealed' } })
	expect(await sealer.seal(randomBytes(99), new Memory().put)).toMatchObject({ ok: true })
})

test.each([
	['a wrong checksum', `${someCustodian.slice(0, -1)}q`],
	// The point 0, which gives everybody the same secret.
	['a point of low order', 'age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z'],
])('%s is refused at start, by its place', async (_, custodian) => {
	const sealer = new Sealer([someCustodian, custodian])
	const started = await sealer.start()
	expect(started).toMatchObject({ ok: false, fault: { code: 'bad-custodian' } })
	expect(!started.ok && started.fault.detail).toContain('custodians[1]')
})

test('a sealer that was stopped seals nothing', async () => {
	const sealer = await started([someCustodian])
	await sealer.stop()
	expect(await sealer.seal(randomBytes(9), new Memory().put)).toMatchObject({
		ok: false,
		fault: { code: 'not-sealed' },
	})
})
