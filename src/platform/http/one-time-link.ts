/** Lets in the one who first opens a link that was shown at the terminal, and nobody else. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Access } from './access.ts'
import { type HttpAnswer, type HttpRequest, seeOther } from './exchange.ts'
import { Sessions, type SessionsParts } from './sessions.ts'

export interface OneTimeLinkParts extends SessionsParts {
	/** For everybody else: what to do. */
	readonly refused: HttpAnswer
}

export class OneTimeLink implements Access {
	readonly #sessions: Sessions
	readonly #refused: HttpAnswer
	readonly #path = `/enter/${randomBytes(16).toString('base64url')}`
	#isSpent = false

	constructor({ refused, ...sessions }: OneTimeLinkParts) {
		this.#sessions = new Sessions(sessions)
		this.#refused = refused
	}

	/** To be appended to the server's address; a secret until it is opened. */
	get path(): string {
		return this.#path
	}

	refusal(request: HttpRequest): HttpAnswer | null {
		if (this.#sessions.has(request)) return isSame(request.path, this.#path) ? seeOther('/') : null
		if (this.#isSpent || !isSame(request.path, this.#path)) return this.#refused
		this.#isSpent = true
		return seeOther('/', this.#sessions.begin())
	}

	bodyBytes(): number {
		return 0
	}
}

function isSame(text: string, secret: string): boolean {
	const [one, other] = [Buffer.from(text), Buffer.from(secret)]
	return one.length === other.length && timingSafeEqual(one, other)
}
