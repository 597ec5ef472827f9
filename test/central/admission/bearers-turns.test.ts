import { expect, test } from 'vitest'
import { BearersTurns, mostWaitMs } from '#src/central/admission/bearers-turns.js'
import { SimulatedClock, settled } from '../../support/simulated-clock.ts'

/** Bearers at a centre whose work ends, and whose devices are heard, when the test says so. */
class Desk {
	readonly clock = new SimulatedClock()
	readonly begun: string[] = []
	/** Milliseconds that beginning one takes. */
	eachMs = 0
	#calm: Promise<void> = Promise.resolve()
	#ends: (() => void)[] = []
	readonly #turns = new BearersTurns({ clock: this.clock, calm: () => this.#calm })

	hand(bearer: string, count: number): Promise<string[]> {
		const handed = Array.from({ length: count }, (_, index) => {
			const name = `${bearer}${index + 1}`
			return this.#turns.turn(bearer, Buffer.alloc(10), async () => {
				this.begun.push(name)
				await this.clock.advance(this.eachMs)
				await new Promise<void>((resolve) => this.#ends.push(resolve))
				return name
			})
		})
		return Promise.all(handed)
	}

	/** A message of a device is at work until the returned function is called. */
	device(): () => void {
		let end = () => {}
		this.#calm = new Promise((resolve) => {
			end = resolve
		})
		return end
	}

	/** How many were begun so far, when all has that can. */
	async count(): Promise<number> {
		for (let turn = 0; turn < 20; turn++) await settled()
		return this.begun.length
	}

	async end(afterMs = 0): Promise<void> {
		await this.clock.advance(afterMs)
		for (const end of this.#ends.splice(0)) end()
		await settled()
	}
}

test('who sends as fast as it can has one piece begun, and the next after a rest as long', async () => {
	const desk = new Desk()
	const handed = desk.hand('a', 40)
	expect(await desk.count()).toBe(16)
	await desk.end(30)
	await desk.clock.advance(29)
	expect(await desk.count()).toBe(16)
	await desk.clock.advance(1)
	expect(await desk.count()).toBe(32)
	await desk.end()
	await desk.clock.advance(1)
	expect(await desk.count()).toBe(40)
	await desk.end()
	expect(await handed).toEqual(Array.from({ length: 40 }, (_, index) => `a${index + 1}`))
})

test('a piece is as long as its work, not as its lines', async () => {
	const desk = new Desk()
	desk.eachMs = 3
	void desk.hand('a', 16)
	expect(await desk.count()).toBe(2)
	desk.eachMs = 1_000
	await desk.end()
	await desk.clock.advance(6)
	// However slow one is, it comes to its turn.
	expect(desk.begun).toHaveLength(3)
})

test('no piece is begun while a message of a device is at work; one that never ends holds it up for a while', async () => {
	const desk = new Desk()
	const end = desk.device()
	void desk.hand('a', 20)
	expect(await desk.count()).toBe(0)
	end()
	expect(await desk.count()).toBe(16)
	desk.device()
	await desk.end()
	await desk.clock.advance(mostWaitMs - 1)
	expect(await desk.count()).toBe(16)
	await desk.clock.advance(1)
	expect(await desk.count()).toBe(20)
})

test('several bearers share a piece, one of each in turn', async () => {
	const desk = new Desk()
	void desk.hand('a', 20)
	void desk.hand('b', 2)
	expect(await desk.count()).toBe(16)
	expect(desk.begun.slice(0, 5)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3'])
})

test('what fails fails for who handed it in, and the turns go on', async () => {
	const clock = new SimulatedClock()
	const turns = new BearersTurns({ clock, calm: async () => {} })
	const failed = turns.turn('a', Buffer.alloc(1), () => Promise.reject(new Error('the disk')))
	await expect(failed).rejects.toThrow('the disk')
	const next = turns.turn('a', Buffer.alloc(1), async () => 'done')
	await settled()
	await clock.advance(1)
	expect(await next).toBe('done')
})
