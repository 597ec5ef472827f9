/**
 * `npm run coverage`: suite.ts with the words given, and how much of src/ ran, by folder. Counted are tests, their
 * child processes and threads, by V8 itself; not what was killed, and branches only of functions that ran. All figures: coverage/coverage-summary.json.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const root = join(import.meta.dirname, '..')
const directory = join(root, 'coverage')
const raw = join(directory, 'raw')
const dist = `file://${join(root, 'dist')}/`

/** Leaves of each process's data what is ours, a tenth; one that is still being written waits. */
function slim(done: Set<string>): void {
	for (const name of readdirSync(raw)) {
		if (done.has(name)) continue
		try {
			const { result } = JSON.parse(readFileSync(join(raw, name), 'utf8'))
			const ours = result.filter(({ url }: { url: string }) => url.startsWith(dist))
			if (ours.length === 0) rmSync(join(raw, name))
			else writeFileSync(join(raw, name), JSON.stringify({ result: ours }))
			done.add(name)
		} catch {}
	}
}

interface Share {
	readonly total: number
	readonly covered: number
}

type Summary = Readonly<Record<string, Readonly<Record<'lines' | 'branches', Share>>>>

function table(summary: Summary): string {
	const folders = new Map<string, string[]>([['src', []]])
	for (const path of Object.keys(summary)) {
		if (path === 'total') continue
		const [folder = ''] = relative(join(root, 'src'), path).split(sep)
		// What is compiled for browsers has no map back to src/, and does not run here.
		if (folder === '..') continue
		for (const name of ['src', folder]) folders.set(name, [...(folders.get(name) ?? []), path])
	}
	const share = (paths: readonly string[], kind: 'lines' | 'branches') => {
		const shares = paths.flatMap((path) => summary[path]?.[kind] ?? [])
		const sum = (of: keyof Share) => shares.reduce((all, one) => all + one[of], 0)
		return `${((100 * sum('covered')) / Math.max(1, sum('total'))).toFixed(1)} %`.padStart(10)
	}
	const lines = [...folders]
		.sort(([a], [b]) => a.localeCompare(b))
		.map(([name, paths]) => `${name.padEnd(12)}${share(paths, 'lines')}${share(paths, 'branches')}`)
	return [`${'folder'.padEnd(12)}${'lines'.padStart(10)}${'branches'.padStart(10)}`, ...lines].join('\n')
}

rmSync(directory, { recursive: true, force: true })
mkdirSync(raw, { recursive: true })
const suite = spawn('node_modules/.bin/tsx', ['test/suite.ts', ...process.argv.slice(2)], {
	cwd: root,
	stdio: 'inherit',
	env: { ...process.env, NODE_V8_COVERAGE: raw },
})
const done = new Set<string>()
const slimming = setInterval(() => slim(done), 2_000)
const [status] = await once(suite, 'exit')
clearInterval(slimming)
slim(done)
const words = ['report', '--temp-directory', raw, '--reports-dir', directory, '--reporter', 'json-summary']
const c8 = spawnSync(
	'node_modules/.bin/c8',
	[...words, '--merge-async', '--all', '--src', 'dist', '--include', 'dist/**'],
	{ cwd: root, stdio: 'inherit' },
)
rmSync(raw, { recursive: true, force: true })
if (c8.status === 0)
	console.log(table(JSON.parse(readFileSync(join(directory, 'coverage-summary.json'), 'utf8'))))
process.exitCode = status ?? 1
