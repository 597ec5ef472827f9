import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { inDirectory } from '../support/in-directory.ts'
import { layOut, referenceCode, referenceFigures, referenceReport } from './reference.ts'
import { vectors, vectorsText } from './vectors.ts'

test('vectors.json is what make.ts writes', async () => {
	const committed = await readFile(new URL('vectors.json', import.meta.url), 'utf8')
	expect(committed === vectorsText(vectors)).toBe(true)
	expect(committed.length).toBeLessThan(3_000_000)
})

test('names are told apart, and more than sixty vectors are bad', () => {
	const names = [...vectors.objects, ...vectors.collections, ...vectors.tallies].map(({ name }) => name)
	expect(new Set(names).size).toBe(names.length)
	expect(vectors.objects.filter(({ code }) => code !== null).length).toBeGreaterThan(60)
})

describe('testigo gives the verdict of each object', () => {
	test.each(vectors.objects)('$name', (vector) => {
		expect(referenceCode(vector, vectors.keys)).toBe(vector.code)
	})
})

describe('testigo finds the faults of each journal and ledger', () => {
	test.each(vectors.collections)('$name', ({ kind, files, refusal, faults }) =>
		inDirectory(async (directory) => {
			await layOut(files, directory)
			const report = await referenceReport(kind, directory)
			if (refusal !== null) {
				expect(report).toEqual({ kind, whole: false, fault: { code: refusal } })
				return
			}
			expect(report).toMatchObject({ kind, whole: faults.length === 0, faultCount: faults.length })
			expect(report).toHaveProperty('faults', faults.slice(0, 100))
		}),
	)
})

describe('testigo counts each ledger that has a register', () => {
	test.each(vectors.tallies)('$name', ({ files, figures }) =>
		inDirectory(async (directory) => {
			await layOut(files, directory)
			expect(await referenceFigures(directory)).toEqual(figures)
		}),
	)
})
