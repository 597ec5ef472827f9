/**
 * `npm run test:differential -- --objects 50000 --directories 5000 --seed S`: the three verifiers, which share no
 * code, asked of the same mutated objects, journals, ledgers and files of keys. The last line is the result as JSON;
 * exit status 1 when two of them gave another verdict, code or report.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Random } from '#src/simulator/random.js'
import { withoutChromium } from '../../support/chromium.ts'
import { withoutPython } from '../../support/python.ts'
import { EnvironmentFailed, runSuite, seed, wholeNumber } from '../../support/suite-script.ts'
import { layOut } from '../../vectors/reference.ts'
import { mutatedDirectory } from './mutate-directory.ts'
import { mutatedObject } from './mutate-object.ts'
import { withOddFile } from './odd-files.ts'
import { type LaidOut, ofTestigo, PageVerifier, PythonVerifier, type Verifier } from './verifiers.ts'

const objectsAtOnce = 500
const directoriesAtOnce = 50
/** One directory in so many is asked again with something else in the place of a file. */
const oddEvery = 5
const mostShown = 20

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

await runSuite({
	name: 'differential',
	options: { objects: wholeNumber(50_000), directories: wholeNumber(5_000), seed: seed() },
	async run({ values: { objects, directories, seed }, folder, say }) {
		const missing = withoutPython ?? withoutChromium
		if (missing !== null) throw new EnvironmentFailed(missing)
		const verifiers = [ofTestigo, new PythonVerifier(), await PageVerifier.open()]
		try {
			const comparison = { verifiers, say }
			const ofObjects = await compareObjects(objects, seed, comparison)
			say(`objects: ${JSON.stringify(ofObjects)}`)
			const ofDirectories = await compareDirectories(directories, { seed, folder }, comparison)
			say(`directories: ${JSON.stringify(ofDirectories)}`)
			const disagreements = ofObjects.disagreements + ofDirectories.disagreements
			return {
				result: {
					objects,
					directories,
					disagreements,
					codes: Object.keys({ ...ofObjects.codes, ...ofDirectories.codes }).length,
				},
				right: disagreements === 0,
			}
		} finally {
			for (const one of verifiers) await one.close()
		}
	},
})
