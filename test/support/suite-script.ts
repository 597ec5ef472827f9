/**
 * What suites that run by themselves have in common: options, a folder that goes with them, what is written while
 * they run (standard error), the result as the last line (JSON, standard output), the exit status, and the end
 * that a signal asks for.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/** As of the commands; what ends in the middle has proved nothing either. */
const exitStatus = {
	right: 0,
	wrong: 1,
	usedWrongly: 2,
	environmentFailed: 3,
	interrupted: 130,
} as const

/** An option, and how its value is read; without a value, from `undefined`. */
export interface Option<T> {
	readonly type: 'string' | 'boolean'
	read(name: string, given: unknown): T
}

export function wholeNumber(usual: number, most = 999_999): Option<number> {
	return {
		type: 'string',
		read(name, given) {
			const number = /^[1-9]\d{0,8}$/.test(String(given ?? usual)) ? Number(given ?? usual) : most + 1
			if (number > most) throw new UsedWrongly(`--${name} takes a number from 1 to ${most}`)
			return number
		},
	}
}

export function words(usual: string): Option<string> {
	return { type: 'string', read: (_, given) => String(given ?? usual) }
}

export const wordsIfGiven: Option<string | undefined> = {
	type: 'string',
	read: (_, given) => (given === undefined ? undefined : String(given)),
}

/** The first is usual. */
export function oneOf<T extends string>(...choices: readonly T[]): Option<T> {
	return {
		type: 'string',
		read(name, given) {
			const chosen = choices.find((choice) => choice === (given ?? choices[0]))
			if (chosen === undefined) throw new UsedWrongly(`--${name} takes ${choices.join(' or ')}`)
			return chosen
		},
	}
}

export const flag: Option<boolean> = { type: 'boolean', read: (_, given) => given === true }

/** The same seed plans the same run. It is written at the beginning, and stands in the result. */
export function seed(usual = String(Date.now())): Option<string> {
	return words(usual)
}

type Options = Readonly<Record<string, Option<unknown>>>
type Values<O extends Options> = { readonly [name in keyof O]: ReturnType<O[name]['read']> }

class UsedWrongly extends Error {}

/** Thrown when the machine lacks what a suite needs: nothing was tried. */
export class EnvironmentFailed extends Error {}

interface SuiteRun<O extends Options> {
	readonly values: Values<O>
	/** Of the suite's parts those that were named; without any, all. */
	readonly parts: readonly string[]
	/** Empty; it goes at the end. */
	readonly folder: string
	readonly say: (line: string) => void
	/** Aborted by SIGINT and SIGTERM. */
	readonly signal: AbortSignal
	/** Done before the folder goes, however the run ends; what came last is done first. */
	atEnd(work: () => Promise<unknown> | unknown): void
}

interface Outcome {
	/** Whether every promise was kept. */
	readonly right: boolean
	/** Without it nothing is printed. */
	readonly result?: object
}

export interface Suite<O extends Options> {
	readonly name: string
	/** `--directory`, in which the folder is made, is understood by all. */
	readonly options: O
	/** Words beside the options that it takes, each the name of a part. */
	readonly parts?: readonly string[]
	/** What only root can do, where the suite needs it. */
	readonly root?: string
	/** Run where no other process has a copy of what is mounted: see `runInOwnMounts`. */
	readonly ownMounts?: boolean
	/** It looks at the signal itself and ends with a result. Others are left where they are, `atEnd` done. */
	readonly endsItself?: boolean
	run(run: SuiteRun<O>): Promise<Outcome>
}

const say = (line: string) => process.stderr.write(`${line}\n`)

/** Runs the suite and sets the exit status. */
export async function runSuite<O extends Options>(suite: Suite<O>): Promise<void> {
	process.exitCode = await statusOf(suite).catch((error: unknown) => {
		if (error instanceof UsedWrongly || error instanceof EnvironmentFailed) say(error.message)
		else say(error instanceof Error ? String(error.stack) : String(error))
		if (error instanceof UsedWrongly) return exitStatus.usedWrongly
		return error instanceof EnvironmentFailed ? exitStatus.environmentFailed : exitStatus.wrong
	})
	// Work that was left where it was would go on.
	if (process.exitCode === exitStatus.interrupted) process.exit()
}

