import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import { openDurableJson } from '#src/platform/files/durable-json.js'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const Shape = z.object({ v: z.literal(1), boots: z.int() })
const initial = { v: 1 as const, boots: 0 }

let root: string
let path: string
beforeEach(async () => {
	root = await temporaryFolder()
	path = join(root, 'folder', 'state.json')
})

test('begins with the initial value and reads back what was written', async () => {
	const { db, found } = await openDurableJson(path, Shape, initial)
	expect(found).toBe('absent')
	expect(db.data).toEqual(initial)
	await db.update((data) => {
		data.boots = 7
	})
	expect(await openDurableJson(path, Shape, initial)).toMatchObject({
		found: 'there',
		db: { data: { boots: 7 } },
	})
	expect(readdirSync(join(root, 'folder'))).toEqual(['state.json'])
})

test('many writes at once end with the last', async () => {
	const { db } = await openDurableJson(path, Shape, initial)
	await Promise.all(
		Array.from({ length: 30 }, (_, boots) => {
			db.data = { v: 1, boots }
			return db.write()
		}),
	)
	expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ v: 1, boots: 29 })
})

test.each(['', '\0\0\0\0', '{"v":1', '[]', '{"v":2,"boots":1}', 'null'])(
	'%j is moved aside',
	async (text) => {
		await openDurableJson(path, Shape, initial).then(({ db }) => db.write())
		writeFileSync(path, text)
		const { db, found } = await openDurableJson(path, Shape, initial)
		expect(found).toBe('moved-aside')
		expect(db.data).toEqual(initial)
		expect(readFileSync(`${path}.broken`, 'utf8')).toBe(text)
		expect(existsSync(path)).toBe(false)
	},
)
