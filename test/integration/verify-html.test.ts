/** The page verify.html in the hands of a person, with journals and ledgers. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ChromiumPage, withoutChromium } from '../support/chromium.ts'
import { dropped, inOtherLanguage, shownBy } from '../support/dropped.ts'
import { inDirectory } from '../support/in-directory.ts'
import { until } from '../support/until.ts'
import { readVectors } from '../vectors/archives/archives.ts'
import { layOut, withoutWords } from '../vectors/reference.ts'
import { vectors } from '../vectors/vectors.ts'

const { collections, tallies } = vectors
const page = new URL('../../provisioning/verify/verify.html', import.meta.url).href
const slow = { timeout: 300_000 }

function filesOfVector(name: string): Readonly<Record<string, string>> {
	const vector = collections.find((one) => one.name === name)
	if (vector === undefined) throw new Error(`no vector ${name}`)
	return vector.files
}

async function inPage(work: (chromium: ChromiumPage) => Promise<void>): Promise<void> {
	const chromium = await ChromiumPage.open(page)
	try {
		await work(chromium)
	} finally {
		await chromium.close()
	}
}

describe.skipIf(withoutChromium)(
	`verify.html${withoutChromium === null ? '' : ` (${withoutChromium})`}`,
	() => {
		test('a folder dropped on it: verdict, faults, custody, in both languages', slow, () =>
			inDirectory(async (directory) => {
				await layOut(filesOfVector('journal: payload altered'), join(directory, 'diario'))
				await inPage(async (chromium) => {
					const first = await dropped(chromium, join(directory, 'diario'))
					const both = `${first}\n${await inOtherLanguage(chromium)}`
					for (const text of [
						'HAY FALLAS',
						'línea 2, registro 2: bad-signature: no lo firmó quien debía, o fue alterado',
						'nunca que el papel sea auténtico',
						'FOUND WRONG',
						'line 2, entry 2: bad-signature: not signed by the one who should have, or altered',
						'never that the paper is genuine',
					]) {
						expect(both).toContain(text)
					}
				})
			}),
		)

		test("a centre's folder: what it adds up to, and a link that saves it", slow, () =>
			inDirectory(async (directory) => {
				const counted = tallies.find(({ name }) => name === 'tally: two readings that differ')
				await layOut(counted?.files ?? {}, join(directory, 'central'))
				await inPage(async (chromium) => {
					const text = await dropped(chromium, join(directory, 'central'))
					expect(text).toMatch(/A: 1 \((entre|from) 3 (y|to) 6;/)
					expect(text).toMatch(/(en conflicto|in conflict): 1 (mesas, 1 electores|tables, 1 electors)/)
					await chromium.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: directory })
					await chromium.evaluate(`document.querySelector('#figures a').click()`)
					const saved = join(directory, 'figures.json')
					const isWhole = () => existsSync(saved) && readFileSync(saved, 'utf8').endsWith('}')
					await until(isWhole)
					expect(JSON.parse(readFileSync(saved, 'utf8'))).toMatchObject({ figures: counted?.figures })
				})
			}),
		)

		test('a folder chosen: whole', slow, () =>
			inDirectory(async (directory) => {
				await layOut(filesOfVector('journal: whole'), join(directory, 'diario'))
				await inPage(async (chromium) => {
					const { root } = z
						.object({ root: z.object({ nodeId: z.number() }) })
						.parse(await chromium.send('DOM.getDocument'))
					const { nodeId } = await chromium.send('DOM.querySelector', {
						nodeId: root.nodeId,
						selector: '#folder',
					})
					await chromium.send('DOM.setFileInputFiles', { nodeId, files: [join(directory, 'diario')] })
					expect(await shownBy(chromium)).toMatch(/ÍNTEGRO|WHOLE/)
				})
			}),
		)

		test('a file of keys/ that is larger than any: it reads none of it', slow, () =>
			inPage(async (chromium) => {
				const { archives } = await readVectors('archives')
				const said = await chromium.evaluate(`(async () => {
				const files = Object.entries(${JSON.stringify(archives['first'])})
				const blob = (text) => new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))])
				const large = new Blob(Array(257).fill(new Blob([new Uint8Array(1 << 20)])))
				const laidOut = new Map([...files.map(([path, text]) => [path, blob(text)]), ['keys/registry.jws', large]])
				return testigo.check(laidOut, { isRehearsal: false })
			})()`)
				expect(withoutWords(said)).toEqual({ kind: 'archive', whole: false, fault: { code: 'unreadable' } })
			}),
		)
	},
)
