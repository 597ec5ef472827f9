import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSample } from '#src/transcription/queue/sample-file.js'
import { temporaryFolder } from '../support/temporary-folder.ts'

async function read(text: string) {
	const path = join(await temporaryFolder(), 'sample.csv')
	await writeFile(path, text)
	return await readSample(path)
}

test('a sample is a list of tables and entries, or the CSV by which it was drawn', async () => {
	const id = 'A'.repeat(43)
	expect(await read(`121202007.01\n${id}\n\n`)).toEqual({ ok: true, value: new Set(['121202007.01', id]) })
	const counts = 'ab'.repeat(32)
	const audit = `table,class,counts\n121202007.01,confirmed,${counts}\n121202007.02,single-source,${counts}\n`
	expect(await read(audit)).toEqual({ ok: true, value: new Set(['121202007.01', '121202007.02']) })
	const quick = 'table,stratum\n121202007.03,"Otra, una"\n'
	expect(await read(quick)).toEqual({ ok: true, value: new Set(['121202007.03']) })
})

test('as long as an audit is: a sample of thousands of tables', async () => {
	const lines = Array.from(
		{ length: 4_000 },
		(_, n) => `${121_000_000 + n}.01,single-source,${'ab'.repeat(32)}\n`,
	)
	const sample = await read(`table,class,counts\n${lines.join('')}`)
	expect(sample.ok && sample.value.size).toBe(4_000)
})

test('each line that names nothing is told, and nothing is taken', async () => {
	expect(await read('121202007.01\nmesa 2\n=1+1\n')).toMatchObject({
		ok: false,
		fault: {
			code: 'sample-invalid',
			faults: [/^line 2: /, /^line 3: /].map((line) => expect.stringMatching(line)),
		},
	})
})
