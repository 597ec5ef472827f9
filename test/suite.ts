/**
 * `vitest run` with the words given. In CI a file whose process ended under it, when nothing else was wrong, gets
 * a second try, as a failing test does (vitest.config.ts): the first run's output names it.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))

function run(words: readonly string[], list: string): number {
	const env = { ...process.env, TESTIGO_UNFINISHED: list }
	const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', config, ...words], {
		stdio: 'inherit',
		env,
	})
	return status ?? 1
}

function unfinished(list: string): string[] {
	try {
		return readFileSync(list, 'utf8').split('\n').filter(Boolean)
	} catch {
		return []
	}
}

const directory = mkdtempSync(join(tmpdir(), 'testigo-suite-'))
try {
	const list = join(directory, 'unfinished')
	const status = run(process.argv.slice(2), list)
	const again = status === 0 || process.env['CI'] !== 'true' ? [] : unfinished(list)
	if (again.length > 0) process.stderr.write('\nA second try for them\n')
	process.exitCode = again.length === 0 ? status : run(again, `${list}-again`)
} finally {
	rmSync(directory, { recursive: true, force: true })
}
