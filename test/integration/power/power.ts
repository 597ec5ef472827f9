/**
 * Cuts the power under a running station, at random instants of its whole life, and compares what it had shown
 * with what its disk holds afterwards. Then the same with the syncs removed, which must lose something: else
 * the cuts prove nothing. See test/README.md.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { Random } from '#src/simulator/random.js'
import { controlRun } from './control.ts'
import { cutRun } from './cut-run.ts'
import { countOf } from './findings.ts'
import { KioskStation } from './kiosk-station.ts'
import type { Station } from './station.ts'

const usage =
	'npm run test:power -- [--cuts <n>] [--seed <text>] [--station kiosk|central] [--directory <dir>]'

/** As of the commands: 0 nothing lost, 1 something lost, 2 used wrongly, 3 the machine can't do it. */
class Refusal extends Error {
	readonly status: number

	constructor(status: number, message: string) {
		super(message)
		this.status = status
	}
}

const stations: Readonly<Record<string, (outside: string) => Promise<Station>>> = {
	kiosk: (outside) => KioskStation.make(outside),
}

const say = (line: string) => process.stderr.write(`${line}\n`)

function argumentsOf() {
	try {
		const { values } = parseArgs({
			options: {
				cuts: { type: 'string', default: '300' },
				seed: { type: 'string', default: String(Date.now()) },
				station: { type: 'string', default: 'kiosk' },
				directory: { type: 'string', default: tmpdir() },
			},
		})
		const make = stations[values.station]
		if (!/^[1-9]\d{0,5}$/.test(values.cuts) || make === undefined) throw new Error(usage)
		return { ...values, cuts: Number(values.cuts), make }
	} catch (error) {
		throw new Refusal(2, (error as Error).message)
	}
}

async function checkMachine(): Promise<void> {
	if (process.getuid?.() !== 0) throw new Refusal(3, 'only root can mount; run this as root')
	const run = promisify(execFile)
	for (const [program, ...words] of [
		['losetup', '--find'],
		['mkfs.ext4', '-V'],
		['perl', '-v'],
		['strace', '-f', '-e', 'trace=none', 'true'],
	] as const) {
		await run(program, words).catch((error: Error) => {
			throw new Refusal(3, `${program} does not work here: ${error.message}`)
		})
	}
}

async function main(): Promise<number> {
	const { cuts, seed, station: name, directory, make } = argumentsOf()
	await checkMachine()
	const begun = performance.now()
	const root = await mkdtemp(join(directory, 'testigo-power-'))
	const stop = new AbortController()
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
	say(`seed ${seed}, station ${name}, in ${root}`)
	const outside = join(root, 'outside')
	await mkdir(outside)
	const station = await make(outside)
	let failed = true
	try {
		const random = new Random(seed)
		const around = { root, station, random, say, signal: stop.signal }
		const { findings, duringStart, done } = await cutRun(around, cuts)
		const counts = { ...station.counts }
		const control = await controlRun(around)
		const proves = control.every(({ lost, unreadable }) => lost + unreadable > 0)
		failed = countOf(findings) > 0 || !proves
		for (const [kind, sentences] of Object.entries(findings)) {
			for (const sentence of sentences) say(`${kind}: ${sentence}`)
		}
		if (!proves) say('the control lost nothing: these cuts prove nothing')
		const { lost, unreadable, reused, broken, refused } = findings
		const report = {
			station: name,
			seed,
			cuts: done,
			duringStart,
			...counts,
			lost: lost.length,
			unreadable: unreadable.length,
			reusedSeqs: reused.length,
			brokenChains: broken.length,
			refusedStarts: refused.length,
			control,
			seconds: Math.round((performance.now() - begun) / 1000),
		}
		process.stdout.write(`${JSON.stringify(report)}\n`)
		return failed || done < cuts ? 1 : 0
	} finally {
		await station.stop()
		await rm(root, { recursive: true, force: true })
	}
}

try {
	process.exitCode = await main()
} catch (error) {
	say(error instanceof Refusal ? error.message : String((error as Error).stack))
	process.exitCode = error instanceof Refusal ? error.status : 3
}
