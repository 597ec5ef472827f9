/** The board's addresses: its pages, what is live on them, and public pictures. */
import type { EventStream } from '../platform/http/event-stream.ts'
import {
	csvAnswer,
	type HttpRequest,
	htmlAnswer,
	jsonAnswer,
	type Route,
	seeOther,
	type WholeAnswer,
} from '../platform/http/exchange.ts'
import type { PageLanguage } from '../platform/shown.ts'
import { figuresText } from '../tally/figures-text.ts'
import { notFoundPage } from './pages/enter.ts'
import { pageAt } from './pages/page.ts'
import { pageAddress, parseAddress } from './routes.ts'
import type { BoardView } from './view.ts'

/** Pages of one version that are kept: many viewers look at the same few. */
const mostKept = 64

export interface SiteParts {
	readonly view: () => Promise<BoardView>
	readonly live: EventStream
	readonly picture: Route
}

export function routesOf({ view, live, picture }: SiteParts): readonly Route[] {
	let kept = new Map<string, WholeAnswer>()
	let keptVersion = -1
	const page = async (request: HttpRequest): Promise<WholeAnswer> => {
		const address = parseAddress(request.target)
		if (address === null) return notFound(request)
		const now = await view()
		if (now.version !== keptVersion) {
			kept = new Map()
			keptVersion = now.version
		}
		const key = pageAddress(address)
		const before = kept.get(key)
		if (before !== undefined) return before
		const { status, mediaType, body } = pageAt(address, now)
		// A list as a file is long, and asked for once.
		if (mediaType.startsWith('text/csv')) return csvAnswer(body, nameOf(request.path))
		const made = htmlAnswer(body, status)
		if (status === 200 && kept.size < mostKept) kept.set(key, made)
		return made
	}
	return [
		{ method: 'GET', path: '/', answer: (request) => seeOther(`/${languageOf(request)}/`) },
		{ method: 'GET', path: '/es/*', answer: page },
		{ method: 'GET', path: '/en/*', answer: page },
		// Of which the quote line has the digest.
		{
			method: 'GET',
			path: '/figures.json',
			answer: async () => jsonAnswer(figuresText((await view()).figures)),
		},
		{ method: 'GET', path: '/live', answer: () => ({ stream: live }) },
		picture,
	]
}

/** Of a file that is kept: the address's last word, as far as it is plain. */
function nameOf(path: string): string {
	const last = path.slice(path.lastIndexOf('/') + 1)
	return /^[a-z-]{1,40}\.csv$/.test(last) ? last : 'testigo.csv'
}

export function notFound(request: HttpRequest): WholeAnswer {
	return htmlAnswer(notFoundPage(languageOf(request)), 404)
}

/** English only for who asks for it before Spanish. */
export function languageOf({ path, languages }: HttpRequest): PageLanguage {
	if (/^\/en(\/|$)/.test(path)) return 'en'
	if (/^\/es(\/|$)/.test(path)) return 'es'
	const [first] = languages.toLowerCase().match(/\b(?:es|en)\b/g) ?? []
	return first === 'en' ? 'en' : 'es'
}
