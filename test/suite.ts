/**
 * `vitest run` with the words given. In CI two things get a second try, loudly: a file whose process died by
 * itself, and a test that unstable.ts names. A second death or failure counts.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SuiteReport } from './suite-reporter.ts'
import { filesToTryAgain } from './unstable.ts'

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const ownConfig = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
const nothing: SuiteReport = { died: [], ends: [], failed: [], otherwiseWrong: true }

interface Run extends SuiteReport {
	readonly status: number
	/** Node's diagnostic reports and, where the system writes them beside a process, its core. */
	readonly traces: readonly string[]
}

function run(words: readonly string[], directory: string): Run {
	mkdirSync(directory)
	const path = join(directory, 'report.json')
	const config = words.includes('--config') ? [] : ['--config', ownConfig]
	const command = [process.execPath, vitest, 'run', ...config, ...words]
	const before = new Set(cores())
	const { status } = spawnSync('sh', ['-c', 'ulimit -c unlimited 2>/dev/null; exec "$@"', 'sh', ...command], {
		stdio: 'inherit',
		env: { ...process.env, TESTIGO_SUITE_REPORT: path, NODE_REPORT_DIRECTORY: directory },
	})
	const read: SuiteReport = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : nothing
	const reports = readdirSync(directory).filter((name) => name !== 'report.json')
	const stacks = reports.map((name) => stackOf(readFileSync(join(directory, name), 'utf8')))
	const left = cores().filter((name) => !before.has(name))
	return { ...read, status: status ?? 1, traces: [...stacks, ...left.map(backtrace)] }
}

/** The head of a diagnostic report: why it was written, and where the process was. */
function stackOf(text: string): string {
	const { header, javascriptStack, nativeStack } = JSON.parse(text)
	const native = (nativeStack ?? []).map(({ symbol }: { symbol: string }) => symbol)
	const lines = [javascriptStack?.message, ...(javascriptStack?.stack ?? []), ...native]
	return [`report of process ${header.processId}: ${header.event}`, ...lines.slice(0, 30)].join('\n    ')
}

function cores(): string[] {
	return readdirSync('.').filter((name) => /^core(\.\d+)?$/.test(name))
}

function backtrace(core: string): string {
	const { stdout } = spawnSync('gdb', ['-batch', '-ex', 'bt 30', process.execPath, core], {
		encoding: 'utf8',
	})
	const frames = (stdout ?? '').split('\n').filter((line) => line.startsWith('#'))
	rmSync(core)
	return [`core dumped${frames.length === 0 ? ' (gdb would read it)' : ''}`, ...frames].join('\n    ')
}

function report(first: Run, second: Run | undefined): void {
	const lines: string[] = []
	for (const { died, ends, traces } of second === undefined ? [first] : [first, second])
		if (died.length > 0 || ends.length > 0) {
			for (const { file, tests } of died)
				lines.push(`${file} died ${tests.length === 0 ? 'outside of its tests' : `at ${tests.join(' or ')}`}`)
			lines.push(...ends, ...traces)
		}
	const deaths = first.died.length + (second?.died.length ?? 0)
	const unstable = second === undefined ? 0 : first.failed.length
	if (lines.length > 0 || second !== undefined) {
		lines.push(`test processes that died by themselves: ${deaths}, unstable tests tried again: ${unstable}`)
		if (second !== undefined) lines.push(`the second try ${second.status === 0 ? 'passed' : 'failed'}`)
	}
	for (const line of lines) process.stderr.write(`${line}\n`)
}

const directory = mkdtempSync(join(tmpdir(), 'testigo-suite-'))
try {
	const words = process.argv.slice(2)
	const first = run(words, join(directory, 'first'))
	const files = first.status === 0 || process.env['CI'] !== 'true' ? [] : filesToTryAgain(first)
	const at = words.indexOf('--config')
	const config = at === -1 ? [] : words.slice(at, at + 2)
	const second = files.length === 0 ? undefined : run([...config, ...files], join(directory, 'second'))
	report(first, second)
	process.exitCode = second?.status ?? first.status
} finally {
	rmSync(directory, { recursive: true, force: true })
}
