import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { Reserve } from '#src/platform/files/reserve.js'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const bytes = 160_000
const parts = 16

let directory: string
beforeEach(async () => {
	directory = join(await temporaryFolder(), 'reserve')
})

const files = () => readdirSync(directory).sort((one, other) => Number(one) - Number(other))

test('it is really on the disk, in parts', async () => {
	const reserve = new Reserve(directory, bytes)
	expect(await reserve.missing()).toEqual({ bytes, inodes: parts })
	await reserve.make()
	expect(await reserve.missing()).toEqual({ bytes: 0, inodes: 0 })
	const found = files().map((name) => statSync(join(directory, name)))
	expect(found.map(({ size }) => size)).toEqual(new Array(parts).fill(bytes / parts))
	for (const { blocks } of found) expect(blocks * 512).toBeGreaterThanOrEqual(bytes / parts)
})

test('it is given up in two steps, the second for what is small', async () => {
	const reserve = new Reserve(directory, bytes)
	await reserve.make()
	expect(await reserve.giveUp()).toBe(true)
	expect(files()).toEqual(['0'])
	expect(await reserve.missing()).toEqual({ bytes: (bytes / parts) * 15, inodes: 15 })
	expect(await reserve.giveUp()).toBe(true)
	expect(files()).toEqual([])
	expect(await reserve.giveUp()).toBe(false)
	await reserve.make()
	expect(files()).toHaveLength(parts)
})

test('another start knows what is there, and makes anew what a power cut left half made', async () => {
	await new Reserve(directory, bytes).make()
	truncateSync(join(directory, '3'), 100)
	const again = new Reserve(directory, bytes)
	expect(await again.missing()).toEqual({ bytes: bytes / parts, inodes: 1 })
	await again.make()
	expect(statSync(join(directory, '3')).size).toBe(bytes / parts)
})

test('what can not be made leaves no half of it', async () => {
	writeFileSync(directory, 'a file where the folder should be')
	const reserve = new Reserve(directory, bytes)
	await expect(reserve.make()).rejects.toThrow()
	expect(await reserve.missing()).toEqual({ bytes, inodes: parts })
})
