/** What the fuzzer once found, or found its way with: nothing of it breaks a promise. */
import { describe, expect, test } from 'vitest'
import { corpusOf } from './corpus.ts'
import { targets } from './targets.ts'

describe.each(Object.entries(targets))('%s', (name, target) => {
	test('seeds and corpus', async () => {
		const corpus = await corpusOf(name)
		expect(corpus.length).toBeGreaterThan(0)
		for (const input of [...target.seeds, ...corpus]) target.read(Buffer.from(input))
	})
})
