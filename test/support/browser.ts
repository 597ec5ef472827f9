/** A browser that walks pages, and what is wrong with a page for people who cannot see it or use no mouse. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Why tests that need it are skipped; null where it is there. */
export const withoutBrowser = existsSync(program)
	? null
	: 'skipped, no chromium (apt install chromium, or CHROMIUM=/path/to/it)'

/** Closed at the end of what `after` tells of. */
export async function launchBrowser(after: (close: () => Promise<void>) => void): Promise<Browser> {
	const browser = await chromium.launch({
		executablePath: program,
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
	})
	after(() => browser.close())
	return browser
}

/** One with cookies of its own, closed when the test has ended. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
	const context = await browser.newContext(options)
	onTestFinished(() => context.close())
	return await context.newPage()
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Contrast of 7:1 is no rule of axe's own choice. */
const rules = `rules: { 'color-contrast-enhanced': { enabled: true } }`
const contrast = `runOnly: { type: 'rule', values: ['color-contrast-enhanced'] }`

/** A line for each place where axe finds fault. */
export async function axeFaults(page: Page, what: 'all' | 'contrast' = 'all'): Promise<string[]> {
	if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(await axe)
	return await page.evaluate<
		string[]
	>(`axe.run({ resultTypes: ['violations'], ${what === 'all' ? rules : contrast} })
		.then(({ violations }) => violations.flatMap(({ id, nodes }) =>
			nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`)
}

/** What a page asks for from elsewhere, and what its console complains of, from now on. */
export function complaintsOf(page: Page, origin: string): string[] {
	const complaints: string[] = []
	page.on('request', (request) => {
		const url = request.url()
		if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) complaints.push(`asks ${url}`)
	})
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
	})
	page.on('pageerror', (error) => complaints.push(error.message))
	page.on('dialog', (dialog) => {
		complaints.push(`says ${dialog.message()}`)
		void dialog.dismiss()
	})
	return complaints
}
