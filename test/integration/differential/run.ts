/**
 * `npm run test:differential -- --objects 50000 --directories 5000 --archives 5000 --fifties 5000 --tallies 5000 --seed S`:
 * the three verifiers, which share no code, asked of the same mutated objects, journals, ledgers, files of keys, archives of
 * the vectors and archives of fifty entries, and for the figures of the same invented ledgers, each with its lines in two
 * orders. The last line is the result as JSON; exit status 1 when two of them gave another verdict, code or report.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Random } from '#src/simulator/random.js'
import { withoutChromium } from '../../support/chromium.ts'
import { withoutPython } from '../../support/python.ts'
import { EnvironmentFailed, runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { type Archive, writeArchive } from '../../vectors/archives/archive-in-memory.ts'
import { layOut } from '../../vectors/reference.ts'
import { archiveOfFifty, mutatedArchive, vectorArchives } from './mutate-archive.ts'
import { mutatedDirectory } from './mutate-directory.ts'
import { mutatedObject } from './mutate-object.ts'
import { withOddFile } from './odd-files.ts'
import { randomLedger } from './random-ledger.ts'
import { type LaidOut, ofTestigo, PageVerifier, PythonVerifier, type Verifier } from './verifiers.ts'

const objectsAtOnce = 500
const directoriesAtOnce = 50
/** One directory in so many is asked again with something else in the place of a file. */
const oddEvery = 5
const mostShown = 20
/** A run of thousands takes long: how far it is. */
const sayEvery = 500

interface Comparison {
	readonly verifiers: readonly Verifier[]
	readonly say: (line: string) => void
}

/** Different verdicts, and how often each code (or whole, or wrong by its first fault) was given. */
interface Compared {
	disagreements: number
	readonly codes: Record<string, number>
}

function compare<T>(
	{ verifiers, say }: Comparison,
	compared: Compared,
	asked: readonly T[],
	verdicts: readonly unknown[][],
	nameOf: (verdict: unknown) => string,
): void {
	for (const [index, one] of asked.entries()) {
		const given = verdicts.map((ofOne) => ofOne[index])
		const name = nameOf(given[0])
		compared.codes[name] = (compared.codes[name] ?? 0) + 1
		if (given.every((verdict) => isDeepStrictEqual(verdict, given[0]))) continue
		compared.disagreements++
		if (compared.disagreements > mostShown) continue
		for (const [at, { name: verifier }] of verifiers.entries())
			say(`${verifier}: ${JSON.stringify(given[at])}`)
		say(`of ${JSON.stringify(one)}`)
	}
}

function codeOfReport(report: unknown): string {
	const { whole, fault, faults } = (report ?? {}) as {
		whole?: boolean
		fault?: { code: string }
		faults?: readonly { code: string }[]
	}
	return whole ? 'whole' : (fault?.code ?? faults?.[0]?.code ?? String(report))
}

async function compareObjects(count: number, seed: string, comparison: Comparison): Promise<Compared> {
	const compared: Compared = { disagreements: 0, codes: {} }
	for (let from = 0; from < count; from += objectsAtOnce) {
		const asked = Array.from({ length: Math.min(objectsAtOnce, count - from) }, (_, index) =>
			mutatedObject(from + index, new Random(`${seed}/object/${from + index}`)),
		)
		const verdicts = await Promise.all(comparison.verifiers.map((one) => one.codesOf(asked)))
		compare(comparison, compared, asked, verdicts, (code) => String(code))
	}
	return compared
}

