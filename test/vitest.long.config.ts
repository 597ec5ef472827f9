import { defineConfig } from 'vitest/config'
import { common } from './vitest.config.ts'

/** What the suite does in short, in full: files of their own, and tests that try more often (support/short-or-long.ts). */
export default defineConfig({
	test: {
		...common,
		include: [
			'test/**/*.long.ts',
			'test/audit/journal-audit.test.ts',
			'test/audit/ledger-audit.test.ts',
			'test/capture/placement.test.ts',
			'test/integration/hostile/hostile.test.ts',
			'test/integration/killed-at-random.test.ts',
			'test/integration/panel-babbling.test.ts',
			'test/integration/panel-stalled.test.ts',
			'test/integration/partition/partition.test.ts',
			'test/integration/publish-killed.test.ts',
			'test/journal/torn-tail.test.ts',
			'test/mirroring/copied-while-published.test.ts',
			'test/publishing/line-matching.test.ts',
			'test/settings/power-cut.test.ts',
			'test/stick/evil.test.ts',
		],
		env: { TESTIGO_LONG: 'true' },
	},
})
