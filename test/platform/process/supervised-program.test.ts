import { expect, onTestFinished, test, vi } from 'vitest'
import { SupervisedProgram } from '#src/platform/process/supervised-program.js'
import { fail, ok } from '#src/platform/result.js'
import { SimulatedClock } from '../../support/simulated-clock.ts'

const patience = { timeout: 120_000, interval: 5 }

function supervised(command: string, words: readonly string[], more: object = {}) {
	const clock = new SimulatedClock()
	const ends: string[] = []
	let said = ''
	const program = new SupervisedProgram(command, words, {
		clock,
		random: () => 0,
		backoff: { firstMs: 1000, mostMs: 4000 },
		onOutput: (bytes) => {
			said += bytes.toString()
		},
		onEnd: (why) => ends.push(why),
		...more,
	})
	onTestFinished(() => program.stop())
	return { clock, ends, program, said: () => said }
}

test('what ends is told of with its last words, and started again after delays that grow', async () => {
	const { clock, ends, program } = supervised('sh', ['-c', 'echo one >&2; echo "two\u001b[31m" >&2; exit 3'])
	await program.start()
	// A tenth of 1, 2, 4 and 4 seconds.
	for (const [count, delay] of [100, 200, 400, 400].entries()) {
		await vi.waitUntil(() => ends.length === count + 1, patience)
		await clock.advance(delay - 1)
		expect(program.pid).toBeUndefined()
		await clock.advance(1)
	}
	await vi.waitUntil(() => ends.length === 5, patience)
	expect(ends.at(-1)).toBe('sh ended (3): two\\u{1b}[31m')
	await program.stop()
	await clock.advance(60_000)
	expect(program.pid).toBeUndefined()
})

test('one that ran for a while is started again soon', async () => {
	const { clock, ends, program } = supervised('sleep', ['600'])
	await program.start()
	for (let end = 1; end <= 3; end++) {
		await clock.advance(5000)
		program.signal('SIGTERM')
		await vi.waitUntil(() => ends.length === end, patience)
		await clock.advance(100)
		expect(program.pid).toBeDefined()
	}
	expect(ends.at(-1)).toBe('sleep ended (SIGTERM)')
})

test('what is not installed is tried again too', async () => {
	const { clock, ends, program } = supervised('no-such-program', [])
	await program.start()
	await vi.waitUntil(() => ends.length === 1, patience)
	await clock.advance(100)
	await vi.waitUntil(() => ends.length === 2, patience)
	expect(ends).toEqual(['no-such-program is not installed', 'no-such-program is not installed'])
})

test('it does not start before what must be so is so', async () => {
	let may = false
	const before = async () => (may ? ok(true as const) : fail('no-memory', 'no memory for it'))
	const { clock, ends, program } = supervised('sleep', ['600'], { before })
	await program.start()
	expect([program.pid, ends]).toEqual([undefined, ['no memory for it']])
	may = true
	await clock.advance(100)
	expect(program.pid).toBeDefined()
})

test('what will not end is ended by force', async () => {
	const { clock, program, said } = supervised('sh', [
		'-c',
		'trap "" TERM; echo ready; while :; do sleep 0.02; done',
	])
	await program.start()
	await vi.waitUntil(() => said() === 'ready\n', patience)
	const stopped = program.stop()
	await vi.waitUntil(async () => {
		await clock.advance(1000)
		return program.pid === undefined
	}, patience)
	await stopped
})

test('stopped while it begins, it does not run', async () => {
	let go = () => {}
	const gate = new Promise<void>((resolve) => (go = resolve))
	const before = async () => {
		await gate
		return ok(true as const)
	}
	const { program, ends } = supervised('sleep', ['600'], { before })
	const starting = program.start()
	const stopping = program.stop()
	go()
	await Promise.all([starting, stopping])
	expect([program.pid, ends]).toEqual([undefined, []])
})
