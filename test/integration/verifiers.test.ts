/** One verdict and one code of every vector from three programs that share no code: testigo, verify.py, verify.html. */
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutChromium } from '../support/chromium.ts'
import { inDirectory } from '../support/in-directory.ts'
import { withoutPython } from '../support/python.ts'
import { filesOfRow, readVectors, type VectorsFile } from '../vectors/archives/archives.ts'
import { layOut, referenceCode, referenceReport } from '../vectors/reference.ts'
import { vectors } from '../vectors/vectors.ts'
import {
	type Files,
	type LaidOut,
	type OtherVerifier,
	PageVerifier,
	PythonVerifier,
} from './differential/verifiers.ts'

const { objects, collections, tallies, keys } = vectors

/** Each in a folder of its number, for those that open files. */
async function laidOut(all: readonly { readonly files: Files }[], folder: string): Promise<LaidOut[]> {
	const asked = all.map((one, number) => ({ ...one, directory: join(folder, String(number)) }))
	for (const { files, directory } of asked) await layOut(files, directory)
	return asked
}

/** Those of which another verifier says another thing. */
function differing(
	all: readonly { readonly name: string }[],
	expected: readonly unknown[],
	given: readonly unknown[],
) {
	expect(given.length).toBe(all.length)
	return all.flatMap(({ name }, number) => {
		const [testigo, other] = [expected[number], given[number]]
		return isDeepStrictEqual(testigo, other) ? [] : [{ name, testigo, other }]
	})
}

/** The rows of which it gives another report than stands there. One is asked after another: together they are long. */
async function differingRows(file: VectorsFile, ask: (asked: LaidOut) => Promise<unknown[]>) {
	return inDirectory(async (folder) => {
		const { rows } = file
		const reports: unknown[] = []
		for (const one of await laidOut(
			rows.map((row) => ({ files: filesOfRow(file, row), isRehearsal: row.asked.rehearsal })),
			folder,
		))
			reports.push(...(await ask(one)))
		return differing(
			rows,
			rows.map(({ report }) => report),
			reports,
		)
	})
}

const slow = { timeout: 300_000 }

describe.each([
	['verify.py', withoutPython, async () => new PythonVerifier()],
	['verify.html', withoutChromium, () => PageVerifier.open()],
] as const)('%s', (name, missing, open) => {
	describe.skipIf(missing)(`of all vectors${missing === null ? '' : ` (${missing})`}`, () => {
		let verifier: OtherVerifier

		beforeAll(async () => {
			verifier = await open()
		}, 120_000)
		afterAll(() => verifier.close())

		test('objects: same code as testigo', slow, async () => {
			const codes = objects.map((vector) => referenceCode(vector, keys))
			expect(differing(objects, codes, await verifier.codesOf(objects))).toEqual([])
			const refused = codes.filter((code) => code !== null).length
			console.log(`${name}: ${objects.length} objects (${refused} refused), all as testigo says`)
		})

		test('journals, ledgers and chains: same verdict, code and report as testigo', slow, () =>
			inDirectory(async (folder) => {
				const asked = await laidOut(collections, folder)
				const reports: unknown[] = []
				for (const [number, { kind }] of collections.entries())
					reports.push(await referenceReport(kind, join(folder, String(number))))
				expect(differing(collections, reports, await verifier.reportsOf(asked))).toEqual([])
				console.log(`${name}: ${collections.length} journals, ledgers and chains, all as testigo says`)
			}),
		)

		test('tallies: the figures that stand there', slow, () =>
			inDirectory(async (folder) => {
				const figures = await verifier.figuresOf(await laidOut(tallies, folder))
				expect(
					differing(
						tallies,
						tallies.map((tally) => tally.figures),
						figures,
					),
				).toEqual([])
			}),
		)

		test('archives: the report that stands there, which is that of testigo', slow, async () => {
			const file = await readVectors('archives')
			expect(await differingRows(file, (one) => verifier.reportsOf([one]))).toEqual([])
			console.log(`${name}: ${file.rows.length} archives, all as testigo says`)
		})

		test('proofs of actas: the report that stands there, which is that of testigo', slow, async () => {
			const file = await readVectors('proofs')
			expect(await differingRows(file, (one) => verifier.proofReportsOf([one]))).toEqual([])
			console.log(`${name}: ${file.rows.length} proofs, all as testigo says`)
		})

		// Of a page it is seen what it asks for.
		test.runIf(name === 'verify.html')('nothing of it was asked of a network', () => {
			const asked = (verifier as PageVerifier).requested
			expect(asked.filter((address) => !address.startsWith('about:'))).toEqual([
				new URL('../../provisioning/verify/verify.html', import.meta.url).href,
			])
		})
	})
})
