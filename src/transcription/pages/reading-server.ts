/** The reading station's page, on this machine only, for whoever opens a link that stands at the terminal. */
import type { Clock } from '../../platform/clock.ts'
import type { Access } from '../../platform/http/access.ts'
import type { HttpAnswer, HttpRequest } from '../../platform/http/exchange.ts'
import { HttpServer } from '../../platform/http/http-server.ts'
import { OneTimeLink } from '../../platform/http/one-time-link.ts'
import { type Fault, ok, type Result } from '../../platform/result.ts'
import { readingAssets } from '../assets.ts'
import { linkUsedPage, type StationPages } from './routes.ts'

export interface ReadingServerParts {
	readonly pages: StationPages
	readonly clock: Clock
	/** 0 takes any that is free. */
	readonly port: number
	/** A page could not be made: a bug. */
	readonly failed: (fault: Fault) => void
}

export class ReadingServer implements Access {
	readonly #server: HttpServer
	readonly #clock: Clock
	#link: OneTimeLink
	#address = ''

	constructor({ pages, clock, port, failed }: ReadingServerParts) {
		this.#clock = clock
		this.#link = this.#newLink()
		this.#server = new HttpServer({
			listening: { address: '127.0.0.1', port, names: [] },
			tls: null,
			access: this,
			...pages,
			assets: readingAssets,
			failed,
		})
	}

	/** Gives the link by which it is entered, once. */
	async start(): Promise<Result<string, Fault>> {
		const started = await this.#server.start()
		if (!started.ok) return started
		this.#address = started.value
		return ok(this.#entrance)
	}

	/** Another link; who came by the one before is out. */
	renewLink(): string {
		this.#link = this.#newLink()
		return this.#entrance
	}

	stop(): Promise<void> {
		return this.#server.stop()
	}

	refusal(request: HttpRequest): HttpAnswer | null {
		return this.#link.refusal(request)
	}

	bodyBytes(): number {
		return this.#link.bodyBytes()
	}

	get #entrance(): string {
		return `${this.#address}${this.#link.path}`
	}

	#newLink(): OneTimeLink {
		return new OneTimeLink({
			clock: this.#clock,
			cookie: 'testigo-reading',
			secure: false,
			refused: linkUsedPage(),
		})
	}
}
