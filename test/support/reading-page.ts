/** A browser without a screen at a reading station: it keeps its cookie, and sends forms as pages have them. */
export class ReadingPage {
	readonly #origin: string
	#cookie = ''
	/** As it was answered last. */
	status = 0
	html = ''
	path = ''

	/** `link` as the station shows it. */
	constructor(link: string) {
		const { origin, pathname } = new URL(link)
		this.#origin = origin
		this.path = pathname
	}

	/** Follows where it is sent. */
	async open(path = this.path): Promise<this> {
		return await this.#ask(path, {})
	}

	/** Sends fields to a path below that of the page's paper; what the page holds besides goes along. */
	async send(to: 'check' | 'correct' | 'sign', fields: Iterable<readonly [string, string]>): Promise<this> {
		const form = new URLSearchParams()
		for (const [name, value] of [...this.hidden, ...fields]) form.append(name, value)
		const headers = { origin: this.#origin, 'content-type': 'application/x-www-form-urlencoded' }
		return await this.#ask(`${this.paper}/${to}`, { method: 'POST', body: form.toString(), headers })
	}

	/** Hidden fields of the form. */
	get hidden(): [string, string][] {
		const inputs = [...this.html.matchAll(/<input type="hidden" name="([^"]*)"[^>]*? value="([^"]*)">/g)]
		return inputs.map(([, name = '', value = '']) => [name, value])
	}

	/** Path of the paper that is asked for. */
	get paper(): string {
		return /action="(\/e[sn]\/paper\/[\w-]{43})\//.exec(this.html)?.[1] ?? ''
	}

	get picture(): string {
		return /<img src="([^"]*)"/.exec(this.html)?.[1] ?? ''
	}

	async bytes(path: string): Promise<{ readonly status: number; readonly bytes: Uint8Array }> {
		const answer = await fetch(`${this.#origin}${path}`, { headers: { cookie: this.#cookie } })
		return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) }
	}

	async #ask(path: string, request: RequestInit): Promise<this> {
		const headers = { ...request.headers, cookie: this.#cookie, 'accept-language': 'es-VE,es;q=0.9,en;q=0.8' }
		const answer = await fetch(`${this.#origin}${path}`, { ...request, headers, redirect: 'manual' })
		this.#cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? this.#cookie
		const to = answer.headers.get('location')
		if (to !== null) return await this.#ask(to, {})
		this.status = answer.status
		this.html = await answer.text()
		this.path = path
		return this
	}
}
