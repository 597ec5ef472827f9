import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { archivesText, firstCodes, madeArchives } from './archives.ts'

test('archives.json is what make.ts writes, and testigo says of each row what stands there', {
	timeout: 300_000,
}, async () => {
	const committed = await readFile(new URL('archives.json', import.meta.url), 'utf8')
	const made = await madeArchives()
	expect(firstCodes(made)).toEqual(made.rows.map(({ name, code }) => ({ name, code })))
	expect(committed === archivesText(made)).toBe(true)
	expect(new Set(made.rows.map(({ name }) => name)).size).toBe(made.rows.length)
	expect(committed.length).toBeLessThan(3_000_000)
})
