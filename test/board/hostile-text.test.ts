/** What devices, registers and people put into records stands on the board as text, on every page. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Address, type PageRoute, pageAddress, plainPages, wholeList } from '#src/board/routes.js'
import { CentreMaker } from '../support/centre-maker.ts'
import { actaText } from '../support/journal-maker.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { startedBoard } from '../support/started-board.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Of which nothing may come through: a tag, an attribute's end, a turn of the writing, a control. */
const evil = `"'><script src="//evil.example/x.js">alert(1)</script><img src=x onerror=alert(1)>&lt;\u202E`

const [first, second] = ['k-aaaaaaaaaaaaaaaa', 'k-bbbbbbbbbbbbbbbb']

/** As the register may hold it: places have no characters that are not seen. */
const place = evil.replace('\u202E', '')

type PageOf = Partial<Omit<Address, 'route'>>

const addressesIn = (language: Address['language']): readonly (readonly [string, status: number])[] => {
	const at = (route: PageRoute, { query, isCsv = false }: PageOf = {}) =>
		pageAddress({ language, route, query: { ...wholeList, ...query }, isCsv })
	const hostile = { ...wholeList, find: '<script>"\'', sort: '<script>' }
	return [
		...plainPages.map((page) => [at({ page }), 200] as const),
		[at({ page: 'table', table: '100000000.01' }), 200],
		[at({ page: 'device', id: first }), 200],
		...[[], [place], [place, place], [place, place, place]].map(
			(names) => [at({ page: 'coverage', names }), 200] as const,
		),
		[at({ page: 'coverage', names: [place, place, place, '100000000'] }), 200],
		[at({ page: 'coverage', names: [place] }, { isCsv: true }), 200],
		[at({ page: 'calls' }, { query: hostile }), 200],
		[at({ page: 'calls' }, { isCsv: true }), 200],
		[at({ page: 'coverage', names: ['<script>'] }), 404],
		[at({ page: 'table', table: '<script>' }), 404],
		[at({ page: 'device', id: '<script>' }), 404],
		[`/${language}/%3Cscript%3E`, 404],
	]
}

it('shows hostile text of records as text, on every page', async () => {
	const centre = new CentreMaker(await temporaryFolder())
	centre.register([
		{ state: place, municipality: place, parish: place, centroName: place },
		{
			state: place,
			municipality: 'Sur',
			mesa: '02',
			table: '100000001.02',
			centro: '100000001',
			centroName: '=1+cmd|x',
		},
	])
	await centre.acta(first, actaText(0), '2024-07-29T00:10:00Z')
	await centre.acta(second, actaText(0, [90, 1]), '2024-07-29T00:11:00Z')
	await centre.acta(second, evil, '2024-07-29T00:12:00Z', {
		reading: { method: 'qr', text: evil, code: evil.slice(0, 60) },
	})
	await centre.acta(second, null, '2024-07-29T00:13:00Z')
	centre.statuses('2024-07-29T00:59:50Z', {
		...{ device: first, software: evil.slice(0, 60), recorded: 90 },
		kiosk: { canScan: false, trouble: evil.slice(0, 60), clock: 'none', actas: 1 },
	})
	writeFileSync(join(centre.directory, 'ledger.json'), evil)
	centre.line(evil)
	const clock = new SimulatedClock(Date.parse('2024-07-29T01:00:00Z'))
	const { board, url } = await startedBoard(centre.directory, { clock })
	onTestFinished(() => board.stop())
	expect(board.view.figures.register?.tables).toBe(2)
	let shown = 0
	for (const [page, status] of [...addressesIn('es'), ...addressesIn('en')]) {
		const answer = await fetch(`${url}${page}`)
		const text = await answer.text()
		expect(answer.status, page).toBe(status)
		expect(answer.headers.get('content-security-policy'), page).toContain("script-src 'self';")
		// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
		expect(text, page).not.toMatch(/[\u202E\u0000-\u0008]/)
		if (!answer.headers.get('content-type')?.startsWith('text/html')) {
			// A spreadsheet takes what begins so for a formula.
			expect(text, page).not.toMatch(/(^|[,\n"])=1\+cmd/)
			continue
		}
		expect(
			text.replaceAll(/<script type="module" src="\/client\/[a-z-]+\.js"><\/script>/g, ''),
			page,
		).not.toMatch(/<script|<img (?!src="\/picture\/)|onerror=alert\(1\)>|src="\/\/evil/)
		if (text.includes('&lt;script')) shown++
	}
	expect(shown).toBeGreaterThan(16)
})
