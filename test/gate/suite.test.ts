/** A test process that dies by itself: one second try in CI, and nobody can overlook it. */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inDirectory } from '../support/in-directory.ts'
import { filesToTryAgain } from '../unstable.ts'

const root = join(import.meta.dirname, '../..')
const config = join(import.meta.dirname, 'dying/vitest.config.ts')

async function suite(deaths: readonly string[], env: Readonly<Record<string, string>> = { CI: 'true' }) {
	return await inDirectory(async (directory) => {
		const list = join(directory, 'deaths')
		await writeFile(list, deaths.join('\n'))
		const own = Object.entries(process.env).filter(([name]) => !/^(VITEST|CI$|TESTIGO_SUITE)/.test(name))
		const tsx = join(root, 'node_modules/.bin/tsx')
		const { status, stderr } = spawnSync(tsx, [join(root, 'test/suite.ts'), '--config', config], {
			cwd: directory,
			env: { ...Object.fromEntries(own), ...env, DEATHS: list },
			encoding: 'utf8',
		})
		return { status, lines: stderr.trimEnd().split('\n') }
	})
}

test('nothing is said when nothing dies', async () => {
	const { status, lines } = await suite([])
	expect(status).toBe(0)
	expect(lines.join('\n')).not.toContain('died')
})

test.each(['status 7', 'SIGSEGV'])(
	'the second try passes: file, test, %s and report are printed',
	async (end) => {
		const { status, lines } = await suite([end])
		expect(status).toBe(0)
		expect(lines).toContain('dying.fixture.ts died at dies by itself')
		expect(lines.join('\n')).toMatch(new RegExp(`process \\d+ ended by ${end}`))
		expect(lines.join('\n')).toMatch(/report of process \d+: JavaScript API/)
		expect(lines.slice(-2)).toEqual([
			'test processes that died by themselves: 1, unstable tests tried again: 0',
			'the second try passed',
		])
	},
)

test('a second death fails', async () => {
	const { status, lines } = await suite(['SIGKILL', 'SIGKILL'])
	expect(status).toBe(1)
	expect(lines.slice(-2)).toEqual([
		'test processes that died by themselves: 2, unstable tests tried again: 0',
		'the second try failed',
	])
})

test.each([
	['outside of CI', { CI: '' }],
	['when a test failed as well', { CI: 'true', ALSO_WRONG: 'yes' }],
])('there is no second try %s', async (_, env) => {
	const { status, lines } = await suite(['SIGKILL'], env)
	expect(status).toBe(1)
	expect(lines.at(-1)).toBe('test processes that died by themselves: 1, unstable tests tried again: 0')
})

test('a failed test is tried again only where it is known to be unstable, and nothing else failed', () => {
	const reason = 'the broker is slow'
	const known = [{ file: 'a.test.ts', test: 'waits', since: '2026-11-30', reason }]
	const waits = { file: 'a.test.ts', test: 'waits' }
	const nothing = { died: [], ends: [], failed: [], otherwiseWrong: false }
	expect(filesToTryAgain({ ...nothing, failed: [waits] }, known)).toEqual(['a.test.ts'])
	expect(filesToTryAgain({ ...nothing, failed: [waits] }, [])).toEqual([])
	const other = { file: 'a.test.ts', test: 'counts' }
	expect(filesToTryAgain({ ...nothing, failed: [waits, other] }, known)).toEqual([])
	expect(filesToTryAgain({ ...nothing, failed: [waits], otherwiseWrong: true }, known)).toEqual([])
})
