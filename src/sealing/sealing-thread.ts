/**
 * The thread in which images are sealed: `sealer.ts` starts it. One file at a time, in parts, so that no more of
 * it than a part is held here. Anything unforeseen ends the thread, and the sealer starts another.
 */
import { createHash } from 'node:crypto'
import { workerData } from 'node:worker_threads'
import { Encrypter } from 'age-encryption'
import { answerRequests } from '../platform/process/worker-client.ts'

/** The first part of a file forgets whatever was begun before. */
export type SealingRequest =
	| { readonly ask: 'part'; readonly bytes: Uint8Array<ArrayBuffer>; readonly first: boolean }
	| { readonly ask: 'end' }

export type SealingAnswer =
	/** What has been sealed by now; possibly nothing. */
	| { readonly kind: 'sealed'; readonly bytes: Uint8Array<ArrayBuffer> }
	/** The rest, and the digests of what has been sealed in all, in lower-case hex. */
	| {
			readonly kind: 'ended'
			readonly bytes: Uint8Array<ArrayBuffer>
			readonly plain: string
			readonly sealed: string
	  }

/** A recipient that is none, by its place. */
export interface RefusedCustodian {
	readonly place: number
	readonly why: string
}

const custodians = workerData as readonly string[]

/** One file on its way through age. */
class Sealing {
	readonly #plain = createHash('sha256')
	readonly #sealed = createHash('sha256')
	readonly #input: WritableStreamDefaultWriter<Uint8Array>
	readonly #done: Promise<void>
	#gathered: Uint8Array[] = []

	constructor(encrypter: Encrypter) {
		const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
		this.#input = writable.getWriter()
		this.#done = this.#gather(encrypter, readable)
	}

	async take(part: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
		this.#plain.update(part)
		await this.#input.write(part)
		return this.#give()
	}

	async end(): Promise<Extract<SealingAnswer, { kind: 'ended' }>> {
		await this.#input.close()
		await this.#done
		const bytes = this.#give()
		return { kind: 'ended', bytes, plain: this.#plain.digest('hex'), sealed: this.#sealed.digest('hex') }
	}

	async #gather(encrypter: Encrypter, plain: ReadableStream<Uint8Array>): Promise<void> {
		for await (const bytes of await encrypter.encrypt(plain)) {
			this.#sealed.update(bytes)
			this.#gathered.push(bytes)
		}
	}

	#give(): Uint8Array<ArrayBuffer> {
		const bytes = new Uint8Array(this.#gathered.reduce((sum, { length }) => sum + length, 0))
		let at = 0
		for (const part of this.#gathered) {
			bytes.set(part, at)
			at += part.length
		}
		this.#gathered = []
		return bytes
	}
}

/** Seals a trifle for each custodian alone: the library refuses a wrong checksum, and points of low order. */
async function firstRefused(): Promise<RefusedCustodian | null> {
	for (const [place, custodian] of custodians.entries()) {
		try {
			const encrypter = new Encrypter()
			encrypter.addRecipient(custodian)
			await encrypter.encrypt('')
		} catch (error) {
			return { place, why: error instanceof Error ? error.message : String(error) }
		}
	}
	return null
}

const refused = await firstRefused()
const encrypter = new Encrypter()
if (refused === null) for (const custodian of custodians) encrypter.addRecipient(custodian)
let sealing: Sealing | undefined

async function answer(request: SealingRequest): Promise<SealingAnswer> {
	if (sealing === undefined || (request.ask === 'part' && request.first)) sealing = new Sealing(encrypter)
	if (request.ask === 'end') return await sealing.end()
	return { kind: 'sealed', bytes: await sealing.take(request.bytes) }
}

answerRequests(answer, { ready: refused, transferOf: ({ bytes }) => [bytes.buffer] })
