/**
 * An archive on a web server. Whoever owns it, or the line, may send anything: each file has a cap and deadlines, and no
 * other server is asked, whatever this one says.
 */
import { type Backoff, delayBefore } from '../platform/backoff.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { ArchiveSource, SourceFault } from './archive-source.ts'
import type { BandwidthCap } from './bandwidth-cap.ts'

export interface HttpSourceParts {
	readonly clock: Clock
	readonly random: () => number
	/** Null without one. */
	readonly cap: BandwidthCap | null
	readonly deadlines?: HttpDeadlines
}

export interface HttpDeadlines {
	/** Milliseconds in which an answer begins, and the next piece of it comes. */
	readonly silenceMs: number
	/** Milliseconds after which a file must have come at `leastBytesPerSecond` on average. */
	readonly graceMs: number
	readonly leastBytesPerSecond: number
	readonly tries: number
	readonly backoff: Backoff
}

const usualDeadlines: HttpDeadlines = {
	silenceMs: 30_000,
	graceMs: 60_000,
	leastBytesPerSecond: 1024,
	tries: 4,
	backoff: { firstMs: 1_000, mostMs: 8_000 },
}

const mostRedirects = 5
const redirects = new Set([301, 302, 303, 307, 308])
/** Asked again, they may answer otherwise. */
const passing = new Set([408, 425, 429])

export class HttpSource implements ArchiveSource {
	readonly name: string
	readonly isRemote = true
	readonly #base: URL
	readonly #parts: HttpSourceParts
	readonly #deadlines: HttpDeadlines

	private constructor(base: URL, parts: HttpSourceParts) {
		this.name = base.href
		this.#base = base
		this.#parts = parts
		this.#deadlines = parts.deadlines ?? usualDeadlines
	}

	static at(url: string, parts: HttpSourceParts): Result<HttpSource, Fault<'bad-url'>> {
		const base = URL.canParse(url) ? new URL(url) : null
		if (base === null || !['http:', 'https:'].includes(base.protocol))
			return fail('bad-url', `${url}: not an address of the web (http, https)`)
		if (base.username !== '' || base.password !== '' || base.search !== '' || base.hash !== '')
			return fail('bad-url', `${base.host}: an address without names, "?" and "#"`)
		if (!base.pathname.endsWith('/')) base.pathname += '/'
		return ok(new HttpSource(base, parts))
	}

	/** `path` is one of an archive: letters, digits, `.`, `-`, `_` between slashes. */
	async fetch(path: string, cap: number): Promise<Result<Buffer, SourceFault>> {
		const { clock, random } = this.#parts
		const { tries, backoff } = this.#deadlines
		for (let attempt = 0; ; attempt++) {
			const got = await this.#try(new URL(path, this.#base), cap)
			if (got.ok || got.fault.code !== 'source-unreachable' || attempt + 1 >= tries) return got
			await pause(clock, delayBefore(attempt, backoff, random))
		}
	}

	async #try(address: URL, cap: number): Promise<Result<Buffer, SourceFault>> {
		const ended = new AbortController()
		const { clock } = this.#parts
		// What a server that says nothing would make us wait for.
		let cancel = clock.after(this.#deadlines.silenceMs, () => ended.abort())
		const heard = () => {
			cancel()
			cancel = clock.after(this.#deadlines.silenceMs, () => ended.abort())
		}
		try {
			return await this.#follow(address, cap, ended.signal, heard, () => cancel())
		} catch (error) {
			const { message, cause } = error as Error
			const why = cause instanceof Error ? cause.message : message
			return fail('source-unreachable', `${address.href}: ${ended.signal.aborted ? 'no answer' : why}`)
		} finally {
			cancel()
			ended.abort()
		}
	}

	async #follow(
		address: URL,
		cap: number,
		signal: AbortSignal,
		heard: () => void,
		rest: () => void,
	): Promise<Result<Buffer, SourceFault>> {
		for (let [at, hops] = [address, 0]; ; hops++) {
			const response = await fetch(at.href, { redirect: 'manual', signal })
			heard()
			const to = redirects.has(response.status) ? response.headers.get('location') : null
			if (to === null) return await this.#answer(at, response, cap, heard, rest)
			await response.body?.cancel()
			const next = URL.canParse(to, at.href) ? new URL(to, at.href) : null
			if (next?.origin !== this.#base.origin)
				return fail('source-refused', `${at.href}: sends to another server; name that one`)
			if (hops === mostRedirects) return fail('source-refused', `${address.href}: sends round and round`)
			at = next
		}
	}

	async #answer(
		at: URL,
		{ status, headers, body }: Response,
		cap: number,
		heard: () => void,
		rest: () => void,
	): Promise<Result<Buffer, SourceFault>> {
		const refuse = async (code: SourceFault['code'], what: string) => {
			await body?.cancel()
			return fail(code, `${at.href}: ${what}`)
		}
		if (status === 404 || status === 410) return await refuse('source-missing', 'there is no such file')
		if (status !== 200) {
			const isPassing = status >= 500 || passing.has(status)
			return await refuse(isPassing ? 'source-unreachable' : 'source-refused', `answers ${status}`)
		}
		if (Number(headers.get('content-length') ?? 0) > cap)
			return await refuse('source-too-large', `over ${cap} bytes`)
		if (body === null) return ok(Buffer.alloc(0))
		const { clock } = this.#parts
		const { graceMs, leastBytesPerSecond } = this.#deadlines
		const parts: Uint8Array[] = []
		let [length, waitedMs] = [0, 0]
		const beganMs = clock.monotonic()
		for await (const part of body as AsyncIterable<Uint8Array>) {
			length += part.length
			// What is compressed on its way has no length that can be trusted.
			if (length > cap) return fail('source-too-large', `${at.href}: over ${cap} bytes`)
			parts.push(part)
			if (this.#parts.cap !== null) {
				rest()
				const fromMs = clock.monotonic()
				await this.#parts.cap.take(part.length)
				waitedMs += clock.monotonic() - fromMs
			}
			heard()
			const tookMs = clock.monotonic() - beganMs - waitedMs
			if (tookMs > graceMs && (length / tookMs) * 1000 < leastBytesPerSecond)
				return fail('source-unreachable', `${at.href}: comes too slowly`)
		}
		return ok(Buffer.concat(parts))
	}
}
