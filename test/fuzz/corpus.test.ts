/** What the fuzzer once found, or found its way with: nothing of it breaks a promise. */
import { describe, expect, test } from 'vitest'
import { corpusOf } from './corpus.ts'
import { targets } from './targets.ts'

describe.each(Object.entries(targets))('%s', (name, target) => {
	test('seeds and corpus', async () => {
		for (const input of [...target.seeds, ...(await corpusOf(name))]) {
			const read = () => target.read(Buffer.from(input))
			expect(read, Buffer.from(input).toString('base64url')).not.toThrow()
		}
	})
})
