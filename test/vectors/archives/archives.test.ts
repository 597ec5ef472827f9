import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { archivesText, madeArchives } from './archives.ts'

const Report = z.looseObject({
	whole: z.boolean(),
	fault: z.object({ code: z.string() }).optional(),
	faults: z.array(z.looseObject({ code: z.string() })).optional(),
})

test('archives.json is what make.ts writes, and testigo says of each row what stands there', {
	timeout: 300_000,
}, async () => {
	const committed = await readFile(new URL('archives.json', import.meta.url), 'utf8')
	const made = await madeArchives()
	const said = made.rows.map(({ name, report }) => {
		const { fault, faults = [] } = Report.parse(report)
		return { name, code: fault === undefined ? (faults[0]?.code ?? null) : `!${fault.code}` }
	})
	expect(said).toEqual(made.rows.map(({ name, code }) => ({ name, code })))
	expect(committed === archivesText(made)).toBe(true)
	expect(new Set(made.rows.map(({ name }) => name)).size).toBe(made.rows.length)
	expect(committed.length).toBeLessThan(3_000_000)
})
