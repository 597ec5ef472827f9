import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Tests import `#src/…`, which package.json maps to the compiled files: what is tested is what ships, and
// worker threads and child processes start from the same files as in the field. `npm test` builds first.
export default defineConfig({
	test: {
		root: fileURLToPath(new URL('..', import.meta.url)),
		include: ['test/**/*.test.ts'],
		server: { deps: { external: [/\/dist\//] } },
		testTimeout: 300_000,
		hookTimeout: 120_000,
		passWithNoTests: false,
		// Most wait for processes, disks and brokers: a worker for each core, and not one less.
		maxWorkers: '100%',
		// Real processes on machines of unknown speed: in CI a test gets a second try, and the output says so
		// ("retry x1"). Tests that draw at random in search of a broken promise set `retry: 0`: one find counts.
		reporters: ['default', fileURLToPath(new URL('unfinished.ts', import.meta.url))],
		retry: process.env['CI'] === 'true' ? 1 : 0,
	},
})
