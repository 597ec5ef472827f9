/** Viewers as browsers are: each keeps the stream open, and loads its page anew when the version is another. */
interface Said {
	readonly version: number
}

export class Viewer {
	readonly #url: string
	readonly #page: string
	readonly #loaded: (text: string) => void
	readonly #abort = new AbortController()
	#isLoading = false
	#version = 0
	/** Pages that were loaded, and bytes. */
	loads = 0
	bytes = 0
	/** Answers other than 200. */
	refusals = 0

	/** `loaded` gets each page that came. */
	constructor(url: string, page: string, loaded: (text: string) => void = () => {}) {
		this.#url = url
		this.#page = page
		this.#loaded = loaded
	}

	/** Resolves when the stream is open. */
	async start(): Promise<void> {
		const { signal } = this.#abort
		const response = await fetch(`${this.#url}/live`, { signal })
		if (response.body === null) throw new Error('no stream')
		void this.#read(response.body).catch((error: unknown) => {
			if (!signal.aborted) throw error
		})
	}

	stop(): void {
		this.#abort.abort()
	}

	async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
		let text = ''
		for await (const piece of body) {
			const events = `${text}${Buffer.from(piece).toString('utf8')}`.split('\n\n')
			text = events.pop() ?? ''
			for (const event of events) {
				const data = /^data: (.*)$/m.exec(event)?.[1]
				if (data === undefined) continue
				const said = JSON.parse(data) as Said
				if (said.version === this.#version) continue
				this.#version = said.version
				void this.#load()
			}
		}
	}

	/** One at a time, as the pages' own script does. */
	async #load(): Promise<void> {
		if (this.#isLoading) return
		this.#isLoading = true
		const { signal } = this.#abort
		try {
			for (let loaded = 0; loaded !== this.#version; ) {
				loaded = this.#version
				const response = await fetch(`${this.#url}${this.#page}`, { signal })
				const page = Buffer.from(await response.arrayBuffer())
				this.bytes += page.length
				this.#loaded(page.toString('utf8'))
				this.loads++
				if (response.status !== 200) this.refusals++
			}
		} catch (error) {
			if (!signal.aborted) throw error
		} finally {
			this.#isLoading = false
		}
	}
}
