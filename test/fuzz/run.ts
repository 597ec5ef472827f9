/**
 * Fuzzing guided by coverage: inputs that reach code which none before has reached are kept, and changed further.
 * See test/README.md. What it finds is written as base64url, which `corpus/<target>.txt` takes as a line.
 *
 * Jazzer.js, which does the same with libFuzzer, has programs that need glibc 2.38: Debian 12 has 2.36.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { Random } from '#src/simulator/random.js'
import { flag, runSuite, seed, wholeNumber } from '../support/suite-script.ts'
import { corpusOf, corpusPath } from './corpus.ts'
import { CoverageCounter, Covered } from './coverage.ts'
import { mutated } from './mutation.ts'
import type { Target } from './targets.ts'

/** To take the counts costs some milliseconds, however little has run: so for so many at once. */
const batch = 256

const longest = 4_096

interface Found {
	readonly input: string
	readonly fault: string
}

// What V8 has compiled before it counts, it counts only as a whole.
const coverage = new CoverageCounter()
coverage.start()
const { targets } = await import('./targets.ts')

await runSuite({
	name: 'fuzz',
	options: {
		/** For all targets together. */
		seconds: wholeNumber(60),
		seed: seed(),
		/** Writes what reached new code into the corpus. */
		keep: flag,
	},
	parts: Object.keys(targets),
	endsItself: true,
	async run({ values, parts, say, signal }) {
		const found: (Found & { readonly target: string })[] = []
		let [runs, kept] = [0, 0]
		for (const name of parts) {
			const target = targets[name]
			if (target === undefined || signal.aborted) continue
			const corpus = await corpusOf(name)
			const until = performance.now() + (values.seconds * 1_000) / parts.length
			const done = fuzz(target, corpus, coverage, {
				random: new Random(`${values.seed}/${name}`),
				goesOn: () => performance.now() < until && !signal.aborted,
			})
			runs += done.runs
			kept += done.fresh.length
			for (const one of done.found) {
				found.push({ target: name, ...one })
				say(`${name}: ${one.fault}\n${one.input}`)
			}
			say(
				`${name}: ${done.runs} inputs, ${done.characters} characters of code, ${done.fresh.length} reach new ones`,
			)
			if (values.keep && done.fresh.length > 0) {
				const before = await readFile(corpusPath(name), 'utf8').catch(() => '')
				await writeFile(corpusPath(name), `${before}${done.fresh.map((one) => `${one}\n`).join('')}`)
			}
		}
		coverage.stop()
		return { right: found.length === 0, result: { runs, targets: parts.length, fresh: kept, found } }
	},
})

function fuzz(
	target: Target,
	corpus: readonly Uint8Array[],
	coverage: CoverageCounter,
	{ random, goesOn }: { readonly random: Random; readonly goesOn: () => boolean },
) {
	const covered = new Covered()
	const pool: Uint8Array[] = []
	const fresh: string[] = []
	const found: Found[] = []
	let runs = 0
	const read = (input: Uint8Array) => {
		runs++
		try {
			target.read(Buffer.from(input))
		} catch (error) {
			const fault = error instanceof Error ? `${error.stack}` : String(error)
			const same = (one: Found) => one.fault === fault
			if (!found.some(same)) found.push({ input: Buffer.from(input).toString('base64url'), fault })
		}
	}
	/** Reads them, and keeps each that reaches what none before has reached: found by halves. */
	const keep = (inputs: readonly Uint8Array[], isFresh: boolean): void => {
		for (const input of inputs) read(input)
		const ran = coverage.take()
		const [input] = inputs
		if (input === undefined || !covered.lacks(ran)) return
		if (inputs.length > 1) {
			const half = inputs.length >> 1
			keep(inputs.slice(0, half), isFresh)
			keep(inputs.slice(half), isFresh)
			return
		}
		covered.add(ran)
		pool.push(input)
		if (isFresh) fresh.push(Buffer.from(input).toString('base64url'))
	}
	const seeds = target.seeds.map((one) => Buffer.from(one))
	coverage.take()
	for (const input of [...seeds, ...corpus]) keep([input], false)
	while (goesOn()) {
		const inputs = Array.from({ length: batch }, () => {
			const input = pool[random.whole(0, pool.length - 1)] ?? Buffer.alloc(0)
			return mutated(input, pool, target.words, { random, longest })
		})
		keep(inputs, true)
	}
	return { runs, characters: covered.size, fresh, found }
}
