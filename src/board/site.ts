/** The board's addresses: its pages, what is live on them, and public pictures. */
import type { EventStream } from '../platform/http/event-stream.ts'
import { type HttpRequest, type Route, seeOther, type WholeAnswer } from '../platform/http/exchange.ts'
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
		const made = { status, type: mediaType, body, ...(status === 200 ? { tag } : {}) }
		if (kept.size < mostKept) kept.set(request.target, made)
		return made
	}
	return [
		{ method: 'GET', path: '/', answer: (request) => seeOther(`/${languageOf(request)}/`) },
		{ method: 'GET', path: '/es/*', answer: page },
		{ method: 'GET', path: '/en/*', answer: page },
		{ method: 'GET', path: '/live', answer: () => ({ stream: live }) },
		picture,
	]
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

