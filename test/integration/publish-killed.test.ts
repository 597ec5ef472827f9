/**
 * `testigo publish` is killed in each rename of a publication, or finds no room for one write: what lies there is whole or
 * says that it is not in step, the next run completes it, and everything that is derived is as if nothing had happened.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { actaText } from '../support/journal-maker.ts'
import { PublishedCentre } from '../support/published.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import { withoutStrace } from '../support/strace.ts'

const program = join(import.meta.dirname, '../../dist/cli/testigo.js')
const every = shortOrLong({ short: 6, long: 1 })
const titled = (title: string) => (withoutStrace === null ? title : `${title}: ${withoutStrace}`)

/** Kills in the nth call of the kind: one thread does them all, so that they can be counted. */
function publish(home: string, inject: readonly string[] = []) {
	const at = (name: string) => join(home, name)
	const words = ['publish', '--directory', at('centre'), '--out', at('archive'), '--trial']
	const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
	const traced = ['-f', '-o', at('calls'), '-e', 'trace=rename,pwrite64', ...inject]
	return spawnSync('strace', [...traced, process.execPath, program, ...words], { env, encoding: 'utf8' })
}

/** Of what is made of leaves and words alone; the record of a publication has its time, and so have its sums. */
function derivedOf(home: string): Record<string, string> {
	const folder = join(home, 'archive')
	const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
	const derived = names.filter((name) => /^(?:data|p|c|disputes|tile)\/|^index\.html$/.test(name))
	const files = derived.filter(
		(name) => statSync(join(folder, name)).isFile() && !name.endsWith('SHA256SUMS'),
	)
	return Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(folder, name), 'base64')]))
}

const kills: readonly (readonly [string, readonly string[]])[] = [
	['rename', ['rename', 'signal=KILL']],
	['write', ['pwrite64', 'error=ENOSPC']],
]

for (const [call, [name = '', what = '']] of kills) {
	test.skipIf(withoutStrace !== null)(titled(`a publication is cut off at each ${call}`), async () => {
		const made = await PublishedCentre.make()
		made.centre.register([{}, { table: '100000000.02', mesa: '02' }])
		await made.centre.acta('k-one', actaText(0))
		const before = join(made.home, 'before')
		mkdirSync(before)
		cpSync(made.centre.directory, join(before, 'centre'), { recursive: true })
		expect(publish(before).status).toBe(0)
		// What comes next, and what it comes to when nothing happens.
		const { text } = await made.centre.acta('k-one', actaText(1))
		const ledger = join(before, 'centre', 'ledger.jws')
		const copy = (to: string) => cpSync(before, to, { recursive: true })
		appendFileSync(ledger, `${text}\n`)
		const undisturbed = join(made.home, 'undisturbed')
		copy(undisturbed)
		expect(publish(undisturbed).status).toBe(0)
		const calls = readFileSync(join(undisturbed, 'calls'), 'utf8').split('\n')
		const count = calls.filter((line) => line.includes(` ${name}(`)).length
		expect(count).toBeGreaterThan(10)
		const right = derivedOf(undisturbed)

		for (let nth = 1 + (count % every); nth <= count; nth += every) {
			const home = join(made.home, 'cut')
			copy(home)
			publish(home, ['-e', `inject=${name}:${what}:when=${nth}`])
			const cut = await made.auditOf(join(home, 'archive'))
			const codes = new Set(cut.faults.map(({ code }) => code))
			expect([...codes].filter((code) => code !== 'not-in-step')).toEqual([])
			const again = publish(home)
			expect(`${nth}: ${again.status} ${again.stderr.split('\n').at(-3)}`).toContain(`${nth}: 0 `)
			const report = await made.auditOf(join(home, 'archive'))
			expect(report).toMatchObject({ faults: [], size: 3 })
			expect(derivedOf(home)).toEqual(right)
			rmSync(home, { recursive: true })
		}
	})
}
