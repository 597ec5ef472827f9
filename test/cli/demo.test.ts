import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inDirectory } from '../in-directory.ts'
import { testigo } from './testigo.ts'

test('the demonstration takes actas the whole way and leaves what verify accepts', { timeout: 120_000 }, () =>
	inDirectory(async (directory) => {
		const demo = await testigo('demo', '--actas', '4', '--exit', '--dir', directory)
		expect(demo.err).toBe('')
		expect(JSON.parse(demo.out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
			...{ scanned: 4, recorded: 4, received: 4, wrong: 0, conflicts: 0, entries: 5, complete: 5 },
			journal: join(directory, 'journal'),
		})
		expect(demo.status).toBe(0)

		const journal = await testigo('verify', join(directory, 'journal'), '--json')
		expect(JSON.parse(journal.out)).toMatchObject({ chainWhole: true, actas: 4, faultCount: 0 })
		expect(journal.status).toBe(0)
		const ledger = await testigo('verify', join(directory, 'central'))
		expect(ledger.out).toMatch(/custody/)
		expect(ledger.status).toBe(0)
	}),
)

test.each([
	[['--actas', '0'], /whole number from 1/],
	[['--actas', '999'], /figures for 307 only/],
	[['--severity', '9'], /one of 0, 1, 2, 3, 4, 5/],
	[['--results', '/nowhere.csv'], /can't read the results/],
])('%j is refused in one line', async (words, why) => {
	const refused = await testigo('demo', '--exit', ...words)
	expect(refused.status).toBe(2)
	expect(refused.err).toMatch(why)
	expect(refused.err.trimEnd().split('\n')).toHaveLength(1)
})
