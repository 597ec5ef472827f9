/** The addresses of the board's pages. A page in the other language is the same address with the other beginning. */
import { languages, type PageLanguage } from '../platform/shown.ts'

/** What a page is of. */
export type PageRoute =
	/** The first page: totals, and coverage of the country. */
	| { readonly page: 'coverage'; readonly names: readonly string[] }
	| { readonly page: 'table'; readonly table: string }
	| { readonly page: 'device'; readonly id: string }
	| { readonly page: PlainPage }

export const plainPages = [
	...(['wall', 'calls', 'rescans', 'devices', 'disputes'] as const),
	...(['unread', 'papers', 'findings', 'check'] as const),
] as const
export type PlainPage = (typeof plainPages)[number]

/** Of a long list: what is looked for, by what it is sorted, and where it begins. */
export interface ListQuery {
	readonly find: string
	/** Key of a column; empty for the page's own order. */
	readonly sort: string
	readonly isDescending: boolean
	readonly from: number
}

export const wholeList: ListQuery = { find: '', sort: '', isDescending: false, from: 0 }

export interface Address {
	readonly language: PageLanguage
	readonly route: PageRoute
	readonly query: ListQuery
	/** The page's list as a file. */
	readonly isCsv: boolean
}

const words: Readonly<Record<PageLanguage, Readonly<Record<PlainPage | 'coverage' | 'table', string>>>> = {
	es: {
		coverage: 'cobertura',
		table: 'mesa',
		wall: 'pared',
		calls: 'llamadas',
		rescans: 'segundo-equipo',
		devices: 'equipos',
		disputes: 'disputas',
		unread: 'sin-leer',
		papers: 'sin-mesa',
		findings: 'hallazgos',
		check: 'comprobar',
	},
	en: {
		coverage: 'coverage',
		table: 'table',
		wall: 'wall',
		calls: 'calls',
		rescans: 'second-device',
		devices: 'devices',
		disputes: 'disputes',
		unread: 'unread',
		papers: 'no-table',
		findings: 'findings',
		check: 'check',
	},
}

/** Characters of an address: any longer one is of no page. */
const longestAddress = 2000

/** Of a request's target, with its query; null where no page is. */
export function parseAddress(target: string): Address | null {
	if (target.length > longestAddress || !target.startsWith('/')) return null
	const [path = '', search = ''] = target.split('?', 2)
	const [first = '', ...rest] = path.slice(1).split('/')
	const language = languages.find((one) => one === first)
	if (language === undefined) return null
	if (rest.at(-1) === '') rest.pop()
	const isCsv = rest.at(-1)?.endsWith('.csv') === true
	const parts: string[] = []
	for (const [index, part] of rest.entries()) {
		const isLast = index === rest.length - 1
		const decoded = decodedPart(isLast && isCsv ? part.slice(0, -'.csv'.length) : part)
		if (decoded === null || decoded === '') return null
		parts.push(decoded)
	}
	const route = routeOf(language, parts)
	return route === null ? null : { language, route, query: parseQuery(new URLSearchParams(search)), isCsv }
}

function routeOf(language: PageLanguage, [word, ...names]: readonly string[]): PageRoute | null {
	const own = words[language]
	if (word === undefined) return { page: 'coverage', names: [] }
	if (word === own.coverage) return names.length <= 4 ? { page: 'coverage', names } : null
	const [name] = names
	if (names.length > 1) return null
	if (word === own.table) return name === undefined ? null : { page: 'table', table: name }
	const plain = plainPages.find((page) => own[page] === word)
	if (plain === undefined) return null
	if (name === undefined) return { page: plain }
	return plain === 'devices' ? { page: 'device', id: name } : null
}

export function pageAddress({ language, route, query, isCsv }: Address): string {
	const search = new URLSearchParams()
	if (query.find !== '') search.set('q', query.find)
	if (query.sort !== '') search.set('sort', query.isDescending ? `-${query.sort}` : query.sort)
	if (query.from > 0) search.set('from', String(query.from))
	const parts = partsOf(language, route).map(encodedPart)
	const path = isCsv ? `${parts.join('/')}.csv` : parts.join('/')
	return `/${language}/${path}${search.size > 0 ? `?${search}` : ''}`
}

function partsOf(language: PageLanguage, route: PageRoute): readonly string[] {
	const own = words[language]
	switch (route.page) {
		case 'coverage':
			return [own.coverage, ...route.names]
		case 'table':
			return [own.table, route.table]
		case 'device':
			return [own.devices, route.id]
		default:
			return [own[route.page]]
	}
}

function parseQuery(search: URLSearchParams): ListQuery {
	const sort = search.get('sort') ?? ''
	const from = search.get('from') ?? ''
	return {
		find: (search.get('q') ?? '').trim().slice(0, 80),
		sort: sort.replace(/^-/, '').slice(0, 20),
		isDescending: sort.startsWith('-'),
		from: /^[0-9]{1,7}$/.test(from) ? Number(from) : 0,
	}
}

/**
 * A name may hold what no path may: strokes, what is not seen, nothing but dots; or end as a list's file does. Such
 * characters stand as `~2f~`, by their number.
 */
function encodedPart(name: string): string {
	const plain = name.replaceAll(/[~/\\\p{C}]|^\.(?=\.*$)|\.(?=csv$)/gu, (character) => {
		return `~${character.codePointAt(0)?.toString(16)}~`
	})
	return encodeURIComponent(plain)
}

function decodedPart(part: string): string | null {
	try {
		return decodeURIComponent(part).replaceAll(/~([0-9a-f]{1,6})~/g, (_, code: string) => {
			return String.fromCodePoint(Number.parseInt(code, 16))
		})
	} catch {
		return null
	}
}