async function compareDirectories(
	count: number,
	{ seed, folder }: { readonly seed: string; readonly folder: string },
	comparison: Comparison,
): Promise<Compared> {
	const compared: Compared = { disagreements: 0, codes: {} }
	for (let from = 0; from < count; from += directoriesAtOnce) {
		const asked: LaidOut[] = []
		for (let number = from; number < Math.min(count, from + directoriesAtOnce); number++) {
			const files = mutatedDirectory(number, new Random(`${seed}/directory/${number}`))
			const directory = join(folder, String(number))
			await layOut({ 'nothing.txt': '', ...files }, directory)
			asked.push({ files, directory })
		}
		const verdicts = await Promise.all(comparison.verifiers.map((one) => one.reportsOf(asked)))
		compare(
			comparison,
			compared,
			asked.map(({ files }) => files),
			verdicts,
			codeOfReport,
		)
		const odd = asked.filter((_, index) => index % oddEvery === 0)
		const said: (string | null)[] = []
		for (const [index, one] of odd.entries())
			said.push(await withOddFile(one, new Random(`${seed}/odd/${from}/${index}`)))
		const opening = comparison.verifiers.filter(({ opensFiles }) => opensFiles)
		compare(
			{ ...comparison, verifiers: opening },
			compared,
			odd.map(({ files }, index) => ({ odd: said[index], files })),
			await Promise.all(opening.map((one) => one.reportsOf(odd))),
			codeOfReport,
		)
		for (const { directory } of asked) await rm(directory, { recursive: true })
	}
	return compared
}

/** The n-th: first the whole ones of the vectors, then what is made of them. */
async function compareArchives(
	count: number,
	run: { readonly seed: string; readonly folder: string },
	comparison: Comparison,
): Promise<Compared> {
	const compared: Compared = { disagreements: 0, codes: {} }
	const whole = await vectorArchives()
	for (let from = 0; from < count; from += directoriesAtOnce) {
		const archives: Archive[] = []
		for (let number = from; number < Math.min(count, from + directoriesAtOnce); number++) {
			const random = new Random(`${run.seed}/archive/${number}`)
			archives.push(whole[number] ?? (await mutatedArchive(random, random.pick(atLeastOne(whole)), whole)))
		}
		await compareLaidOut(archives, `${run.seed}/archives/${from}`, run.folder, comparison, compared)
	}
	return compared
}

/** Of fifty entries, others in each round. */
async function compareFifties(
	count: number,
	run: { readonly seed: string; readonly folder: string },
	comparison: Comparison,
): Promise<Compared> {
	const compared: Compared = { disagreements: 0, codes: {} }
	const ofVectors = atLeastOne(await vectorArchives())
	for (let from = 0; from < count; from += directoriesAtOnce) {
		const fifty = await archiveOfFifty(new Random(`${run.seed}/fifty/${from}`), ofVectors[0])
		const archives: Archive[] = []
		for (let number = from; number < Math.min(count, from + directoriesAtOnce); number++) {
			const random = new Random(`${run.seed}/fifty/of/${number}`)
			archives.push(await mutatedArchive(random, fifty, [fifty, ...ofVectors]))
		}
		await compareLaidOut(archives, `${run.seed}/fifties/${from}`, run.folder, comparison, compared)
		const done = from + archives.length
		if (done % sayEvery === 0) comparison.say(`${done} archives of fifty entries`)
	}
	return compared
}

async function compareLaidOut(
	archives: readonly Archive[],
	seed: string,
	folder: string,
	comparison: Comparison,
	compared: Compared,
): Promise<void> {
	const random = new Random(seed)
	const asked: LaidOut[] = []
	for (const [index, archive] of archives.entries()) {
		const directory = join(folder, String(index))
		await writeArchive(archive, directory)
		const files = [...archive].map(([path, content]) => [path, content.toString('latin1')])
		asked.push({ files: Object.fromEntries(files), directory, isRehearsal: random.chance(0.5) })
	}
	const verdicts = await Promise.all(comparison.verifiers.map((one) => one.reportsOf(asked)))
	compare(comparison, compared, asked, verdicts, codeOfReport)
	for (const { directory } of asked) await rm(directory, { recursive: true })
}

function atLeastOne(archives: readonly Archive[]): readonly [Archive, ...Archive[]] {
	const [first, ...rest] = archives
	if (first === undefined) throw new Error('the vectors have no archive')
	return [first, ...rest]
}

