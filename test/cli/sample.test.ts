import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SignedEntry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { actaText } from '../reading/qr-picture.ts'
import { entryAfter } from '../support/journal-maker.ts'
import { testigo } from '../support/processes.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

let centre: string
const mesa = (number: number) =>
	actaText.replace('121202007.01', `121202007.${String(number).padStart(2, '0')}`)

/** Six tables of one centre, all counted, the first two by two devices; a seventh and an eighth of another state are missing. */
beforeAll(async () => {
	centre = await temporaryFolderOf(afterAll)
	await mkdir(join(centre, 'devices'))
	const lines: string[] = []
	for (const [id, mesas] of [
		['k-one', [1, 2, 3, 4, 5, 6]],
		['k-two', [1, 2]],
	] as const) {
		const device = makeSigner(id)
		await writeFile(join(centre, 'devices', `${id}.pem`), publicKeyPem(device.publicKey))
		let last: SignedEntry | null = null
		for (const number of mesas) {
			last = await entryAfter(last && { seq: last.entry.seq, id: last.id }, device, mesa(number))
			lines.push(`${last.text}\n`)
		}
	}
	await writeFile(join(centre, 'ledger.jws'), lines.join(''))
	const rows = [1, 2, 3, 4, 5, 6].map((number) => `Inventada,Una,Una,121202007,0${number},500\n`)
	await writeFile(
		join(centre, 'register.csv'),
		`state,municipality,parish,centro,mesa,electors\n${rows.join('')}Otra,Dos,Dos,010101001,01,500\nOtra,Dos,Dos,010101001,02,500\n`,
	)
})

const at = (name: string) => join(centre, name)

test('a quick sample has tables of every state, and says what has arrived', async () => {
	const drawn = (seed: string, out: string) =>
		testigo(
			'sample',
			'quick',
			'--register',
			at('register.csv'),
			'--seed',
			seed,
			'--size',
			'4',
			'--out',
			at(out),
		)
	const first = await drawn('4-1-6', 'quick.csv')
	expect(first).toMatchObject({ status: 0 })
	const rows = (await readFile(at('quick.csv'), 'utf8')).trim().split('\n').slice(1)
	expect(rows.map((row) => row.split(',')[1])).toEqual(['Inventada', 'Inventada', 'Inventada', 'Otra'])

	const report = await testigo('sample', 'report', centre, '--sample', at('quick.csv'))
	expect(report.out).toMatch(/^Inventada +3 of 3 counted, 0 in conflict, 0 missing$/m)
	expect(report.out).toMatch(/^Otra +0 of 1 counted, 0 in conflict, 1 missing$/m)
	expect(report.out).toContain('never that the paper is genuine')
	expect(report.status).toBe(0)
})

test('an audit is drawn from a population that was named before, and a paper that is not found counts as wrong', async () => {
	const named = await testigo('sample', 'population', centre, '--out', at('population.csv'))
	expect(named.out).toContain('6 tables count')
	const population = (await readFile(at('population.csv'), 'utf8')).trim().split('\n')
	expect(population.filter((row) => row.includes(',confirmed,'))).toHaveLength(2)
	expect(population.filter((row) => row.includes(',single-source,'))).toHaveLength(4)

	const words = ['--population', at('population.csv')]
	await testigo('sample', 'audit', ...words, '--seed', '6-6-6', '--size', '5', '--out', at('audit.csv'))
	const drawn = (await readFile(at('audit.csv'), 'utf8')).trim().split('\n').slice(1)
	expect(drawn).toHaveLength(5)
	const report = (...more: string[]) =>
		testigo('sample', 'report', centre, '--sample', at('audit.csv'), ...words, '--seed', '6-6-6', ...more)
	expect(await report()).toMatchObject({ status: 1, out: expect.stringContaining('at most 6 of 6') })

	const tables = drawn.map((row) => row.split(',')[0] ?? '')
	const checkedAs = async (verdict: string) => {
		const rows = tables.map((table, index) => `${table},${index === 0 ? verdict : 'match'}\n`)
		await writeFile(at('checked.csv'), `table,verdict\n${rows.join('')}`)
		const { status, out } = await report('--checked', at('checked.csv'), '--json')
		return { status, report: JSON.parse(out) }
	}
	const right = await checkedAs('match')
	expect(right).toMatchObject({ status: 0, report: { wrong: [] } })
	const lost = await checkedAs('not-found')
	expect(lost).toMatchObject({ status: 1, report: { wrong: [{ table: tables[0], verdict: 'not-found' }] } })
	expect(lost.report.bound.most).toBeGreaterThan(right.report.bound.most)
})

test('a sample that somebody chose, or what is none, is one clear line and no bound', async () => {
	const counts = 'ab'.repeat(32)
	const population = [1, 2, 3].map((number) => `121202007.0${number},confirmed,${counts}\n`)
	await writeFile(at('three.csv'), `table,class,counts\n${population.join('')}`)
	const of = (sample: string) =>
		testigo('sample', 'report', centre, '--sample', sample, '--population', at('three.csv'), '--seed', '1')
	await testigo(
		'sample',
		'audit',
		'--population',
		at('three.csv'),
		'--seed',
		'1',
		'--size',
		'2',
		'--out',
		at('two.csv'),
	)
	const [header, first, second] = (await readFile(at('two.csv'), 'utf8')).split('\n')
	await writeFile(at('chosen.csv'), `${header}\n${second}\n`)
	expect(await of(at('chosen.csv'))).toMatchObject({
		status: 1,
		err: expect.stringContaining('not what the seed 1 draws from'),
	})
	expect(first).not.toBe(second)
	expect(await of(at('register.csv'))).toMatchObject({
		status: 2,
		err: expect.stringContaining('its first line must be'),
	})
})

test('what was named in public is not written over: the same again is, another is told', async () => {
	const drawn = (seed: string) =>
		testigo(
			...['sample', 'quick', '--register', at('register.csv')],
			...['--seed', seed, '--size', '3', '--out', at('named.csv')],
		)
	const first = await drawn('1-1-1')
	const bytes = await readFile(at('named.csv'))
	expect(await drawn('1-1-1')).toEqual(first)
	expect(await drawn('1-1-2')).toMatchObject({
		status: 2,
		err: `testigo: ${at('named.csv')}: another one is there; name another file\n`,
	})
	expect(await readFile(at('named.csv'))).toEqual(bytes)
})

test('verdicts as a spreadsheet saves them are understood, and one of a table that was not drawn is told', async () => {
	const words = ['--population', at('papers-of.csv'), '--seed', '2-2-2']
	await testigo('sample', 'population', centre, '--out', at('papers-of.csv'))
	await testigo('sample', 'audit', ...words, '--size', '6', '--out', at('papers.csv'))
	const report = async (text: string) => {
		await writeFile(at('spreadsheet.csv'), text)
		const more = ['--checked', at('spreadsheet.csv'), '--json']
		return await testigo('sample', 'report', centre, '--sample', at('papers.csv'), ...words, ...more)
	}
	const rows = [1, 2, 3, 4, 5, 6].map((mesa) => `121202007.0${mesa};match\r\n`)
	const saved = await report(`\uFEFFtable;verdict\r\n${rows.join('')};\r\n`)
	expect(saved).toMatchObject({ status: 0 })
	expect(JSON.parse(saved.out)).toMatchObject({ wrong: [] })
	expect(await report(`table,verdict\n999999999.01,match\n`)).toMatchObject({
		status: 2,
		err: `testigo: ${at('spreadsheet.csv')}: 999999999.01 is not in ${at('papers.csv')}\n`,
	})
})
