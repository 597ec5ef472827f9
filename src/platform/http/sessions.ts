/** Who has come in, known by a cookie of which only the digest is kept. */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { HttpRequest } from './exchange.ts'

/** Milliseconds: a shift. */
const lastsMs = 12 * 60 * 60 * 1000

/** Whoever came first makes room. */
const most = 256

export interface SessionsParts {
	readonly clock: Clock
	/** The cookie's name: two servers of one machine share its cookies. */
	readonly cookie: string
	/** Sent over TLS only. */
	readonly secure: boolean
}

export class Sessions {
	readonly #parts: SessionsParts
	/** Digest of the cookie, and when it ends by the monotonic clock. */
	readonly #open = new Map<string, number>()

	constructor(parts: SessionsParts) {
		this.#parts = parts
	}

	/** Gives the header that hands it out. */
	begin(): Readonly<Record<string, string>> {
		const { clock, cookie, secure } = this.#parts
		const secret = randomBytes(32).toString('base64url')
		this.#open.set(digestOf(secret), clock.monotonic() + lastsMs)
		for (const [oldest] of this.#open) {
			if (this.#open.size <= most) break
			this.#open.delete(oldest)
		}
		const attributes = `HttpOnly; SameSite=Strict; Path=/${secure ? '; Secure' : ''}`
		return { 'set-cookie': `${cookie}=${secret}; ${attributes}` }
	}

	has({ cookies }: HttpRequest): boolean {
		const secret = cookies.get(this.#parts.cookie)
		if (secret === undefined) return false
		const digest = digestOf(secret)
		const ends = this.#open.get(digest)
		if (ends === undefined) return false
		if (ends > this.#parts.clock.monotonic()) return true
		this.#open.delete(digest)
		return false
	}
}

function digestOf(secret: string): string {
	return createHash('sha256').update(secret).digest('base64url')
}
