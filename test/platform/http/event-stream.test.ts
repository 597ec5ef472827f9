import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EventStream } from '#src/platform/http/event-stream.js'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { until } from '../../support/until.ts'
import { startServer } from './test-server.ts'

async function startStream(mostViewers = 8) {
	const clock = new SimulatedClock()
	const stream = new EventStream({ clock, mostViewers })
	const { url, port } = await startServer({
		routes: [{ method: 'GET', path: '/events', answer: () => ({ stream }) }],
	})
	onTestFinished(() => stream.end())
	return { clock, stream, url, port }
}

/** What a viewer has read so far. */
async function view(url: string, headers: Record<string, string> = {}) {
	const abort = new AbortController()
	onTestFinished(() => abort.abort())
	const response = await fetch(`${url}/events`, { signal: abort.signal, headers })
	const seen = { text: '', ended: false, status: response.status, type: response.headers.get('content-type') }
	const read = async () => {
		try {
			for await (const piece of response.body ?? []) seen.text += Buffer.from(piece).toString()
		} catch {
			// It was aborted, or dropped.
		}
		seen.ended = true
	}
	void read()
	return { ...seen, seen, leave: () => abort.abort() }
}

describe('a stream of events', () => {
	it('shows whoever comes the newest of each name, and then what changes', async () => {
		const { stream, url } = await startStream()
		stream.publish('totals', { tables: 1 })
		stream.publish('kiosks', ['k-1'])
		stream.publish('totals', { tables: 2 })
		const { seen, type } = await view(url)
		expect(type).toBe('text/event-stream; charset=utf-8')
		await until(() => seen.text.includes('"tables":2'))
		expect(seen.text).not.toContain('"tables":1')
		expect(seen.text).toContain('event: kiosks\ndata: ["k-1"]\n\n')
		stream.publish('totals', { tables: 3 })
		await until(() => seen.text.includes('event: totals\ndata: {"tables":3}\n\n'))
	})

	it('shows whoever comes back the newest at once, whatever they have seen', async () => {
		const { stream, url } = await startStream()
		stream.publish('totals', 'first')
		const back = await view(url, { 'last-event-id': '1' })
		await until(() => back.seen.text.includes('first'))
	})

	it('lets no text of others end an event', async () => {
		const { stream, url } = await startStream()
		stream.publish('totals', 'one\n\nevent: forged\ndata: {}\r\n\u2028\u202E')
		const { seen } = await view(url)
		await until(() => seen.text.includes('forged'))
		expect(seen.text.match(/^event:/gm)).toHaveLength(1)
		expect(seen.text).not.toMatch(/[\u2028\u202E]/)
	})

	it('gives a sign of life while nothing happens', async () => {
		const { clock, stream, url } = await startStream()
		const { seen } = await view(url)
		await until(() => stream.viewers === 1)
		await clock.advance(10_000)
		await until(() => seen.text.includes(': here\n\n'))
	})

	/** A viewer who takes nothing, with more published than the system takes on the way of a connection. */
	async function stall() {
		const { clock, stream, port } = await startStream()
		const seen = { events: '', ended: false }
		const socket = connect(port, '127.0.0.1')
		onTestFinished(() => void socket.destroy())
		socket.on('error', () => {})
		socket.on('close', () => {
			seen.ended = true
		})
		socket.on('data', (bytes) => {
			seen.events += bytes.toString('latin1').replaceAll(/x+/g, '')
		})
		socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
		socket.pause()
		await until(() => stream.viewers === 1)
		for (let n = 0; n < 8; n++) stream.publish('totals', `<${n}>${'x'.repeat(16_000_000)}`)
		return { clock, stream, seen, socket }
	}

	it('holds one event of each name for a viewer who is slow', async () => {
		const { seen, socket } = await stall()
		socket.resume()
		await until(() => seen.events.includes('<7>'))
		expect(seen.events.match(/<\d>/g)).toEqual(['<0>', '<7>'])
	})

	it('drops a viewer who takes nothing', async () => {
		const { clock, stream, seen, socket } = await stall()
		await clock.advance(30_000)
		expect(stream.viewers).toBe(0)
		socket.resume()
		await until(() => seen.ended)
	})

	it('has room for so many viewers, and for one more when one has gone', async () => {
		const { stream, url } = await startStream(2)
		const one = await view(url)
		await view(url)
		expect((await view(url)).status).toBe(503)
		one.leave()
		await until(() => stream.viewers === 1)
		expect((await view(url)).status).toBe(200)
	})
})
