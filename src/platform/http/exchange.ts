/** What a route gets, and what it gives: the server (`http-server.ts`) has checked the one and sends the other. */
import type { EventStream } from './event-stream.ts'

export interface HttpRequest {
	/** HEAD is asked of a route as GET. */
	readonly method: 'GET' | 'POST'
	/** Decoded, without query. */
	readonly path: string
	/** Path and query as they came. */
	readonly target: string
	/** Of the route's `:names`, decoded. */
	readonly parameters: Readonly<Record<string, string>>
	readonly query: URLSearchParams
	readonly cookies: ReadonlyMap<string, string>
	/** `Accept-Language`, as it came. */
	readonly languages: string
	/** At most what the route takes. */
	readonly body: Buffer
	/** The address it came from. */
	readonly from: string
}

export interface WholeAnswer {
	readonly status: number
	/** `Content-Type`. */
	readonly type: string
	readonly body: string | Uint8Array
	readonly headers?: Readonly<Record<string, string>>
	/** Of this content: who names it again is told that nothing has changed. Printable ASCII without quotes. */
	readonly tag?: string
}

/** The newest state of each kind of event, and what follows, until the viewer goes. */
interface StreamAnswer {
	readonly stream: EventStream
}

export type HttpAnswer = WholeAnswer | StreamAnswer

export interface Route {
	readonly method: 'GET' | 'POST'
	/** `/centre/:centre`: a segment that begins with a colon stands for any one, `*` at the end for all that follow. */
	readonly path: string
	/** Bytes of a request's body; none are taken without it. */
	readonly bodyBytes?: number
	answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>
}

export function htmlAnswer(html: string, status = 200): WholeAnswer {
	return { status, type: 'text/html; charset=utf-8', body: html }
}

/** `json` is a text that is JSON. */
export function jsonAnswer(json: string): WholeAnswer {
	return { status: 200, type: 'application/json; charset=utf-8', body: json }
}

/** A file to keep; `name` is ours. */
export function csvAnswer(csv: string, name: string): WholeAnswer {
	const headers = { 'content-disposition': `attachment; filename="${name}"` }
	return { status: 200, type: 'text/csv; charset=utf-8', body: csv, headers }
}

export function plainAnswer(status: number, line: string): WholeAnswer {
	return { status, type: 'text/plain; charset=utf-8', body: `${line}\n` }
}

/** Go and look there. `path` is ours. */
export function seeOther(path: string, headers: Readonly<Record<string, string>> = {}): WholeAnswer {
	return { ...plainAnswer(303, path), headers: { ...headers, location: path } }
}
