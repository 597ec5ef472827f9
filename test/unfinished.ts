/**
 * Names what a run left open: where a test's process ended under it, Vitest says that one did, and not in which
 * file. When nothing else was wrong, the file that `TESTIGO_UNFINISHED` names gets the paths, a line each.
 */
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

export default class Unfinished implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
		const open = modules.filter((module) => ['queued', 'pending'].includes(module.state()))
		for (const module of open) {
			const tests = [...module.children.allTests('pending')].map(({ fullName }) => fullName)
			const what = tests.length === 0 ? 'before its first test' : `at one of: ${tests.join('; ')}`
			process.stderr.write(`${module.relativeModuleId}: its process ended ${what}\n`)
		}
		const list = process.env['TESTIGO_UNFINISHED']
		const alone = modules.every((module) => module.state() !== 'failed') && errors.length === open.length
		if (list !== undefined && alone) writeFileSync(list, open.map(({ moduleId }) => `${moduleId}\n`).join(''))
	}
}
