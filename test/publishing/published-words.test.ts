/** What the authority says at a centre goes on from what is published: a file only grows. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ForeignFiles } from '#src/platform/files/foreign-file.js'
import type { CampaignWords } from '#src/publishing/campaign-words.js'
import { continuePublished } from '#src/publishing/published-words.js'
import { codeOf, gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const lineOf = (said: object) => `e30.${Buffer.from(JSON.stringify(said)).toString('base64url')}.c2ln`
const [one, two, three] = [1, 2, 3].map((issue) => lineOf({ issue })) as [string, string, string]
const otherTwo = lineOf({ issue: 2, time: 'another' })
const revocation = lineOf({ device: 'k-one' })
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')

async function continued(published: readonly string[] | null, own: readonly string[], authority = 'pem') {
	const archive = await temporaryFolder()
	mkdirSync(join(archive, 'keys'))
	if (published !== null) writeFileSync(join(archive, 'keys/registry.jws'), text(published))
	writeFileSync(join(archive, 'keys/authority.pem'), 'pem')
	const files = new Map([
		['keys/authority.pem', authority],
		['keys/registry.jws', text(own)],
		['campaign/election.json', '{}'],
	])
	// Only its files are looked at.
	const words = { files } as unknown as CampaignWords
	return continuePublished(words, archive, new ForeignFiles(), '/centre')
}

test.each([
	['nothing is published yet', null, [one, two], [one, two]],
	['the same', [one, two], [one, two], [one, two]],
	['one more', [one], [one, two], [one, two]],
	['only the newest, of a centre that lost its disk', [one, two], [three], [one, two, three]],
	['only what is published last', [one, two], [two], [one, two]],
	['a revocation of an earlier form', [one], [one, revocation, two], [one, revocation, two]],
])('%s', async (_, published, own, merged) => {
	expect(gotten(await continued(published, own)).files.get('keys/registry.jws')).toBe(text(merged))
})

test.each([
	['another of the same number', [one, two], [one, otherTwo], 'words-forked'],
	['another of a lower number', [one, two], [one, otherTwo, three], 'words-forked'],
	['an older newest one', [one, two], [one], 'words-behind'],
])('%s is refused', async (_, published, own, code) => {
	expect(codeOf(await continued(published, own))).toBe(code)
})

test('another authority is refused', async () => {
	expect(codeOf(await continued([one], [one], 'other pem'))).toBe('other-authority')
})
