/** A folder in the hands of a person, on the page that verifies. */
import type { ChromiumPage } from './chromium.ts'

/** Resolves to what the page shows, once it has a verdict. */
const shown = `new Promise((resolve) => {
	const look = () => {
		const result = document.getElementById('result')
		if (result.hidden) return false
		resolve(document.body.innerText)
		return true
	}
	if (!look()) new MutationObserver((_, observer) => look() && observer.disconnect())
		.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
})`

export async function shownBy(chromium: ChromiumPage): Promise<string> {
	return String(await chromium.evaluate(shown))
}

/** What the page shows of this folder, or file. */
export async function dropped(chromium: ChromiumPage, path: string): Promise<string> {
	await drop(chromium, [path])
	return shownBy(chromium)
}

/** Files and folders, all at once. */
export async function drop(chromium: ChromiumPage, paths: readonly string[]): Promise<void> {
	// What it has shown before is of others.
	await chromium.evaluate(`last = null, show()`)
	const data = { items: [], files: paths, dragOperationsMask: 1 }
	for (const type of ['dragEnter', 'dragOver', 'drop'])
		await chromium.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data })
}

export async function inOtherLanguage(chromium: ChromiumPage): Promise<string> {
	await chromium.evaluate(`document.getElementById('language').click()`)
	return shownBy(chromium)
}
