import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { readJsonFile } from '#src/platform/files/json-file.js'
import { inDirectory } from '../../support/in-directory.ts'

const Settings = z.strictObject({
	broker: z.strictObject({ port: z.int().min(1).max(65_535).default(8883) }),
	panels: z.array(z.strictObject({ language: z.enum(['es', 'en']) })),
})

function read(content: string | Uint8Array, cap?: number) {
	return inDirectory(async (directory) => {
		const path = join(directory, 'settings.json')
		await writeFile(path, content)
		const result = await readJsonFile(path, Settings, cap === undefined ? {} : { cap })
		if (!result.ok) {
			const faults = result.fault.faults.join('; ')
			expect(result.fault.detail).toBe(`${path}: ${faults}`)
		}
		return result
	})
}

test('a good file, with its defaults', async () => {
	expect(await read('{"broker":{},"panels":[{"language":"es"}]}')).toEqual({
		ok: true,
		value: { broker: { port: 8883 }, panels: [{ language: 'es' }] },
	})
})

test('invalid: every fault with its path', async () => {
	const result = await read(
		'{"broker":{"port":0,"host":"x"},"panels":[{"language":"es"},{"language":"fr"}],"a":1,"b":2}',
	)
	expect(result).toMatchObject({ ok: false, fault: { code: 'invalid' } })
	expect(result.ok ? [] : [...result.fault.faults].sort()).toEqual([
		'a: no such setting',
		'b: no such setting',
		'broker.host: no such setting',
		'broker.port: Too small: expected number to be >=1',
		'panels[1].language: Invalid option: expected one of "es"|"en"',
	])
})

test('invalid: not an object at all', async () => {
	const result = await read('7')
	expect(result.ok ? [] : result.fault.faults).toEqual([
		'the whole: Invalid input: expected object, received number',
	])
})

test('not-json, with what is wrong', async () => {
	for (const content of ['', '{', '\ufeff{}', Buffer.from([0xff]), '{"panels":[],"panels":[]}']) {
		expect(await read(content)).toMatchObject({ ok: false, fault: { code: 'not-json' } })
	}
	const twice = await read('{"panels":[],"panels":[]}')
	expect(twice.ok ? [] : twice.fault.faults).toEqual(['the key "panels" stands twice'])
})

test('too-large: one byte over the cap, read no further', async () => {
	const content = '{"broker":{},"panels":[]}'
	expect(await read(content, content.length)).toMatchObject({ ok: true })
	expect(await read(content, content.length - 1)).toMatchObject({ ok: false, fault: { code: 'too-large' } })
	const endless = await readJsonFile('/dev/zero', Settings)
	expect(endless).toMatchObject({ ok: false, fault: { code: 'file-unreadable' } })
})

test('a string as long as the cap allows', async () => {
	const result = await read(`{"${'x\\n'.repeat(340_000)}":1}`)
	expect(result).toMatchObject({ ok: false, fault: { code: 'invalid' } })
})

test('file-missing, file-unreadable', () =>
	inDirectory(async (directory) => {
		const missing = await readJsonFile(join(directory, 'nothing.json'), Settings)
		expect(missing).toMatchObject({ ok: false, fault: { code: 'file-missing' } })
		await mkdir(join(directory, 'folder.json'))
		const folder = await readJsonFile(join(directory, 'folder.json'), Settings)
		expect(folder).toMatchObject({ ok: false, fault: { code: 'file-unreadable' } })
	}))