/** What there is of in these figures, so that the last lines say what was reached. */
function reachedBy(figures: unknown): string {
	const {
		tables = {},
		unlisted = {},
		contradicting = [],
		rulings,
		confirmed,
	} = (figures ?? {}) as {
		tables?: Record<string, { readonly tables: number }>
		unlisted?: Record<string, number>
		contradicting?: readonly object[]
		rulings?: { readonly inForce: number }
		confirmed?: { readonly tables: number }
	}
	const inRegister = Object.entries(tables).filter(([, one]) => one.tables > 0)
	const apart = Object.entries(unlisted).filter(([, count]) => count > 0)
	const more = [
		...(contradicting.length > 0 ? ['contradicting'] : []),
		...(rulings?.inForce ? ['ruled'] : []),
		...(confirmed?.tables ? ['confirmed'] : []),
	]
	const states = [...new Set([...inRegister, ...apart].map(([state]) => state))].sort()
	return [...states, ...more].join('+') || String(figures)
}

async function compareTallies(
	count: number,
	{ seed, folder }: { readonly seed: string; readonly folder: string },
	comparison: Comparison,
): Promise<Compared> {
	const compared: Compared = { disagreements: 0, codes: {} }
	for (let from = 0; from < count; from += directoriesAtOnce) {
		const [asked, again]: LaidOut[][] = [[], []]
		for (let number = from; number < Math.min(count, from + directoriesAtOnce); number++) {
			const { files, shuffled } = randomLedger(new Random(`${seed}/tally/${number}`))
			for (const [all, one] of [
				[asked, files],
				[again, shuffled],
			] as const) {
				const directory = join(folder, `${number}-${all === asked ? 'a' : 'b'}`)
				await layOut(one, directory)
				all?.push({ files: one, directory })
			}
		}
		const both = [...(asked ?? []), ...(again ?? [])]
		const figures = await Promise.all(comparison.verifiers.slice(1).map((one) => one.figuresOf(both)))
		// In the other order the same: the figures of each verifier twice.
		const half = both.length / 2
		const verifiers = [
			...comparison.verifiers,
			...comparison.verifiers.map((one) => ({ ...one, name: `${one.name}, shuffled` })),
		]
		const halves = [...figures.map((all) => all.slice(0, half)), ...figures.map((all) => all.slice(half))]
		compare(
			{ ...comparison, verifiers },
			compared,
			(asked ?? []).map(({ files }) => files),
			halves,
			reachedBy,
		)
		for (const { directory } of both) await rm(directory, { recursive: true })
	}
	return compared
}

await runSuite({
	name: 'differential',
	options: {
		objects: wholeNumber(50_000),
		directories: wholeNumber(5_000),
		archives: wholeNumber(5_000),
		fifties: wholeNumber(5_000),
		tallies: wholeNumber(5_000),
		seed: seed(),
	},
	async run({ values: { objects, directories, archives, fifties, tallies, seed }, folder, say }) {
		const missing = withoutPython ?? withoutChromium
		if (missing !== null) throw new EnvironmentFailed(missing)
		const verifiers = [ofTestigo, new PythonVerifier(), await PageVerifier.open()]
		try {
			const comparison = { verifiers, say }
			const ofObjects = await compareObjects(objects, seed, comparison)
			say(`objects: ${JSON.stringify(ofObjects)}`)
			const ofDirectories = await compareDirectories(directories, { seed, folder }, comparison)
			say(`directories: ${JSON.stringify(ofDirectories)}`)
			const ofArchives = await compareArchives(archives, { seed, folder }, comparison)
			say(`archives: ${JSON.stringify(ofArchives)}`)
			const ofFifties = await compareFifties(fifties, { seed, folder }, comparison)
			say(`fifties: ${JSON.stringify(ofFifties)}`)
			const ofTallies = await compareTallies(tallies, { seed, folder }, comparison)
			say(`tallies: ${JSON.stringify(ofTallies)}`)
			const all = [ofObjects, ofDirectories, ofArchives, ofFifties, ofTallies]
			const disagreements = all.reduce((sum, one) => sum + one.disagreements, 0)
			return {
				result: {
					objects,
					directories,
					archives,
					fifties,
					tallies,
					disagreements,
					codes: Object.keys(Object.assign({}, ...all.slice(0, -1).map(({ codes }) => codes))).length,
				},
				right: disagreements === 0,
			}
		} finally {
			for (const one of verifiers) await one.close()
		}
	},
})
