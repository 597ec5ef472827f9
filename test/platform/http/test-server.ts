/** A server with a page, a form and what else a test gives it; and requests over a bare connection. */
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import { openAccess } from '#src/platform/http/access.js'
import { htmlAnswer, plainAnswer } from '#src/platform/http/exchange.js'
import { HttpServer, type HttpServerParts } from '#src/platform/http/http-server.js'

export interface TestServer {
	/** As `http://127.0.0.1:40123`. */
	readonly url: string
	readonly port: number
	readonly server: HttpServer
	/** Details of what routes threw. */
	readonly failures: string[]
}

export async function startServer(given: Partial<HttpServerParts> = {}): Promise<TestServer> {
	const failures: string[] = []
	const server = new HttpServer({
		listening: { address: '127.0.0.1', port: 0, names: [] },
		tls: null,
		access: openAccess,
		routes: [
			{ method: 'GET', path: '/', answer: () => htmlAnswer('<title>a page</title>') },
			{
				method: 'GET',
				path: '/centre/:centre',
				answer: ({ parameters }) => plainAnswer(200, `${parameters['centre']}`),
			},
			{
				...{ method: 'POST', path: '/send', bodyBytes: 16 },
				answer: ({ body }) => plainAnswer(200, body.toString()),
			},
			{
				...{ method: 'GET', path: '/broken' },
				answer: () => {
					throw new Error('a bug')
				},
			},
		],
		assets: new Map(),
		notFound: () => htmlAnswer('<title>not here</title>', 404),
		failed: ({ detail }) => failures.push(detail),
		...given,
	})
	const started = await server.start()
	if (!started.ok) throw new Error(started.fault.detail)
	onTestFinished(() => server.stop())
	return { url: started.value, port: Number(new URL(started.value).port), server, failures }
}

/** Sends bytes as they are, and gives all that comes until the other side ends. */
export function sendRaw(port: number, text: string): Promise<string> {
	return new Promise((resolve) => {
		let came = ''
		const socket = connect(port, '127.0.0.1', () => socket.write(text))
		socket.on('data', (bytes) => {
			came += bytes.toString('latin1')
		})
		socket.on('error', () => {})
		socket.on('close', () => resolve(came))
	})
}
