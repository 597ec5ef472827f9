/** An archive in the hands of a person who has nothing but a browser and provisioning/verify/verify.html. */
import { once } from 'node:events'
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { proveActas } from '#src/mirroring/acta-proof.js'
import { ChromiumPage, withoutChromium } from '../support/chromium.ts'
import { drop, dropped, inOtherLanguage, shownBy } from '../support/dropped.ts'
import { ed25519Cases } from '../support/ed25519-cases.ts'
import { actaText } from '../support/journal-maker.ts'
import { testigo } from '../support/processes.ts'
import { PublishedCentre } from '../support/published.ts'
import { gotten } from '../support/result.ts'
import { withoutWords } from '../vectors/reference.ts'

const page = new URL('../../provisioning/verify/verify.html', import.meta.url)
const slow = { timeout: 300_000 }
const name = `verify.html and archives${withoutChromium === null ? '' : ` (${withoutChromium})`}`

describe.skipIf(withoutChromium)(name, () => {
	let chromium: ChromiumPage

	beforeAll(async () => {
		chromium = await ChromiumPage.open(page.href)
	}, 120_000)
	afterAll(() => chromium.close())

	test('dropped on it: the report of testigo, shown in both languages', slow, async () => {
		const published = await PublishedCentre.make()
		const [centro = '', mesa = ''] = actaText(0).split('.')
		published.centre.register([{ table: `${centro}.${mesa}`, centro, mesa }])
		await published.publish()
		await published.centre.acta('k-one', actaText(0))
		await published.centre.acta('k-two', actaText(0))
		await published.centre.acta('k-two', actaText(1), undefined, { note: 'a name' })
		await published.publish()

		expect(await dropped(chromium, published.archive)).toMatch(/rehearsal: .*(ensayo|rehearsal)/)
		await chromium.evaluate(`document.getElementById('rehearsal').checked = true`)
		const both = `${await dropped(chromium, published.archive)}\n${await inOtherLanguage(chromium)}`
		for (const text of [
			...['ÍNTEGRO', 'ENSAYO', 'SIN TESTIGOS', 'Publicación n.º 1, 2024-07-30T12:00:00Z', '1 retenidas'],
			...['WHOLE', 'REHEARSAL', 'NO WITNESSES', 'Publication no. 1', '1 withheld'],
			...['nunca que el papel sea auténtico', 'never that the paper is genuine'],
			...['confirmadas: 1 mesas', 'confirmed: 1 tables'],
		])
			expect(both).toContain(text)
		expect(withoutWords(await chromium.evaluate('last'))).toEqual(
			withoutWords({ kind: 'archive', whole: true, ...(await published.audit()) }),
		)

		appendFileSync(`${published.archive}/index.html`, ' ')
		const altered = `${await dropped(chromium, published.archive)}\n${await inOtherLanguage(chromium)}`
		expect(altered).toContain('index.html: file-altered: no es como dice SHA256SUMS')
		expect(altered).toContain('index.html: file-altered: not as SHA256SUMS says')
		expect(chromium.requested.filter((address) => !/^(about|blob):/.test(address))).toEqual([page.href])
	})

	test('the proof of an acta, before, with and after what it is checked by', slow, async () => {
		const published = await PublishedCentre.make()
		const [centro = '', mesa = ''] = actaText(0).split('.')
		published.centre.register([{ table: `${centro}.${mesa}`, centro, mesa }])
		await published.centre.acta('k-one', actaText(0))
		await published.publish()
		const [proof] = gotten(await proveActas(new ArchiveFolder(published.archive), `${centro}.${mesa}`))
		const file = join(published.home, 'acta.tlog-proof')
		writeFileSync(file, proof?.text ?? '')
		await chromium.evaluate(`document.getElementById('rehearsal').checked = true, givenKeys = null`)

		await drop(chromium, [file])
		await chromium.evaluate(`new Promise((resolve) => {
			const look = () => document.getElementById('progress').textContent.includes('keys') && resolve()
			new MutationObserver(look).observe(document.body, { subtree: true, childList: true })
			look()
		})`)
		expect(await chromium.evaluate(`last`)).toBe(null)
		// keys/ alone, under another name: the election of 2024 is one that the page knows.
		cpSync(join(published.archive, 'keys'), join(published.home, 'llaves'), { recursive: true })
		const both = `${await dropped(chromium, join(published.home, 'llaves'))}\n${await inOtherLanguage(chromium)}`
		for (const text of [
			...['PROBADO: ESTÁ EN LA BITÁCORA', 'ENSAYO', `Centro ${centro}, mesa ${mesa}.`, 'SIN TESTIGOS'],
			...['PROVED: IT IS IN THE LOG', 'REHEARSAL', `Centre ${centro}, table ${mesa}.`, 'NO WITNESSES'],
			...['Edmundo González (EG): ', 'no está a mano campaign/election.json', 'signed by k-one'],
			...['nunca que el papel sea auténtico', 'never that the paper is genuine'],
		])
			expect(both).toContain(text)

		await drop(chromium, [file, published.archive])
		expect(await shownBy(chromium)).toMatch(/(mesa|table) [0-9]+: /)
		const { out } = await testigo('verify', file, '--keys', published.archive, '--rehearsal', '--json')
		expect(withoutWords(await chromium.evaluate('last'))).toEqual(withoutWords(JSON.parse(out)))

		writeFileSync(file, (proof?.text ?? '').replace(/^index .*$/m, 'index 0'))
		expect(await dropped(chromium, file)).toMatch(/NO PROBADO|NOT PROVED/)
		expect(await chromium.evaluate('last.faults.map(({ code }) => code)')).toEqual(['not-included'])
	})

	test('its own Ed25519 says what Node says', slow, async () => {
		const cases = ed25519Cases()
		const expected = cases.map(({ isGood }) => isGood)
		expect(expected.filter(Boolean)).toHaveLength(3)
		const asked = cases.map(({ key, message, signature }) => [[...key], [...message], [...signature]])
		for (const verifies of ['verifiesByArithmetic', 'verifiesEd25519']) {
			const said = await chromium.evaluate(`Promise.all(${JSON.stringify(asked)}.map((one) => {
				return ${verifies}(...one.map((bytes) => Uint8Array.from(bytes)))
			}))`)
			expect(said).toEqual(expected)
		}
	})
})

test.skipIf(withoutChromium)(
	'a page that came in the open says what to do, in both languages',
	slow,
	async () => {
		const server = createServer((_, answer) => answer.end(readFileSync(page))).listen(0, '127.0.0.1')
		await once(server, 'listening')
		const { port } = server.address() as AddressInfo
		const chromium = await ChromiumPage.open(`http://centro.example:${port}/`, [
			'--host-resolver-rules=MAP centro.example 127.0.0.1',
		])
		try {
			const text = String(await chromium.evaluate('document.body.innerText'))
			expect(text).toContain('Guárdela en su equipo')
			expect(text).toContain('Save it on your machine')
			expect(await chromium.evaluate(`getComputedStyle(document.getElementById('drop')).display`)).toBe(
				'none',
			)
		} finally {
			await chromium.close()
			server.close()
		}
	},
)
