import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { registerFrom } from '#src/cli/register-file.js'
import { testigo } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: string
beforeEach(async () => {
	folder = await temporaryFolder()
})

async function check(text: string, ...args: string[]) {
	const [sheet, out] = [join(folder, 'mesas.csv'), join(folder, 'register.csv')]
	await writeFile(sheet, text, 'latin1')
	const outcome = await testigo('register', 'check', sheet, '--out', out, ...args)
	const written = await readFile(out, 'utf8').catch(() => null)
	return { ...outcome, written }
}

const sheet =
	'Estado;Municipio;Parroquia;Centro;Mesa;Electores\r\nAnzoátegui;Río Hondo;San Blas;20101001;1;1.012\r\n'

test('the canonical register, made of what a spreadsheet saved', async () => {
	const { status, out, written } = await check(sheet)
	expect(out).toContain('1 tables, 1012 electors; 1 states, 1 municipalities, 1 parishes, 1 centres\n')
	expect(out).toContain('understood: Windows-1252, semicolons between cells\n')
	expect(written).toBe(
		'state,municipality,parish,centro,mesa,electors\nAnzoátegui,Río Hondo,San Blas,020101001,01,1012\n',
	)
	expect(status).toBe(0)
})

test('every fault with its line and its remedy, and nothing written', async () => {
	const faulty = `${sheet}Anzoátegui;Río Hondo;San Blas;2,01E+07;2;-5\r\n`
	const { status, out, written } = await check(faulty)
	expect(out).toMatch(/^line 3: centro “2,01E\+07” .* \(scientific\)\. Format the column as text/m)
	expect(out).toMatch(/^line 3: electors “-5” .* \(negative\)\. /m)
	expect(out).toMatch(/^2 FAULTS: nothing is taken in$/m)
	expect({ status, written }).toEqual({ status: 1, written: null })

	const { out: json } = await check(faulty, '--json')
	expect(JSON.parse(json)).toMatchObject({
		isRight: false,
		faultCount: 2,
		faults: [
			{ line: 3, code: 'scientific' },
			{ line: 3, code: 'negative' },
		],
	})
})

test('what a cell holds moves no cursor', async () => {
	const { out } = await check(sheet.replace('San Blas', 'San\u001b[2J Blas'))
	expect(out).toMatch(/^line 2: .*U\+001B.*\(control-character\)/)
	expect(out).not.toContain('\u001b')
})

test('no file, no register', async () => {
	const { status, err } = await testigo('register', 'check', join(folder, 'none.csv'))
	expect({ status, err }).toMatchObject({ status: 2, err: expect.stringContaining('there is no such file') })
	await expect(access(join(folder, 'register.csv'))).rejects.toThrow()
})

test('what is wrong with a canonical register names its line once', async () => {
	const path = join(folder, 'register.csv')
	await writeFile(path, 'state;municipality\n')
	const refused = registerFrom(path, folder, presidential2024)
	await expect(refused).rejects.toThrow(/register\.csv: line 1: the first line/)
})

test('a directory or a device in place of a file, to read or to write, is told by what it is', async () => {
	expect(await testigo('register', 'check', folder)).toMatchObject({
		status: 2,
		err: `testigo: ${folder}: it is a directory\n`,
	})
	const made = join(folder, 'mesas.csv')
	await writeFile(made, sheet, 'latin1')
	expect(await testigo('register', 'check', made, '--out', '/dev/full')).toMatchObject({
		status: 2,
		err: 'testigo: /dev/full: it is a device; name a file\n',
	})
	const nowhere = join(folder, 'none', 'register.csv')
	expect(await testigo('register', 'check', made, '--out', nowhere)).toMatchObject({
		status: 3,
		err: expect.stringContaining(`testigo: ${nowhere}: can't be written: ENOENT`),
	})
})
