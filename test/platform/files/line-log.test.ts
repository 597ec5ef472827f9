import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { LineLog } from '#src/platform/files/line-log.js'
import { wholeLines } from '#src/platform/files/line-reader.js'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let root: string
beforeEach(async () => {
	root = await temporaryFolder()
})

async function linesOf(path: string): Promise<string[]> {
	const found: string[] = []
	for await (const { text, offset } of wholeLines(path, 1_000)) {
		expect(readFileSync(path, 'latin1').slice(offset, offset + text.length)).toBe(text)
		found.push(text)
	}
	return found
}

test('what arrives together is written together, in order, each line once', async () => {
	const path = join(root, 'folder', 'log')
	const { log, tornBytes } = await LineLog.open(path, join(root, 'quarantine'))
	expect(tornBytes).toBe(0)
	const lines = Array.from({ length: 500 }, (_, index) => `line ${index} ${'x'.repeat(index)}`)
	const done: string[] = []
	await Promise.all(
		lines.map(async (line) => {
			await log.append([line])
			expect(readFileSync(path, 'utf8')).toContain(`${line}\n`)
			done.push(line)
		}),
	)
	await log.append(['two', 'together'])
	await log.settled()
	await log.close()
	expect(await linesOf(path)).toEqual([...lines, 'two', 'together'])
	expect(done).toEqual(lines)
})

test('settled waits for what was appended before', async () => {
	const path = join(root, 'log')
	const { log } = await LineLog.open(path, join(root, 'quarantine'))
	const order: string[] = []
	const appended = log.append(['a']).then(() => order.push('appended'))
	const settled = log.settled().then(() => order.push('settled'))
	await Promise.all([appended, settled])
	expect(order).toEqual(['appended', 'settled'])
	await log.close()
})

test.each([
	[1, ['one', 'two']],
	[70_000, ['one', 'two']],
	[200_000, ['one', 'two']],
	[4, []],
])('a torn line of %i bytes moves to quarantine, whole lines stay: %j', async (size, whole) => {
	const path = join(root, 'log')
	const quarantine = join(root, 'quarantine')
	writeFileSync(path, whole.map((line) => `${line}\n`).join(''))
	appendFileSync(path, 'x'.repeat(size))
	const { log, tornBytes } = await LineLog.open(path, quarantine)
	expect(tornBytes).toBe(size)
	expect(await linesOf(path)).toEqual(whole)
	await log.append(['three'])
	await log.close()
	expect(await linesOf(path)).toEqual([...whole, 'three'])
	const [kept] = readdirSync(quarantine)
	expect(readFileSync(join(quarantine, kept ?? ''), 'utf8')).toBe('x'.repeat(size))
})

test('after a failure nothing more is taken', async () => {
	const { log } = await LineLog.open(join(root, 'log'), join(root, 'quarantine'))
	await log.close()
	await expect(log.append(['lost'])).rejects.toThrow()
	await expect(log.append(['lost too'])).rejects.toThrow()
	expect(existsSync(join(root, 'quarantine'))).toBe(false)
})
