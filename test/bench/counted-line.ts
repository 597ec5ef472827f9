/** A line to a server on which every byte is counted, in both directions: what a mirror costs beside pictures. */

import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'

export class CountedLine {
	readonly url: string
	readonly #close: () => void
	#bytes = 0

	private constructor(port: number, close: () => void) {
		this.url = `http://127.0.0.1:${port}/`
		this.#close = close
	}

	/** `port` is that of the server, on this machine. */
	static async to(port: number): Promise<CountedLine> {
		const counted = (bytes: Buffer) => {
			line.#bytes += bytes.length
		}
		const server = createServer((client) => {
			const behind = connect(port, '127.0.0.1')
			client.on('data', counted).on('error', () => behind.destroy())
			behind.on('data', counted).on('error', () => client.destroy())
			client.pipe(behind)
			behind.pipe(client)
		})
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
		const line = new CountedLine((server.address() as AddressInfo).port, () => server.close())
		return line
	}

	/** Of requests and answers, their heads too, so far. */
	get bytes(): number {
		return this.#bytes
	}

	close(): void {
		this.#close()
	}
}
