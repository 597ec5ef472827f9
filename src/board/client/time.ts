/** What a page shows of time, kept of now by the board's clock. */

/** What the board's clock is before this machine's. */
let aheadMs = 0

export function setTime(boardMs: number): void {
	aheadMs = boardMs - Date.now()
}

export function keepTime(): void {
	const now = Date.now() + aheadMs
	for (const element of document.querySelectorAll<HTMLElement>('[data-since]'))
		write(element, age(now - Number(element.dataset['since'])))
	for (const element of document.querySelectorAll<HTMLElement>('[data-clock]'))
		write(element, clock(now, element.dataset['clock'] ?? 'UTC'))
}

/** As the board writes it (pages/context.ts). */
function age(milliseconds: number): string {
	const isSpanish = document.documentElement.lang === 'es'
	const seconds = Math.max(0, Math.floor(milliseconds / 1000))
	const [count, unit] =
		seconds < 120
			? [seconds, 's']
			: seconds < 7200
				? [Math.floor(seconds / 60), 'min']
				: seconds < 172_800
					? [Math.floor(seconds / 3600), 'h']
					: [Math.floor(seconds / 86_400), isSpanish ? 'días' : 'days']
	return isSpanish ? `hace ${count} ${unit}` : `${count} ${unit} ago`
}

function clock(milliseconds: number, zone: string): string {
	const format = new Intl.DateTimeFormat(document.documentElement.lang, {
		timeZone: zone,
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
		hourCycle: 'h23',
		timeZoneName: 'shortOffset',
	})
	return format.format(milliseconds).replace(/GMT/, 'UTC').replace('-', '\u2212')
}

function write(element: HTMLElement, text: string): void {
	if (element.textContent !== text) element.textContent = text
}
