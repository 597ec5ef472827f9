/** What each page is made with: the view, the language, and how numbers, times and addresses look in it. */
import { instantsIn, type PageLanguage, shownNumber, wholePercent } from '../../platform/shown.ts'
import { type Address, type ListQuery, type PageRoute, pageAddress, wholeList } from '../routes.ts'
import type { BoardView } from '../view.ts'

export interface PageContext {
	readonly view: BoardView
	readonly language: PageLanguage
	readonly address: Address
	number(value: number): string
	/** `83 %`: never stands without the count that it is of. */
	percent(part: number, of: number): string
	time(milliseconds: number): string
	/** `hace 3 min`: how long before now. */
	age(milliseconds: number): string
	to(route: PageRoute, query?: Partial<ListQuery>): string
	/** A text of the page's language. */
	in<T>(texts: Readonly<Record<PageLanguage, T>>): T
}

export function pageContext(address: Address, view: BoardView): PageContext {
	const { language } = address
	const time = instantsIn(view.election.zone ?? 'UTC', language)
	return {
		view,
		language,
		address,
		number: (value) => shownNumber(value, language),
		percent: (part, of) => {
			const whole = wholePercent(part, of)
			if (whole === null) return '–'
			const shown = whole === 0 && part > 0 ? '<1' : String(whole)
			return language === 'es' ? `${shown}\u00a0%` : `${shown}%`
		},
		time,
		age: (milliseconds) => ageIn(language, view.nowMs - milliseconds),
		to: (route, query = {}) =>
			pageAddress({ language, route, query: { ...wholeList, ...query }, isCsv: false }),
		in: (texts) => texts[language],
	}
}

function ageIn(language: PageLanguage, milliseconds: number): string {
	const seconds = Math.max(0, Math.floor(milliseconds / 1000))
	const [count, unit] =
		seconds < 120
			? [seconds, 's']
			: seconds < 7200
				? [Math.floor(seconds / 60), 'min']
				: seconds < 172_800
					? [Math.floor(seconds / 3600), 'h']
					: [Math.floor(seconds / 86_400), language === 'es' ? 'días' : 'days']
	return language === 'es' ? `hace ${count} ${unit}` : `${count} ${unit} ago`
}
