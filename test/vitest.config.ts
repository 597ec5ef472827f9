import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { LongestFirst } from './longest-first.ts'
import { temporaryInMemory } from './temporary-in-memory.ts'

// Tests import `#src/…`, which package.json maps to the compiled files: what is tested is what ships, and
// worker threads and child processes start from the same files as in the field. `npm test` builds first.
export const common = {
	root: fileURLToPath(new URL('..', import.meta.url)),
	server: { deps: { external: [/\/dist\//] } },
	setupFiles: process.env['NODE_V8_COVERAGE']
		? [fileURLToPath(new URL('coverage-setup.ts', import.meta.url))]
		: [],
	testTimeout: 300_000,
	hookTimeout: 120_000,
	passWithNoTests: false,
	// One a core: with more of them deadlines of real processes and disks pass on a machine that does nothing else.
	maxWorkers: availableParallelism(),
	sequence: { sequencer: LongestFirst },
	// A process that dies says where it was (suite.ts prints it). Nothing is tried again here: see unstable.ts.
	execArgv: ['--report-on-fatalerror', '--report-uncaught-exception'],
	reporters: ['default', fileURLToPath(new URL('suite-reporter.ts', import.meta.url))],
} satisfies ViteUserConfig['test']

const ofProcesses = 'test/integration/**/*.test.ts'

export default defineConfig({
	test: {
		...common,
		projects: [
			{ extends: true, test: { name: 'processes', include: [ofProcesses] } },
			{
				extends: true,
				test: {
					name: 'parts',
					include: ['test/**/*.test.ts'],
					exclude: [ofProcesses],
					// One process reads what is compiled once, for file after file: a quarter of a second each, of over two hundred.
					isolate: false,
					env: temporaryInMemory(),
					// Beside those of all.
					setupFiles: [fileURLToPath(new URL('parts-setup.ts', import.meta.url))],
				},
			},
		],
	},
})
