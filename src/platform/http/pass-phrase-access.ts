/** Lets in who types the pass phrase. */
import type { Clock } from '../clock.ts'
import type { Access } from './access.ts'
import { type HttpAnswer, type HttpRequest, htmlAnswer, seeOther } from './exchange.ts'
import { isPassPhrase, type PassPhraseHash } from './pass-phrase.ts'
import { Sessions } from './sessions.ts'

/** Where it is asked for, by a form that posts its field `phrase` here. */
export const enterPath = '/enter'

/** Tries of one network at once, and milliseconds until it has one more. */
const triesAtOnce = 5
const tryAgainMs = 30_000

/** Tries that are computed at the same time, of all: each takes 32 MB. */
const mostAtOnce = 2

/** Networks that are remembered; who was not heard for the longest time is forgotten. */
const mostNetworks = 4_096

/** Why the form is shown again. */
export type PassPhraseFault = 'wrong' | 'too-many'

export interface PassPhraseAccessParts {
	readonly clock: Clock
	readonly cookie: string
	readonly hash: PassPhraseHash
	/** The page with the form. */
	readonly form: (request: HttpRequest, fault: PassPhraseFault | null) => string
	/** Called for each wrong one. */
	readonly refused: (from: string, fault: PassPhraseFault) => void
}

export class PassPhraseAccess implements Access {
	readonly #parts: PassPhraseAccessParts
	readonly #sessions: Sessions
	/** By network: tries that are left, as of an instant. */
	readonly #tries = new Map<string, { left: number; atMs: number }>()
	#computing = 0

	constructor(parts: PassPhraseAccessParts) {
		this.#parts = parts
		this.#sessions = new Sessions({ clock: parts.clock, cookie: parts.cookie, secure: true })
	}

	bodyBytes(path: string): number {
		return path === enterPath ? 4_096 : 0
	}

	async refusal(request: HttpRequest): Promise<HttpAnswer | null> {
		const { form, hash, refused } = this.#parts
		const { path, method, from } = request
		if (path !== enterPath) return this.#sessions.has(request) ? null : seeOther(enterPath)
		if (method !== 'POST') return htmlAnswer(form(request, null))
		const refuse = (fault: PassPhraseFault, status: number) => {
			refused(from, fault)
			return htmlAnswer(form(request, fault), status)
		}
		if (this.#computing >= mostAtOnce || !this.#takeTry(networkOf(from))) return refuse('too-many', 429)
		const phrase = new URLSearchParams(request.body.toString('utf8')).get('phrase') ?? ''
		this.#computing++
		try {
			if (!(await isPassPhrase(phrase, hash))) return refuse('wrong', 403)
		} finally {
			this.#computing--
		}
		this.#tries.delete(networkOf(from))
		return seeOther('/', this.#sessions.begin())
	}

	#takeTry(network: string): boolean {
		const now = this.#parts.clock.monotonic()
		const before = this.#tries.get(network) ?? { left: triesAtOnce, atMs: now }
		const left = Math.min(triesAtOnce, before.left + (now - before.atMs) / tryAgainMs)
		const isLeft = left >= 1
		this.#tries.delete(network)
		this.#tries.set(network, { left: isLeft ? left - 1 : left, atMs: now })
		for (const [oldest] of this.#tries) {
			if (this.#tries.size <= mostNetworks) break
			this.#tries.delete(oldest)
		}
		return isLeft
	}
}

/** Of IPv6 the half that a provider hands out: within it addresses are free. */
function networkOf(address: string): string {
	if (!address.includes(':') || address.startsWith('::ffff:')) return address
	const [head = '', tail = ''] = address.split('::')
	const groups = head.split(':')
	if (address.includes('::')) {
		const end = tail === '' ? [] : tail.split(':')
		while (groups.length + end.length < 8) groups.push('0')
	}
	return groups.slice(0, 4).join(':')
}
