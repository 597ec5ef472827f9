/** From what came over a connection to a request that a route may see. What is not of the form is refused here. */
import type { IncomingMessage } from 'node:http'
import { type Fault, fail, ok, type Result } from '../result.ts'

/** Characters of a path with its query. */
const longestUrl = 2_048

export type RequestFault = Fault<
	'method' | 'host' | 'origin' | 'url' | 'url-too-long' | 'body-too-large' | 'cut-short'
>

export interface RequestHead {
	readonly method: 'GET' | 'HEAD' | 'POST'
	readonly path: string
	readonly target: string
	readonly segments: readonly string[]
	readonly query: URLSearchParams
	readonly cookies: ReadonlyMap<string, string>
}

/** `origins` are those of our own pages, as `http://127.0.0.1:8470`. */
export function readHead(
	request: IncomingMessage,
	origins: ReadonlySet<string>,
	scheme: 'http' | 'https',
): Result<RequestHead, RequestFault> {
	const { method, headers, rawHeaders } = request
	// A name of another's that leads to this address would make a stranger's page one of ours.
	const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host')
	if (hosts.length !== 1 || !origins.has(`${scheme}://${headers.host?.toLowerCase()}`))
		return fail('host', 'this server does not go by that name')
	if (method !== 'GET' && method !== 'HEAD' && method !== 'POST')
		return fail('method', 'only GET, HEAD and POST are answered')
	const site = headers['sec-fetch-site']
	const isVisit = headers['sec-fetch-mode'] === 'navigate' && method === 'GET'
	if ((site === 'cross-site' || site === 'same-site') && !isVisit)
		return fail('origin', "another site's page asked for this")
	if (method === 'POST' && !origins.has(headers.origin ?? ''))
		return fail('origin', 'only pages of this server may send')
	const url = request.url ?? ''
	if (url.length > longestUrl) return fail('url-too-long', `over ${longestUrl} characters`)
	const [encoded = '', query = ''] = splitOnce(url, '?')
	const segments = segmentsOf(encoded)
	if (segments === null) return fail('url', 'no path of this server')
	return ok({
		method,
		path: `/${segments.join('/')}`,
		target: url,
		segments,
		query: new URLSearchParams(query),
		cookies: cookiesOf(headers.cookie),
	})
}

/** At most `most` bytes; the server's own deadline ends what does not come. */
export async function readBody(
	request: IncomingMessage,
	most: number,
): Promise<Result<Buffer, RequestFault>> {
	const tooLarge = () => fail('body-too-large', `over ${most} bytes`)
	if (Number(request.headers['content-length'] ?? 0) > most) return tooLarge()
	const parts: Buffer[] = []
	let length = 0
	try {
		for await (const part of request.iterator({ destroyOnReturn: false })) {
			length += part.length
			if (length > most) return tooLarge()
			parts.push(part)
		}
	} catch {
		return fail('cut-short', 'the connection ended before the request')
	}
	return ok(Buffer.concat(parts))
}

/** Decoded; null where it is no path, or one that could lead up or mean two things. */
function segmentsOf(encoded: string): string[] | null {
	if (!encoded.startsWith('/')) return null
	if (encoded === '/') return ['']
	const segments: string[] = []
	for (const one of encoded.slice(1).split('/')) {
		let segment: string
		try {
			segment = decodeURIComponent(one)
		} catch {
			return null
		}
		if (/[\p{C}/\\]/u.test(segment) || /^\.+$/.test(segment)) return null
		segments.push(segment)
	}
	// The last stroke is as good as none.
	if (segments.at(-1) === '') segments.pop()
	return segments.includes('') ? null : segments
}

function cookiesOf(header: string | undefined): ReadonlyMap<string, string> {
	const cookies = new Map<string, string>()
	for (const one of (header ?? '').split(';')) {
		const [name = '', value] = splitOnce(one.trim(), '=')
		// The first counts: a path's own cookie stands before.
		if (value !== undefined && !cookies.has(name)) cookies.set(name, value)
	}
	return cookies
}

function splitOnce(text: string, at: string): [string, string?] {
	const index = text.indexOf(at)
	return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}
