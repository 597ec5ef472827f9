/**
 * Server-sent events to many viewers. An event is a state: the newest of a name stands for all of that name before.
 *
 * INVARIANTS
 * - Of each name one event is kept, however many viewers there are and however long it runs.
 * - A viewer who is slow has at most one event of each name on its way; when these are gone it gets the newest. Who
 *   takes nothing within a deadline is dropped, and begins again with the whole state.
 */
import type { ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import { jsonLine } from '../printable.ts'

/** Milliseconds between signs of life, by which both sides notice that the other has gone. */
const heartbeatMs = 10_000

/** Milliseconds for a viewer to take what was sent. */
const takesWithinMs = 30_000

/** Milliseconds after which a browser comes back. */
const returnsAfterMs = 1_000

interface Frame {
	readonly number: number
	readonly text: string
}

interface Viewer {
	readonly response: ServerResponse
	/** Of the last frame that was sent. */
	number: number
	/** Calls off that it is dropped; while it is there nothing more is sent. */
	awaited: (() => void) | null
}

export interface EventStreamParts {
	readonly clock: Clock
	readonly mostViewers: number
}

export class EventStream {
	readonly #parts: EventStreamParts
	readonly #frames = new Map<string, Frame>()
	readonly #viewers = new Set<Viewer>()
	#number = 0
	#cancelHeartbeat: (() => void) | undefined
	#ended = false

	constructor(parts: EventStreamParts) {
		this.#parts = parts
	}

	get viewers(): number {
		return this.#viewers.size
	}

	/** `name` is ours; what is in `data` may come from anybody. */
	publish(name: string, data: unknown): void {
		const number = ++this.#number
		const text = `event: ${name}\ndata: ${jsonLine(data)}\n\n`
		// The newest last, so that a viewer's number covers all before.
		this.#frames.delete(name)
		this.#frames.set(name, { number, text })
		for (const viewer of this.#viewers) this.#send(viewer)
	}

	/** Takes over an answer whose head was not sent; false where there is no room for one more viewer. */
	show(response: ServerResponse): boolean {
		if (this.#ended || this.#viewers.size >= this.#parts.mostViewers) return false
		const viewer: Viewer = { response, number: 0, awaited: null }
		this.#viewers.add(viewer)
		response.on('close', () => this.#leave(viewer))
		response.on('error', () => this.#leave(viewer))
		response.on('drain', () => {
			viewer.awaited?.()
			viewer.awaited = null
			this.#send(viewer)
		})
		response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
		this.#write(viewer, `retry: ${returnsAfterMs}\n\n`)
		this.#send(viewer)
		this.#cancelHeartbeat ??= this.#parts.clock.after(heartbeatMs, () => this.#beat())
		return true
	}

	/** Sends everybody away. */
	end(): void {
		this.#ended = true
		this.#cancelHeartbeat?.()
		for (const viewer of this.#viewers) this.#drop(viewer)
	}

	#send(viewer: Viewer): void {
		if (viewer.awaited !== null) return
		let text = ''
		for (const frame of this.#frames.values()) if (frame.number > viewer.number) text += frame.text
		viewer.number = this.#number
		if (text !== '') this.#write(viewer, text)
	}

	#write(viewer: Viewer, text: string): void {
		if (viewer.response.write(text) || viewer.awaited !== null) return
		viewer.awaited = this.#parts.clock.after(takesWithinMs, () => this.#drop(viewer))
	}

	#beat(): void {
		this.#cancelHeartbeat = undefined
		if (this.#viewers.size === 0) return
		for (const viewer of this.#viewers) if (viewer.awaited === null) this.#write(viewer, ': here\n\n')
		this.#cancelHeartbeat = this.#parts.clock.after(heartbeatMs, () => this.#beat())
	}

	#drop(viewer: Viewer): void {
		this.#leave(viewer)
		viewer.response.destroy()
	}

	#leave(viewer: Viewer): void {
		viewer.awaited?.()
		viewer.awaited = null
		this.#viewers.delete(viewer)
	}
}
