/**
 * The one HTTP server, for pages of this machine: the board's and the reading station's.
 *
 * INVARIANTS
 * - It answers only by the names that it was given (no rebinding of names), and sends only what is its own: no inline
 *   script or style runs on its pages, nothing is loaded from elsewhere, nobody frames them.
 * - Whatever comes has a cap and a deadline: head, URL, body, connections, time without a byte moved.
 * - It opens no file for a request; a path is looked up in a table.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { type Fault, fail, ok, type Result, unreachable } from '../result.ts'
import type { Access } from './access.ts'
import { type Assets, loadAssets } from './assets.ts'
import { type HttpAnswer, type HttpRequest, plainAnswer, type Route, type WholeAnswer } from './exchange.ts'
import type { HttpListening, ListeningSecrets } from './listening.ts'
import { type RequestFault, readBody, readHead } from './request-reader.ts'

/** What bounds one connection and all of them. */
const usualLimits = {
	headBytes: 8 * 1024,
	connections: 256,
	/** From one address, where it is not this machine's own. */
	connectionsElsewhere: 32,
	/** Milliseconds for the head of a request, and for the whole. */
	headMs: 5_000,
	requestMs: 15_000,
	/** Milliseconds between looks at these two. */
	lookMs: 1_000,
	/** Milliseconds that a connection stays for the next request. */
	idleMs: 5_000,
	/** Milliseconds without a byte taken of an answer. */
	stalledMs: 30_000,
} as const

const securityHeaders = {
	'content-security-policy': [
		"default-src 'none'",
		...['script-src', 'style-src', 'img-src', 'connect-src', 'form-action'].map((what) => `${what} 'self'`),
		"base-uri 'none'",
		"frame-ancestors 'none'",
	].join('; '),
	'cross-origin-embedder-policy': 'require-corp',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
	// With none at all a form's own origin would not be sent either.
	'referrer-policy': 'same-origin',
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'cache-control': 'no-store',
} as const

type Limits = Readonly<Record<keyof typeof usualLimits, number>>

export interface HttpServerParts {
	readonly listening: Pick<HttpListening, 'address' | 'port' | 'names'>
	readonly tls: ListeningSecrets['tls']
	readonly access: Access
	readonly routes: readonly Route[]
	readonly assets: Assets
	/** In place of a path that is none. */
	readonly notFound: (request: HttpRequest) => WholeAnswer
	/** A route threw: a bug, answered with 500. */
	readonly failed: (fault: Fault<'route-threw'>) => void
	/** Where they are not the usual. */
	readonly limits?: Partial<Limits>
}

export class HttpServer {
	readonly #parts: HttpServerParts
	readonly #limits: Limits
	readonly #routes: readonly { readonly route: Route; readonly segments: readonly string[] }[]
	readonly #perAddress = new Map<string, number>()
	#assets: ReadonlyMap<string, WholeAnswer> = new Map()
	#origins: ReadonlySet<string> = new Set()
	#server: Server | undefined

	constructor(parts: HttpServerParts) {
		this.#parts = parts
		this.#limits = { ...usualLimits, ...parts.limits }
		this.#routes = parts.routes.map((route) => ({ route, segments: route.path.slice(1).split('/') }))
	}

