import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeEach, describe, expect, test } from 'vitest'
import { openQrReader } from '../support/printed-actas.ts'
import { testigo } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: string
beforeEach(async () => {
	folder = await temporaryFolder()
})

const simulate = (...args: string[]) => testigo('simulate', ...args)

/** Published results of tables of one centre, a line each. */
async function results(...tables: string[]): Promise<string> {
	const path = join(folder, 'results.csv')
	const header = 'EDO,MUN,PAR,CENTRO,MESA,RE,VOTOS_VALIDOS,VOTOS_NULOS,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA'
	const lines = tables.map((table) => `EDO. X,MP. Y,PQ. Z,121202007,${table},0,117,46,0,1,0,0,0,0,0,0`)
	await writeFile(path, `${[header, ...lines].join('\n')}\n`)
	return path
}

async function manifest(directory: string) {
	const lines = (await readFile(join(directory, 'manifest.jsonl'), 'utf8')).trim().split('\n')
	return lines.map((line) => JSON.parse(line) as { file: string; text: string; severity?: number })
}

test('writes pictures that say what the manifest says, and the same again', async () => {
	const [one, two] = [join(folder, 'one'), join(folder, 'two')]
	const args = ['--count', '3', '--severity', 'all', '--seed', 'x']
	const { status, out, err } = await simulate(...args, '--out', one)
	expect({ status, out }).toEqual({ status: 0, out: '' })
	const last = err.trim().split('\n').at(-1) ?? ''
	expect(JSON.parse(last)).toMatchObject({ progress: 'simulate', done: 3, total: 3 })
	await simulate(...args, '--out', two)

	const said = await manifest(one)
	expect(said.map(({ severity }) => severity)).toEqual([0, 1, 2])
	expect(said.map(({ file }) => file).sort()).toEqual(
		(await readdir(one)).filter((file) => file.endsWith('.jpg')).sort(),
	)
	expect(new Set(said.map(({ text }) => text)).size).toBe(3)
	for (const { file } of said) {
		expect(Buffer.compare(await readFile(join(one, file)), await readFile(join(two, file)))).toBe(0)
	}
	const [first] = said
	const read = await openQrReader()
	const [code] = await read(await readFile(join(one, first?.file ?? '')))
	expect(code?.text).toBe(first?.text)
})

test('a clean strip of given results', async () => {
	const given = await results('1,230,164')
	const { status } = await simulate('--strip', '--count', '1', '--results', given, '--out', folder)
	expect(status).toBe(0)
	const [said] = await manifest(folder)
	expect(said?.text).toMatch(/^121202007\.01\.1\.0001!/)
	const picture = await readFile(join(folder, said?.file ?? ''))
	const { width, height, format } = await sharp(picture).metadata()
	expect(format).toBe('png')
	expect(height / width).toBeCloseTo(11, 0)
	const [code] = await (await openQrReader())(picture)
	expect(code?.text).toBe(said?.text)
})

describe('a bad command line is one clear line and exit 2', () => {
	const bad: [string, string[], RegExp][] = [
		['no folder', [], /--out/],
		['a severity of 7', ['--out', 'x', '--severity', '7'], /0, 1, 2, 3, 4, 5, all/],
		['a count of none', ['--out', 'x', '--count', '0'], /from 1 to/],
		['5 megapixels', ['--out', 'x', '--megapixels', '5'], /3, 12/],
		['an unknown option', ['--out', 'x', '--bogus'], /--bogus/],
		['results that are not there', ['--out', 'x', '--results', '/nowhere.csv'], /\/nowhere\.csv/],
	]
	test.each(bad)('%s', async (_, args, message) => {
		const { status, err } = await simulate(...args)
		expect(status).toBe(2)
		expect(err.trim()).toMatch(message)
		expect(err.trim().split('\n')).toHaveLength(1)
	})

	test('results with a bad line, which is named', async () => {
		const given = await results('1,230,164', '2,230,165')
		const { status, err } = await simulate('--out', join(folder, 'out'), '--results', given)
		expect(status).toBe(2)
		expect(err).toContain('results.csv, line 3: the candidates have 164 votes, VOTOS_VALIDOS says 165')
		expect(await readdir(folder)).toEqual(['results.csv'])
	})
})

test('a folder that can not be made is exit 3', async () => {
	await writeFile(join(folder, 'file'), '')
	const { status, err } = await simulate('--out', join(folder, 'file'))
	expect(status).toBe(3)
	expect(err).toMatch(/^testigo: can't write into /)
})
