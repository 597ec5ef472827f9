import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openQrReader } from '../support/printed-actas.ts'

let folder: string
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'testigo-simulate-'))
})
afterEach(() => rm(folder, { recursive: true }))

function simulate(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
	const command = join(import.meta.dirname, '../../dist/cli/testigo.js')
	return new Promise((resolve) => {
		execFile(process.execPath, [command, 'simulate', ...args], (error, stdout, stderr) => {
			resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr })
		})
	})
}

async function manifest(directory: string) {
	const lines = (await readFile(join(directory, 'manifest.jsonl'), 'utf8')).trim().split('\n')
	return lines.map((line) => JSON.parse(line) as { file: string; text: string; severity?: number })
}

test('writes pictures that say what the manifest says, and the same again', async () => {
	const [one, two] = [join(folder, 'one'), join(folder, 'two')]
	const args = ['--count', '3', '--severity', 'all', '--seed', 'x']
	const { status, stdout, stderr } = await simulate(...args, '--out', one)
	expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
	const last = stderr.trim().split('\n').at(-1) ?? ''
	expect(JSON.parse(last)).toMatchObject({ progress: 'simulate', done: 3, total: 3 })
	await simulate(...args, '--out', two)

	const told = await manifest(one)
	expect(told.map(({ severity }) => severity)).toEqual([0, 1, 2])
	expect(told.map(({ file }) => file).sort()).toEqual(
		(await readdir(one)).filter((file) => file.endsWith('.jpg')).sort(),
	)
	expect(new Set(told.map(({ text }) => text)).size).toBe(3)
	for (const { file } of told) {
		expect(Buffer.compare(await readFile(join(one, file)), await readFile(join(two, file)))).toBe(0)
	}
	const [first] = told
	const read = await openQrReader()
	const [code] = await read(await readFile(join(one, first?.file ?? '')))
	expect(code?.text).toBe(first?.text)
})

test('a clean strip of given results', async () => {
	const results = join(folder, 'results.csv')
	await writeFile(
		results,
		'EDO,MUN,PAR,CENTRO,MESA,RE,VOTOS_VALIDOS,VOTOS_NULOS,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA\n' +
			'EDO. X,MP. Y,PQ. Z,121202007,1,230,164,0,117,46,0,1,0,0,0,0,0,0\n',
	)
	const { status } = await simulate('--strip', '--count', '1', '--results', results, '--out', folder)
	expect(status).toBe(0)
	const [told] = await manifest(folder)
	expect(told?.text).toMatch(/^121202007\.01\.1\.0001!/)
	const picture = await readFile(join(folder, told?.file ?? ''))
	const { width, height, format } = await sharp(picture).metadata()
	expect(format).toBe('png')
	expect(height / width).toBeCloseTo(11, 0)
	const [code] = await (await openQrReader())(picture)
	expect(code?.text).toBe(told?.text)
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
		const { status, stderr } = await simulate(...args)
		expect(status).toBe(2)
		expect(stderr.trim()).toMatch(message)
		expect(stderr.trim().split('\n')).toHaveLength(1)
	})

	test('results with a bad line, which is named', async () => {
		const results = join(folder, 'results.csv')
		await writeFile(
			results,
			'EDO,MUN,PAR,CENTRO,MESA,RE,VOTOS_VALIDOS,VOTOS_NULOS,EG,NM,LM,JABE,JOBR,AE,CF,DC,EM,BERA\n' +
				'EDO. X,MP. Y,PQ. Z,121202007,1,230,164,0,117,46,0,1,0,0,0,0,0,0\n' +
				'EDO. X,MP. Y,PQ. Z,121202007,2,230,165,0,117,46,0,1,0,0,0,0,0,0\n',
		)
		const { status, stderr } = await simulate('--out', join(folder, 'out'), '--results', results)
		expect(status).toBe(2)
		expect(stderr).toContain('results.csv, line 3: the candidates have 164 votes, VOTOS_VALIDOS says 165')
		expect(await readdir(folder)).toEqual(['results.csv'])
	})
})

test('a folder that can not be made is exit 3', async () => {
	await writeFile(join(folder, 'file'), '')
	const { status, stderr } = await simulate('--out', join(folder, 'file'))
	expect(status).toBe(3)
	expect(stderr).toMatch(/^testigo: can't write into /)
})
