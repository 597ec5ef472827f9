import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Certificates, withoutOpenssl } from '../../support/certificates.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { sendRaw, startServer } from './test-server.ts'

/** Status and body of one request, after which the connection ends. */
async function ask(
	port: number,
	line: string,
	...headers: string[]
): Promise<{ status: number; text: string }> {
	const head = [`${line} HTTP/1.1`, ...headers, 'Connection: close']
	const text = await sendRaw(port, `${head.join('\r\n')}\r\n\r\n`)
	return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text }
}

describe('a server of pages', () => {
	it('answers by its own names only, so that no name of a stranger becomes its own', async () => {
		const { port } = await startServer()
		const statusFor = async (...hosts: string[]) =>
			(await ask(port, 'GET /', ...hosts.map((host) => `Host: ${host}`))).status
		expect(await statusFor(`127.0.0.1:${port}`)).toBe(200)
		expect(await statusFor(`LOCALHOST:${port}`)).toBe(200)
		for (const host of [
			'rebound.example',
			`rebound.example:${port}`,
			'127.0.0.1',
			`127.0.0.1:${port}.example`,
			'',
		])
			expect(await statusFor(host), host).toBe(421)
		expect(await statusFor(`127.0.0.1:${port}`, 'rebound.example')).toBe(421)
		expect(await statusFor()).toBe(400)
	})

	it('takes no path that leads up, is written in two ways, or is none', async () => {
		const { port } = await startServer()
		const host = `Host: 127.0.0.1:${port}`
		for (const path of [
			...[
				'/../etc/passwd',
				'/centre/..',
				'/centre/%2e%2e',
				'/centre/%2e%2e%2fetc',
				'/centre/a%00b',
				'//etc/passwd',
			],
			...[
				'/centre/a%5cb',
				'/centre/%',
				'/centre/%ff',
				'/centre//',
				'http://example/',
				'*',
				'/centre/a%0d%0ab',
			],
		])
			expect((await ask(port, `GET ${path}`, host)).status, path).toBe(400)
		expect((await ask(port, 'GET /assets/../../package.json', host)).status).toBe(400)
		expect((await ask(port, 'GET /assets/http-server.js', host)).status).toBe(404)
		expect((await ask(port, 'GET /centre/121202007.01?x=%ff', host)).text).toContain('\r\n121202007.01\n')
	})

	it('caps head, URL and body, and repeats nothing of them', async () => {
		const { port } = await startServer()
		const host = `Host: 127.0.0.1:${port}`
		const own = `Origin: http://127.0.0.1:${port}`
		const long = 'x'.repeat(20_000)
		expect((await ask(port, 'GET /', host, `X: ${long}`)).status).toBe(431)
		expect((await ask(port, `GET /${'x'.repeat(3_000)}`, host)).status).toBe(414)
		expect((await ask(port, 'POST /send', host, own, 'Content-Length: 17')).status).toBe(413)
		expect((await ask(port, 'GET /', host, 'Content-Length: 1')).status).toBe(413)
		const chunked = await sendRaw(
			port,
			`POST /send HTTP/1.1\r\n${host}\r\n${own}\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n${'y'.repeat(32)}\r\n0\r\n\r\n`,
		)
		expect(chunked).toMatch(/^HTTP\/1\.1 413 /)
		const garbage = await sendRaw(port, '\u0016\u0003\u0001<script>\r\n\r\n')
		expect(garbage).toMatch(/^HTTP\/1\.1 400 /)
		expect(garbage).not.toContain('script')
	})

	it('takes what is sent from its own pages only', async () => {
		const { url, port } = await startServer()
		const send = (headers: Record<string, string>) =>
			fetch(`${url}/send`, { method: 'POST', body: 'five', headers })
		expect(await (await send({ origin: url })).text()).toBe('five\n')
		for (const origin of ['null', 'http://example', `https://127.0.0.1:${port}`])
			expect((await send({ origin })).status, origin).toBe(403)
		expect((await send({})).status).toBe(403)
		const host = `Host: 127.0.0.1:${port}`
		expect(
			(await ask(port, 'GET /', host, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors')).status,
		).toBe(403)
		expect(
			(await ask(port, 'GET /', host, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate')).status,
		).toBe(200)
	})

	it('answers no other method, and says which it does', async () => {
		const { port } = await startServer()
		const host = `Host: 127.0.0.1:${port}`
		for (const method of ['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH']) {
			const { status, text } = await ask(port, `${method} /`, host)
			expect(status, method).toBe(405)
			expect(text).toMatch(/allow: GET, HEAD, POST/i)
		}
		const own = `Origin: http://127.0.0.1:${port}`
		const refused = await ask(port, 'POST /', host, own)
		expect(refused.status).toBe(405)
		expect(refused.text).toMatch(/allow: GET\r/i)
	})

	it('forbids inline scripts and styles, frames and everything from elsewhere', async () => {
		const { url } = await startServer()
		for (const path of ['/', '/none', '/broken', '/%']) {
			const { headers } = await fetch(`${url}${path}`)
			const policy = headers.get('content-security-policy') ?? ''
			expect(policy, path).toContain("default-src 'none'")
			expect(policy).toContain("script-src 'self'; style-src 'self'")
			expect(policy).toContain("frame-ancestors 'none'")
			expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
			expect(headers.get('x-content-type-options')).toBe('nosniff')
			expect(headers.get('cache-control')).toBe('no-store')
			expect(headers.get('access-control-allow-origin')).toBeNull()
		}
	})

	it('lives on when a route throws, and shows nothing of it', async () => {
		const { url, failures } = await startServer()
		const broken = await fetch(`${url}/broken`)
		expect([broken.status, await broken.text()]).toEqual([500, 'this page could not be made\n'])
		expect(failures).toEqual([expect.stringContaining('a bug')])
		expect((await fetch(url)).status).toBe(200)
	})

	it('cuts off who sends a head or a body byte by byte', async () => {
		const { url, port } = await startServer({ limits: { headMs: 200, requestMs: 400, lookMs: 50 } })
		const began = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: `
		expect(await sendRaw(port, began)).toMatch(/^HTTP\/1\.1 408 /)
		const body = `POST /send HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${url}\r\nContent-Length: 9\r\n\r\nfour`
		expect(await sendRaw(port, body)).not.toContain('200 OK')
	})

	it.skipIf(withoutOpenssl !== null)(
		`lets go of who begins no handshake, or none that is one ${withoutOpenssl ?? ''}`,
		async () => {
			const certificates = new Certificates(await temporaryFolder())
			certificates.make('board', { from: Date.now() - 3_600_000, to: Date.now() + 3_600_000 })
			const read = (name: string) => readFileSync(certificates.path(name))
			const tls = { certificate: read('board.pem'), key: read('board.key') }
			const { port } = await startServer({ tls, limits: { headMs: 200 } })
			expect(await sendRaw(port, '')).toBe('')
			expect(await sendRaw(port, 'GET / HTTP/1.1\r\n\r\n')).not.toContain('HTTP/')
		},
	)

	it('holds no more connections than it may, and answers again when they have gone', async () => {
		const { url, port } = await startServer({
			limits: { connections: 40, headMs: 300, requestMs: 300, lookMs: 50 },
		})
		const sockets: Socket[] = []
		onTestFinished(() => {
			for (const socket of sockets) socket.destroy()
		})
		const ended = Array.from({ length: 2_000 }, () => {
			const socket = connect(port, '127.0.0.1')
			sockets.push(socket)
			return new Promise<void>((resolve) => {
				socket.on('error', () => {})
				socket.on('close', () => resolve())
				socket.write('GET / HT')
				socket.resume()
			})
		})
		await Promise.all(ended)
		expect((await fetch(url)).status).toBe(200)
	})
})
