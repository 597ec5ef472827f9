import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { archivesText, firstCodes } from '../archives/archives.ts'
import { madeProofs } from './proofs.ts'

test('proofs.json is what make.ts writes, and testigo says of each row what stands there', {
	timeout: 300_000,
}, async () => {
	const committed = await readFile(new URL('proofs.json', import.meta.url), 'utf8')
	const made = await madeProofs()
	expect(firstCodes(made)).toEqual(made.rows.map(({ name, code }) => ({ name, code })))
	expect(committed === archivesText(made)).toBe(true)
	expect(new Set(made.rows.map(({ name }) => name)).size).toBe(made.rows.length)
	expect(committed.length).toBeLessThan(500_000)
})
