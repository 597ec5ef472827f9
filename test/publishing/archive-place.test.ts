/** All of an archive is public: it lies in no folder that is not, and takes no other's files in. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkPlace } from '#src/publishing/archive-place.js'
import { codeOf } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

async function folders(): Promise<{ home: string; secret: { 'the centre': string } }> {
	const home = await temporaryFolder()
	mkdirSync(join(home, 'centre/images'), { recursive: true })
	return { home, secret: { 'the centre': join(home, 'centre') } }
}

test.each(['centre', 'centre/', 'centre/images', 'centre/new/archive', '.', 'link', 'link/archive'])(
	'%s is no place beside a centre',
	async (name) => {
		const { home, secret } = await folders()
		symlinkSync(join(home, 'centre'), join(home, 'link'))
		expect(codeOf(await checkPlace(join(home, name), secret))).toBe('bad-place')
	},
)

test('an empty or a missing folder beside it is one, and one with a part of an archive', async () => {
	const { home, secret } = await folders()
	for (const name of ['archive', 'far/archive', 'centre-2', '..archive'])
		expect((await checkPlace(join(home, name), secret)).ok).toBe(true)
	mkdirSync(join(home, 'empty'))
	expect((await checkPlace(join(home, 'empty'), secret)).ok).toBe(true)
	mkdirSync(join(home, 'cut/.new'), { recursive: true })
	expect((await checkPlace(join(home, 'cut'), secret)).ok).toBe(true)
})

test("somebody's letters are none", async () => {
	const { home, secret } = await folders()
	mkdirSync(join(home, 'letters'))
	writeFileSync(join(home, 'letters/letter.txt'), 'hello')
	expect(codeOf(await checkPlace(join(home, 'letters'), secret))).toBe('not-an-archive')
})
