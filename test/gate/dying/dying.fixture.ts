/** Run by suite.test.ts: its process dies as often as the file named in `DEATHS` has lines. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'

test('dies by itself', () => {
	const list = process.env['DEATHS'] ?? ''
	const [next, ...later] = readFileSync(list, 'utf8').split('\n').filter(Boolean)
	writeFileSync(list, later.join('\n'))
	if (next === undefined) return
	process.report.writeReport(join(process.env['NODE_REPORT_DIRECTORY'] ?? '', 'report.1.json'))
	// Vitest forbids process.exit; a library does not ask.
	if (next === 'status 7') Reflect.get(process, 'reallyExit')(7)
	process.kill(process.pid, next)
})
