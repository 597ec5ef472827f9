/**
 * What suite.ts has to know of a run. Where a test's process died, Vitest says that one did, not in which file and
 * not of what: the file is one that was left open, and the end of each process is seen where Node starts them.
 */
import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

export interface SuiteReport {
	/** Files that their process left unfinished, and the tests it was at. */
	readonly died: readonly { readonly file: string; readonly tests: readonly string[] }[]
	/** How processes ended that Vitest had not told to. */
	readonly ends: readonly string[]
	readonly failed: readonly { readonly file: string; readonly test: string }[]
	/** Something else is wrong: a file that does not load, an error outside of tests. */
	readonly otherwiseWrong: boolean
}

export default class SuiteReporter implements Reporter {
	readonly #ends: string[] = []

	onInit(): void {
		subscribe('child_process', (message) => {
			const { process: child } = message as { process: ChildProcess }
			child.once('exit', (status, signal) => {
				if (child.killed || status === 0 || !child.spawnargs.some((word) => word.includes('vitest'))) return
				this.#ends.push(`process ${child.pid} ended by ${signal ?? `status ${status}`}`)
			})
		})
	}

	onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
		const to = process.env['TESTIGO_SUITE_REPORT']
		if (to === undefined) return
		const open = modules.filter((module) => ['queued', 'pending'].includes(module.state()))
		const died = open.map((module) => {
			const tests = [...module.children.allTests('pending')].map(({ fullName }) => fullName)
			return { file: module.relativeModuleId, tests }
		})
		const failed = modules.flatMap((module) =>
			[...module.children.allTests('failed')].map(({ fullName }) => ({
				file: module.relativeModuleId,
				test: fullName,
			})),
		)
		const isExplained = (module: TestModule) => failed.some(({ file }) => file === module.relativeModuleId)
		const unexplained = modules.filter((module) => module.state() === 'failed' && !isExplained(module))
		const otherwiseWrong = unexplained.length > 0 || errors.length > open.length
		const report: SuiteReport = { died, ends: this.#ends, failed, otherwiseWrong }
		writeFileSync(to, JSON.stringify(report))
	}
}
