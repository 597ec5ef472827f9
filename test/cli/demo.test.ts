import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inDirectory } from '../support/in-directory.ts'
import { testigo } from '../support/processes.ts'
import { unsealingAt } from '../support/unsealing.ts'

test('the demonstration takes actas the whole way and leaves what verify accepts', { timeout: 120_000 }, () =>
	inDirectory(async (directory) => {
		const key = join(directory, 'custodian.key')
		const custodian = (await testigo('custodian', 'new', '--out', key)).out.trim()
		const words = ['--actas', '4', '--exit', '--dir', directory, '--custodian', custodian]
		const demo = await testigo('demo', ...words)
		expect(demo.err).toMatch(/^The public log, a rehearsal, lies in .*\nCheck it, .* --rehearsal\n$/)
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

		const pictures = join(directory, 'pictures')
		const unsealed = await testigo(
			'unseal',
			join(directory, 'central'),
			'--identity',
			key,
			'--out',
			pictures,
			...unsealingAt(directory),
		)
		expect(unsealed).toMatchObject({ status: 0, out: expect.stringContaining('4 images opened') })
		const read = await testigo('read', ...(await readdir(pictures)).map((name) => join(pictures, name)))
		expect(read.status).toBe(0)

		const tally = await testigo('tally', join(directory, 'central'), '--json')
		expect(JSON.parse(tally.out)).toMatchObject({ tables: 4, conflicts: [], unread: [], leftOut: 0 })
		expect(tally.status).toBe(0)
	}),
)

test('without a custodian the demonstration says so in one line', { timeout: 120_000 }, () =>
	inDirectory(async (directory) => {
		const { status, err } = await testigo('demo', '--actas', '1', '--exit', '--dir', directory)
		expect(err).toMatch(/^Nobody is named to seal images to .*\nThe public log, .*\nCheck it, .*\n$/)
		expect(status).toBe(0)
	}),
)

test.each([
	[['--actas', '0'], /whole number from 1/],
	[['--actas', '999'], /figures for 307 only/],
	[['--severity', '9'], /one of 0, 1, 2, 3, 4, 5/],
	[['--custodian', 'age1x'], /--custodian: .*age1/],
	[['--results', '/nowhere.csv'], /can't read the results/],
])('%j is refused in one line', async (words, why) => {
	const refused = await testigo('demo', '--exit', ...words)
	expect(refused.status).toBe(2)
	expect(refused.err).toMatch(why)
	expect(refused.err.trimEnd().split('\n')).toHaveLength(1)
})