	/** Gives its address, as `http://127.0.0.1:8470`. */
	async start(): Promise<Result<string, Fault<'not-listening' | 'bad-certificate'>>> {
		const { listening, tls, assets } = this.#parts
		const limits = this.#limits
		this.#assets = await loadAssets(assets)
		const options = {
			maxHeaderSize: limits.headBytes,
			headersTimeout: limits.headMs,
			requestTimeout: limits.requestMs,
			keepAliveTimeout: limits.idleMs,
			connectionsCheckingInterval: limits.lookMs,
		}
		const answer = (request: IncomingMessage, response: ServerResponse) =>
			void this.#answer(request, response)
		let server: Server
		try {
			server =
				tls === null
					? createServer(options, answer)
					: createTlsServer(
							{ ...options, cert: tls.certificate, key: tls.key, handshakeTimeout: limits.headMs },
							answer,
						)
		} catch (error) {
			return fail('bad-certificate', `certificate and key: ${(error as Error).message}`)
		}
		server.maxConnections = limits.connections
		server.on('connection', (socket) => this.#bound(socket))
		server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseUnread(error, socket as Socket))
		server.timeout = limits.stalledMs
		server.on('timeout', (socket) => socket.destroy())
		this.#server = server
		const listened = await listen(server, listening.address, listening.port)
		if (!listened.ok) return listened
		const { port } = server.address() as AddressInfo
		const scheme = this.#scheme
		const own = listening.address.includes(':') ? `[${listening.address}]` : listening.address
		const names = ['127.0.0.1', 'localhost', '[::1]', own, ...listening.names]
		const usual = tls === null ? 80 : 443
		this.#origins = new Set(
			names.flatMap((name) => [
				`${scheme}://${name}:${port}`,
				...(port === usual ? [`${scheme}://${name}`] : []),
			]),
		)
		return ok(`${scheme}://${listening.names[0] ?? own}:${port}`)
	}

	/** Ends what is on its way too. */
	async stop(): Promise<void> {
		const server = this.#server
		if (server === undefined) return
		await new Promise<void>((resolve) => {
			server.close(() => resolve())
			server.closeAllConnections()
		})
	}

	get #scheme(): 'http' | 'https' {
		return this.#parts.tls === null ? 'http' : 'https'
	}

	#bound(socket: Socket): void {
		const from = socket.remoteAddress ?? ''
		if (/^(::ffff:)?127\.|^::1$/.test(from)) return
		const held = (this.#perAddress.get(from) ?? 0) + 1
		if (held > this.#limits.connectionsElsewhere) return void socket.destroy()
		this.#perAddress.set(from, held)
		socket.on('close', () => {
			const left = (this.#perAddress.get(from) ?? 1) - 1
			if (left === 0) this.#perAddress.delete(from)
			else this.#perAddress.set(from, left)
		})
	}

	/** Never rejects. */
	async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
		response.on('error', () => {})
		try {
			await this.#route(incoming, response)
		} catch (error) {
			const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
			this.#parts.failed({ code: 'route-threw', detail })
			if (response.headersSent) response.destroy()
			else send(incoming, response, plainAnswer(500, 'this page could not be made'))
		}
	}

	async #route(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		const refuse = (fault: RequestFault) => {
			// What of the request has not come yet is not waited for.
			response.setHeader('connection', 'close')
			if (fault.code === 'method') response.setHeader('allow', 'GET, HEAD, POST')
			send(incoming, response, plainAnswer(statusOf(fault), fault.detail))
		}
		const head = readHead(incoming, this.#origins, this.#scheme)
		if (!head.ok) return refuse(head.fault)
		const { method, path, target, segments, query, cookies } = head.value
		const asked = method === 'HEAD' ? 'GET' : method
		const asset = asked === 'GET' ? this.#assets.get(path) : undefined
		if (asset !== undefined) return send(incoming, response, asset)

		const fitting = this.#routes.flatMap(({ route, segments: pattern }) => {
			const parameters = match(pattern, segments)
			return parameters === null ? [] : [{ route, parameters }]
		})
		const found = fitting.find(({ route }) => route.method === asked)
		const { access } = this.#parts
		const most = Math.max(found?.route.bodyBytes ?? 0, access.bodyBytes(path))
		const body = await readBody(incoming, asked === 'POST' ? most : 0)
		if (!body.ok) return refuse(body.fault)
		const request: HttpRequest = {
			...{ method: asked, path, target, query, cookies, body: body.value },
			parameters: found?.parameters ?? {},
			languages: incoming.headers['accept-language'] ?? '',
			from: incoming.socket.remoteAddress ?? '',
		}
		const answer = (await access.refusal(request)) ?? (await this.#found(request, found?.route, fitting))
		if (!('stream' in answer)) return send(incoming, response, answer)
		if (method === 'HEAD') return send(incoming, response, plainAnswer(200, ''))
		incoming.socket.setTimeout(0)
		if (!answer.stream.show(response))
			send(incoming, response, plainAnswer(503, 'too many are looking already'))
	}

	async #found(
		request: HttpRequest,
		route: Route | undefined,
		fitting: readonly { readonly route: Route }[],
	): Promise<HttpAnswer> {
		if (route !== undefined) return await route.answer(request)
		if (fitting.length === 0) return this.#parts.notFound(request)
		const allow = fitting.map((one) => one.route.method).join(', ')
		return { ...plainAnswer(405, `only ${allow} is answered here`), headers: { allow } }
	}
}

function match(
	pattern: readonly string[],
	segments: readonly string[],
): Readonly<Record<string, string>> | null {
	const isOpen = pattern.at(-1) === '*'
	const least = isOpen ? pattern.length - 1 : pattern.length
	if (segments.length < least || (!isOpen && segments.length > least)) return null
	const parameters: Record<string, string> = {}
	for (const [at, part] of pattern.slice(0, least).entries()) {
		const segment = segments[at] ?? ''
		if (part.startsWith(':')) parameters[part.slice(1)] = segment
		else if (part !== segment) return null
	}
	return parameters
}

function send(incoming: IncomingMessage, response: ServerResponse, answer: WholeAnswer): void {
	const { status, type, body, headers = {}, tag } = answer
	const etag = tag === undefined ? undefined : `"${tag}"`
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
	if (etag !== undefined) response.setHeader('etag', etag)
	if (etag !== undefined && incoming.headers['if-none-match'] === etag) {
		response.writeHead(304).end()
		return
	}
	const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
	response.writeHead(status, { 'content-type': type, 'content-length': bytes.length })
	response.end(incoming.method === 'HEAD' ? undefined : bytes)
}

function statusOf({ code }: RequestFault): number {
	switch (code) {
		case 'method':
			return 405
		case 'host':
			return 421
		case 'origin':
			return 403
		case 'url':
		case 'cut-short':
			return 400
		case 'url-too-long':
			return 414
		case 'body-too-large':
			return 413
		default:
			return unreachable(code)
	}
}

/** What was no request at all, or did not come in time: nothing of it is repeated. */
function refuseUnread({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
	if (socket.destroyed) return
	// Whose handshake fails or never comes can be told nothing: an answer would wait for that handshake.
	if (!/^(HPE_|ERR_HTTP_)/.test(code)) return void socket.destroy()
	const status =
		code === 'HPE_HEADER_OVERFLOW'
			? '431 Request Header Fields Too Large'
			: code === 'ERR_HTTP_REQUEST_TIMEOUT'
				? '408 Request Timeout'
				: '400 Bad Request'
	if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
	socket.destroySoon()
}

function listen(server: Server, host: string, port: number): Promise<Result<null, Fault<'not-listening'>>> {
	return new Promise((resolve) => {
		server.on('error', (error: NodeJS.ErrnoException) => {
			const what =
				error.code === 'EADDRINUSE' ? 'another program listens there' : (error.code ?? error.message)
			resolve(fail('not-listening', `${host} port ${port}: ${what}`))
		})
		server.listen({ host, port }, () => resolve(ok(null)))
	})
}