async function statusOf<O extends Options>(suite: Suite<O>): Promise<number> {
	const { directory, values, parts } = wordsOf(suite)
	if (suite.root !== undefined && process.getuid?.() !== 0) {
		throw new EnvironmentFailed(`only root can ${suite.root}: run this as root`)
	}
	const again = suite.ownMounts ? await runInOwnMounts() : null
	if (again !== null) return again

	const stopping = new AbortController()
	const { signal } = stopping
	const interrupted = new Promise<'interrupted'>((resolve) => {
		let first = Number.POSITIVE_INFINITY
		for (const name of ['SIGINT', 'SIGTERM'] as const) {
			process.on(name, () => {
				// A terminal and `runInOwnMounts` both send it: what comes within a second is the same wish.
				if (performance.now() - first > 1_000) process.exit(exitStatus.interrupted)
				if (signal.aborted) return
				first = performance.now()
				say('ending; once more to leave at once')
				stopping.abort()
				if (!suite.endsItself) resolve('interrupted')
			})
		}
	})
	const folder = await mkdtemp(join(directory, `testigo-${suite.name}-`))
	const endings: (() => Promise<unknown> | unknown)[] = [() => rm(folder, { recursive: true, force: true })]
	const begun = performance.now()
	if (values['seed'] !== undefined) say(`seed ${values['seed']}`)
	try {
		const atEnd = (work: () => Promise<unknown> | unknown) => void endings.push(work)
		const outcome = await Promise.race([
			suite.run({ values, parts, folder, say, signal, atEnd }),
			interrupted,
		])
		if (outcome === 'interrupted') return exitStatus.interrupted
		if (outcome.result !== undefined) {
			const seeded = values['seed'] === undefined ? {} : { seed: values['seed'] }
			const seconds = Math.round((performance.now() - begun) / 1000)
			process.stdout.write(`${JSON.stringify({ ...seeded, ...outcome.result, seconds })}\n`)
		}
		return outcome.right ? exitStatus.right : exitStatus.wrong
	} finally {
		for (const work of endings.toReversed()) await work()
	}
}

function wordsOf<O extends Options>({ options, parts }: Suite<O>) {
	const types = Object.entries(options).map(([name, { type }]) => [name, { type }])
	const known = { ...Object.fromEntries(types), directory: { type: 'string' } }
	try {
		const { values, positionals } = parseArgs({ options: known, allowPositionals: parts !== undefined })
		const stranger = positionals.find((name) => !parts?.includes(name))
		if (stranger !== undefined) throw new Error(`no part ${stranger}; there are ${parts?.join(', ')}`)
		const given: Readonly<Record<string, unknown>> = values
		const read = Object.entries(options).map(([name, option]) => [name, option.read(name, given[name])])
		return {
			directory: String(given['directory'] ?? tmpdir()),
			values: Object.fromEntries(read) as Values<O>,
			parts: positionals.length > 0 ? positionals : (parts ?? []),
		}
	} catch (error) {
		throw new UsedWrongly((error as Error).message)
	}
}

/** Set for the run in mounts of its own: the name of the mounts that it came from. */
const cameFrom = 'TESTIGO_CAME_FROM_MOUNTS'

/**
 * Runs this program again where no other process has a copy of what it mounts: whoever makes such a copy keeps
 * the file system alive after it was unmounted here, and would write to the disk later. Gives the exit status of
 * that other run; null in that run itself, which has its work to do.
 */
async function runInOwnMounts(): Promise<number | null> {
	const mounts = await readlink('/proc/self/ns/mnt')
	if ((process.env[cameFrom] ?? mounts) !== mounts) return null
	const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
	const child = spawn('unshare', ['--mount', '--propagation', 'slave', ...again], {
		stdio: 'inherit',
		env: { ...process.env, [cameFrom]: mounts },
	})
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
	return await new Promise((resolve, reject) => {
		const why = (error: Error) => new EnvironmentFailed(`no mounts of its own: ${error.message} (util-linux)`)
		child.once('error', (error) => reject(why(error)))
		child.once('exit', (code) => resolve(code ?? exitStatus.wrong))
	})
}
