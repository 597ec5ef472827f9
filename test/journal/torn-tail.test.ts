/** What a power cut can leave of the last line, at any byte of it: cut off there, or zeros from there on. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Journal } from '#src/journal/journal.js'
import { inDirectory } from '../support/in-directory.ts'
import { entryAfter } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { shortOrLong } from '../support/short-or-long.ts'
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
	['zeros to its end', zeros, 0],
	['zeros, and its line feed', zerosThenEnd, 0],
])('%s', { timeout: 600_000 }, (_, tear, from) =>
	inDirectory(async (directory) => {
		const first = await entryAfter(null, signer)
		const second = await entryAfter({ seq: 1, id: first.id }, signer, '121202007.01.1.0001!1,0!0!0')
		const whole = Buffer.from(`${first.text}\n`)
		const last = Buffer.from(`${second.text}\n`)
		const file = join(directory, 'entries.jws')
		const quarantine = join(directory, 'quarantine')
		// No multiple of four: each place within a group of Base64 comes.
		const step = shortOrLong({ short: 11, long: 1 })
		let quarantined = 0
		for (let at = from; at < last.length - 1; at += step) {
			const torn = tear(last, at)
			await writeFile(file, Buffer.concat([whole, torn]))
			const journal = gotten(await Journal.open(directory, signer))
			expect(journal.tail).toEqual({ seq: 1, id: first.id })
			expect(journal.quarantined?.bytes).toBe(torn.length)
			expect(await readFile(file)).toEqual(whole)
			expect(await readdir(quarantine)).toHaveLength(++quarantined)
			expect(await readFile(journal.quarantined?.path ?? '')).toEqual(torn)
			expect(await journal.append(second)).toMatchObject({ ok: true })
			await journal.close()
			expect(await readFile(file)).toEqual(Buffer.concat([whole, last]))
		}
	}),
)
