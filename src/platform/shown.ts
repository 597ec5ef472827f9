/** Numbers and times as people of a language read them on a page. */

export const languages = ['es', 'en'] as const
export type PageLanguage = (typeof languages)[number]

/** Thin, and no line is broken at it. */
const thinSpace = '\u202f'

/** In groups of three also where it has four digits: numbers stand in columns. A negative one has a minus. */
export function shownNumber(value: number | bigint, language: PageLanguage): string {
	const digits = String(value).replace(/^-/, '\u2212')
	return digits.replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, language === 'es' ? thinSpace : ',')
}

/** Percent of a whole, rounded down: 100 % is all of it. `null` where there is no whole. */
export function wholePercent(part: number, of: number): number | null {
	return of > 0 ? Math.floor((100 * part) / of) : null
}

/** An instant in a zone, with what lies between it and UTC: `30 jul 2024, 18:00 (UTC−4)`. */
export function instantsIn(zone: string, language: PageLanguage): (milliseconds: number) => string {
	const format = new Intl.DateTimeFormat(language, {
		timeZone: zone,
		calendar: 'gregory',
		numberingSystem: 'latn',
		year: 'numeric',
		month: 'short',
		day: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
		timeZoneName: 'shortOffset',
	})
	return (milliseconds) => {
		const parts = format.formatToParts(milliseconds)
		const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
		const offset = part('timeZoneName').replace('GMT', 'UTC').replace(/\+0$/, '').replace('-', '\u2212')
		return `${part('day')} ${part('month')} ${part('year')}, ${part('hour')}:${part('minute')} (${offset})`
	}
}
