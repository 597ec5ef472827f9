/**
 * Cuts the power under a running station, at random instants of its whole life, and compares what it had shown
 * with what its disk holds afterwards. Then the same with the syncs removed, which must lose something: else
 * the cuts prove nothing (`control.ts`). See test/README.md.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Random } from '#src/simulator/random.js'
import { CentralStation } from './central-station.ts'
import { controlRun, provesTheCuts } from './control.ts'
import { cutRun } from './cut-run.ts'
import { countOf } from './findings.ts'
import { KioskStation } from './kiosk-station.ts'
import { whyNoCuts } from './machine.ts'
import { runInOwnMounts } from './own-mounts.ts'
import type { Station } from './station.ts'

const stations: Readonly<Record<string, (outside: string) => Promise<Station>>> = {
	kiosk: (outside) => KioskStation.make(outside),
	central: (outside) => CentralStation.make(outside),
}

/** As of the commands; what ends in the middle has proved nothing either. */
const status = { nothingLost: 0, lost: 1, usedWrongly: 2, environmentFailed: 3 } as const

interface Wanted {
	readonly cuts: number
	readonly seed: string
	readonly station: string
	/** Everything that is made is made in here, and on the disk that is cut. */
	readonly root: string
}

const say = (line: string) => process.stderr.write(`${line}\n`)

async function run({ cuts, seed, station: name, root }: Wanted): Promise<number> {
	const why = await whyNoCuts(root)
	if (why !== null) {
		say(why)
		return status.environmentFailed
	}
	const begun = performance.now()
	const stop = new AbortController()
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
	// The same seed plans the same cuts; what the process is doing at that moment is the machine's affair.
	say(`seed ${seed}, station ${name}`)
	const outside = join(root, 'outside')
	await mkdir(outside)
	const station = await stations[name]?.(outside)
	if (station === undefined) return status.usedWrongly
	try {
		const around = {
			root,
			station,
			random: new Random(seed),
			say,
			pace: { startMs: 1_000 },
			signal: stop.signal,
		}
		const { findings, duringStart, done } = await cutRun(around, cuts)
		const counts = { ...station.counts }
		const control = await controlRun(around)
		for (const [kind, sentences] of Object.entries(findings)) {
			for (const sentence of sentences) say(`${kind}: ${sentence}`)
		}
		const proves = provesTheCuts(control)
		if (!proves) say('without any sync nothing was lost either: these cuts prove nothing')
		const report = {
			...{ station: name, seed, cuts: done, duringStart, ...counts },
			lost: findings.lost.length,
			unreadable: findings.unreadable.length,
			reusedSeqs: findings.reused.length,
			brokenChains: findings.broken.length,
			refusedStarts: findings.refused.length,
			control,
			seconds: Math.round((performance.now() - begun) / 1000),
		}
		process.stdout.write(`${JSON.stringify(report)}\n`)
		return countOf(findings) === 0 && proves && done === cuts ? status.nothingLost : status.lost
	} finally {
		await station.stop()
	}
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			cuts: { type: 'string', default: '300' },
			seed: { type: 'string', default: String(Date.now()) },
			station: { type: 'string', default: 'kiosk' },
			directory: { type: 'string', default: tmpdir() },
		},
	})
	if (!/^[1-9]\d{0,5}$/.test(values.cuts)) throw new Error('--cuts takes a number from 1 to 999999')
	if (!Object.hasOwn(stations, values.station)) {
		throw new Error(`--station takes ${Object.keys(stations).join(' or ')}`)
	}
	if (process.getuid?.() !== 0) {
		say('only root can mount: run this as root')
		return status.environmentFailed
	}
	const again = await runInOwnMounts()
	if (again !== null) return again
	const root = await mkdtemp(join(values.directory, 'testigo-power-'))
	try {
		return await run({ ...values, cuts: Number(values.cuts), root }).catch((error: unknown) => {
			say(error instanceof Error ? String(error.stack) : String(error))
			return status.lost
		})
	} finally {
		await rm(root, { recursive: true, force: true })
	}
}

process.exitCode = await main().catch((error: Error) => {
	say(error.message)
	return status.usedWrongly
})
