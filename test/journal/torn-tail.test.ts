/** What a power cut can leave of the last line, at every byte of it: cut off there, or zeros from there on. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Journal } from '#src/journal/journal.js'
import { inDirectory } from '../support/in-directory.ts'
import { entryAfter } from '../support/journal-maker.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-test')

/** `at` bytes of the line reached the disk. */
type Tear = (line: Buffer, at: number) => Buffer

const cutOff: Tear = (line, at) => line.subarray(0, at)
const zeros: Tear = (line, at) => Buffer.concat([line.subarray(0, at), Buffer.alloc(line.length - at)])
const zerosThenEnd: Tear = (line, at) =>
	Buffer.concat([line.subarray(0, at), Buffer.alloc(line.length - 1 - at), Buffer.from('\n')])

test.each([
	['cut off', cutOff, 1],
	['zeros to its end', zeros, 11],
	['zeros, and its line feed', zerosThenEnd, 11],
])('%s', { timeout: 600_000 }, (_, tear, step) =>
	inDirectory(async (directory) => {
		const first = await entryAfter(null, signer)
		const second = await entryAfter({ seq: 1, id: first.id }, signer, '121202007.01.1.0001!1,0!0!0')
		const whole = Buffer.from(`${first.text}\n`)
		const last = Buffer.from(`${second.text}\n`)
		const file = join(directory, 'entries.jws')
		const quarantine = join(directory, 'quarantine')
		for (let at = 1; at < last.length - 1; at += step) {
			const torn = tear(last, at)
			await writeFile(file, Buffer.concat([whole, torn]))
			const journal = await Journal.open(directory, signer)
			if (!journal.ok) throw new Error(journal.fault.detail)
			expect(journal.value.tail).toEqual({ seq: 1, id: first.id })
			expect(journal.value.quarantined?.bytes).toBe(torn.length)
			await journal.value.close()
			expect(await readFile(file)).toEqual(whole)
			const [kept = '', ...more] = await readdir(quarantine)
			expect(more).toEqual([])
			expect(await readFile(join(quarantine, kept))).toEqual(torn)
			await rm(quarantine, { recursive: true })
		}
	}),
)
