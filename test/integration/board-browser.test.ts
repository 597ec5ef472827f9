/** The board's pages in a browser, over a ledger that is read as any: for everybody, on a wall and on a telephone. */
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parseTileMap } from '#src/acta/register/tile-map.js'
import type { Board } from '#src/board/board.js'
import { type PageRoute, pageAddress, plainPages, wholeList } from '#src/board/routes.js'
import { systemClock } from '#src/platform/clock.js'
import type { PageLanguage } from '#src/platform/shown.js'
import { axeFaults, complaintsOf, launchBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { CentreMaker } from '../support/centre-maker.ts'
import { gotten } from '../support/result.ts'
import { startedBoard } from '../support/started-board.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const tileMap = new URL('../../src/acta/presidential-2024-tiles.csv', import.meta.url)
const [first, second] = ['k-aaaaaaaaaaaaaaaa', 'k-bbbbbbbbbbbbbbbb']
const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
const states = ['01', '11', '21', '13']

const tableAt = (index: number) => {
	const centro = `${states[index % 4]}${String(Math.floor(index / 8)).padStart(7, '0')}`
	return { centro, mesa: String((Math.floor(index / 4) % 2) + 1).padStart(2, '0') }
}

const textOf = (index: number, votes: readonly [number, number] = [10, 20]) => {
	const { centro, mesa } = tableAt(index)
	const counts = Array.from({ length: 38 }, (_, card) => (card === 0 ? votes[0] : card === 33 ? votes[1] : 0))
	return `${centro}.${mesa}.1.0001!${counts.join(',')}!0!0`
}

async function startBoard(prepare: (centre: CentreMaker) => Promise<void>) {
	const centre = new CentreMaker(await temporaryFolder())
	await prepare(centre)
	const tiles = gotten(parseTileMap(await readFile(tileMap)))
	const { board, url } = await startedBoard(centre.directory, { clock: systemClock, tiles })
	onTestFinished(() => board.stop())
	return { board, centre, url }
}

function register(centre: CentreMaker): void {
	centre.register(
		Array.from({ length: 56 }, (_, index) => {
			const { centro, mesa } = tableAt(index)
			const isHostile = index % 4 === 0
			return {
				...{ table: `${centro}.${mesa}`, centro, mesa, electors: 300 + index },
				state: isHostile ? hostile : `Estado ${states[index % 4]}`,
				municipality: isHostile ? hostile : 'Norte',
				centroName: isHostile ? hostile : `Escuela ${centro}`,
			}
		}),
	)
}

/** Two devices that agree on most and differ on some, papers that nobody read, tables of no register. */
async function busy(centre: CentreMaker): Promise<void> {
	register(centre)
	const at = new Date(Date.now() - 600_000).toISOString().replace(/\.\d+Z$/, 'Z')
	for (let index = 0; index < 24; index++) await centre.acta(first, textOf(index), at)
	for (let index = 0; index < 16; index++)
		await centre.acta(second, textOf(index, index < 6 ? [10, 21] : [10, 20]), at)
	await centre.acta(first, textOf(25, [9999, 9999]), at)
	await centre.acta(first, '990000000.01.1.0001!'.concat(`${'1,'.repeat(37)}1!0!0`), at)
	await centre.acta(second, null, at)
	centre.statuses(at, {
		device: first,
		recorded: 60,
		kiosk: { canScan: false, trouble: hostile, clock: 'none', actas: 1 },
	})
}

function addresses(language: PageLanguage, board: Board): readonly string[] {
	const { view } = board
	const [table] = [...view.tablesIn('conflict'), ...view.tablesIn('missing')]
	const { state = '', municipality = '', parish = '' } = table?.registered ?? {}
	const routes: readonly PageRoute[] = [
		{ page: 'coverage', names: [] },
		{ page: 'coverage', names: [state] },
		{ page: 'coverage', names: [state, municipality, parish, table?.centro ?? ''] },
		{ page: 'table', table: table?.table ?? '' },
		...view
			.devices()
			.slice(0, 1)
			.map(({ id }): PageRoute => ({ page: 'device', id })),
		...plainPages.map((page): PageRoute => ({ page })),
	]
	return routes.map((route) => pageAddress({ language, route, query: wholeList, isCsv: false }))
}

const laptop = { width: 1366, height: 768 }
const wall = { width: 1920, height: 1080 }
const telephone = { width: 360, height: 740 }

async function faultsOf(page: Page, url: string): Promise<string[]> {
	const response = await page.goto(url)
	const faults = response?.status() === 200 ? [] : [`answers ${response?.status()}`]
	faults.push(...(await axeFaults(page)))
	return [...faults, ...(await tooWide(page))]
}

async function tooWide(page: Page): Promise<string[]> {
	return (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) ? ['is too wide'] : []
}

describe.skipIf(withoutBrowser !== null)(
	`the board in a browser${withoutBrowser === null ? '' : `: ${withoutBrowser}`}`,
	() => {
		let browser: Browser
		beforeAll(async () => {
			browser = await launchBrowser(afterAll)
		})

		test('every page is for everybody, in both languages, by day and by night, and asks nobody else', async () => {
			const { board, url } = await startBoard(busy)
			expect(board.view.figures.tables.conflict.tables).toBe(6)
			const page = await openPage(browser)
			const complaints = complaintsOf(page, url)
			const faults: string[] = []
			for (const [language, wide] of [
				['es', laptop],
				['en', wall],
			] as const) {
				for (const address of addresses(language, board)) {
					await page.setViewportSize(wide)
					await page.emulateMedia({ colorScheme: 'light' })
					const found = await faultsOf(page, `${url}${address}`)
					// Colours and what there is on a small screen are the same in every language; lengths of words are not.
					if (language === 'es') {
						await page.emulateMedia({ colorScheme: 'dark' })
						found.push(...(await axeFaults(page, 'contrast')))
					}
					await page.setViewportSize(telephone)
					if (language === 'es') found.push(...(await axeFaults(page)))
					found.push(...(await tooWide(page)))
					faults.push(...found.map((fault) => `${address}: ${fault}`))
				}
			}
			expect([...faults, ...complaints]).toEqual([])
		})

		test('with nothing yet, each page says what will come', async () => {
			const { board, url } = await startBoard(async (centre) => register(centre))
			const page = await openPage(browser)
			const complaints = complaintsOf(page, url)
			const faults: string[] = []
			for (const address of addresses('es', board)) faults.push(...(await faultsOf(page, `${url}${address}`)))
			expect([...faults, ...complaints]).toEqual([])
			await page.goto(`${url}/es/`)
			await expect(page.locator('main').innerText()).resolves.toContain('0 de 56 mesas')
		})

		test('the wall shows all at once, moves by itself, and says when the board is gone', async () => {
			const { board, centre, url } = await startBoard(busy)
			const page = await openPage(browser, { viewport: wall })
			await page.goto(`${url}/es/pared`)
			const fits = `document.documentElement.scrollHeight <= innerHeight &&
			[...document.querySelectorAll('.blocks > section')].every((one) => one.scrollHeight <= one.clientHeight + 1)`
			expect(await page.evaluate(fits)).toBe(true)
			const counted = page.locator('.large strong')
			expect(await counted.innerText()).toBe('19')
			for (let index = 30; index < 40; index++) await centre.acta(first, textOf(index))
			await until(async () => (await counted.innerText()) === '29')
			expect(await page.locator('#offline').isVisible()).toBe(false)
			await board.stop()
			await page.locator('#offline').waitFor({ state: 'visible' })
		})

		test('rows do not move while they are read: new ones wait until they are asked for', async () => {
			const { centre, url } = await startBoard(busy)
			const page = await openPage(browser)
			await page.goto(`${url}/es/segundo-equipo`)
			const rows = () =>
				page.locator('#rows tr').evaluateAll((all) => all.map((row) => row.getAttribute('data-key')))
			const before = await rows()
			for (let index = 40; index < 43; index++) await centre.acta(first, textOf(index))
			const button = page.locator('[data-newer-of] button')
			await until(async () => (await button.innerText()).startsWith('3 '))
			expect(await rows()).toEqual(before)
			await button.press('Enter')
			await button.waitFor({ state: 'hidden' })
			expect(await rows()).toHaveLength(before.length + 3)
		})

		test('the keyboard goes everywhere: over the tabs, into a list, through its filter and order, to a row', async () => {
			const { url } = await startBoard(busy)
			const page = await openPage(browser)
			await page.goto(`${url}/en/`)
			const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()')
			const tabTo = async (text: string) => {
				for (let steps = 0; steps < 60; steps++) {
					await page.keyboard.press('Tab')
					if ((await focused()).startsWith(text)) return
				}
				throw new Error(`the keyboard does not come to ${text}`)
			}
			await page.keyboard.press('Tab')
			expect(await focused()).toBe('Skip to the content')
			await tabTo('Calls')
			expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
			await Promise.all([page.waitForURL('**/en/calls'), page.keyboard.press('Enter')])
			await page.locator('#find').focus()
			await page.keyboard.type('escuéla 110000006')
			await page.waitForURL('**/en/calls?q=*')
			await until(async () => (await page.locator('#rows tr').count()) === 1)
			expect(
				await page.locator('#find').evaluate((input) => input === input.ownerDocument.activeElement),
			).toBe(true)
			await tabTo('Missing')
			await page.keyboard.press('Enter')
			await page.locator('th[aria-sort=descending]').waitFor()
			expect(await focused()).toContain('Missing')
			await tabTo('11')
			await Promise.all([page.waitForURL('**/en/coverage/**'), page.keyboard.press('Enter')])
			await tabTo('Español')
			await Promise.all([page.waitForURL('**/es/cobertura/**'), page.keyboard.press('Enter')])
		})

		test('without a script the same pages filter, sort and lead on', async () => {
			const { url } = await startBoard(busy)
			const page = await openPage(browser, { javaScriptEnabled: false })
			await page.goto(`${url}/es/llamadas`)
			await page.locator('#find').fill('Estado 21')
			await page.locator('.find button').click()
			await page.waitForURL('**/llamadas?q=Estado+21')
			const rows = page.locator('#rows tr')
			expect(await rows.count()).toBeGreaterThan(2)
			await page.locator('thead a', { hasText: 'Electores' }).click()
			await page.waitForURL('**/llamadas?q=Estado+21&sort=-electors')
			const csv = await fetch(`${url}/es/llamadas.csv?q=Estado+21`)
			expect((await csv.text()).split('\r\n')).toHaveLength((await rows.count()) + 2)
			expect(await page.locator('.still').isVisible()).toBe(true)
		})
	},
)
