/** The board's addresses: its pages, what is live on them, and public pictures. */
import type { EventStream } from '../platform/http/event-stream.ts'
import {
	csvAnswer,
	type HttpRequest,
	jsonAnswer,
	type Route,
	seeOther,
	type WholeAnswer,
} from '../platform/http/exchange.ts'
import type { PageLanguage } from '../platform/shown.ts'
import { notFoundPage } from './pages/enter.ts'
import { pageAt } from './pages/page.ts'
import { parseAddress } from './routes.ts'
import type { BoardView } from './view.ts'

/** Pages of one version that are kept: many viewers look at the same few. */
const mostKept = 64

export interface SiteParts {
	readonly view: () => BoardView
	readonly live: EventStream
	readonly picture: Route
}

export function routesOf({ view, live, picture }: SiteParts): readonly Route[] {
	let kept = new Map<string, WholeAnswer>()
	let keptVersion = -1
	const page = (request: HttpRequest): WholeAnswer => {
		const address = parseAddress(request.target)
		if (address === null) return notFound(request)
		const now = view()
		if (now.version !== keptVersion) {
			kept = new Map()
			keptVersion = now.version
		}
		const before = kept.get(request.target)
		if (before !== undefined) return before
		const { status, mediaType, body } = pageAt(address, now)
		const tag = `${now.version}`
		const isCsv = mediaType.startsWith('text/csv')
		const made: WholeAnswer = isCsv
			? csvAnswer(body, nameOf(request.path))
			: { status, type: mediaType, body, ...(status === 200 ? { tag } : {}) }
		if (kept.size < mostKept) kept.set(request.target, made)
		return made
	}
	return [
		{ method: 'GET', path: '/', answer: (request) => seeOther(`/${languageOf(request)}/`) },
		{ method: 'GET', path: '/es/*', answer: page },
		{ method: 'GET', path: '/en/*', answer: page },
		// Of which the quote line has the digest.
		{ method: 'GET', path: '/figures.json', answer: () => jsonAnswer(view().figures) },
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
	return { status: 404, type: 'text/html; charset=utf-8', body: notFoundPage(languageOf(request)) }
}

/** English only for who asks for it before Spanish. */
export function languageOf({ path, languages }: HttpRequest): PageLanguage {
	if (/^\/en(\/|$)/.test(path)) return 'en'
	if (/^\/es(\/|$)/.test(path)) return 'es'
	const [first] = languages.toLowerCase().match(/\b(?:es|en)\b/g) ?? []
	return first === 'en' ? 'en' : 'es'
}
