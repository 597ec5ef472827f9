/** A centre that runs in another process, asked over its socket (`hand-in-listener.ts`). */
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { join } from 'node:path'
import type * as z from 'zod'
import { centreKeyFile } from '../../audit/ledger-lines.ts'
import type { Identity } from '../../evidence/identity.ts'
import { readPublicKey } from '../../evidence/keys/key-file.ts'
import { openReceipt, type SignedReceipt } from '../../evidence/receipt.ts'
import { readOwn } from '../../platform/files/own-file.ts'
import { isOwnFolder } from '../../platform/files/own-folder.ts'
import { holdDirectory } from '../../platform/files/plain-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { PersonKind } from '../people/people-intake.ts'
import { type Frame, frameOf, readFrames } from './frames.ts'
import type {
	CentreStanding,
	ChunkPlace,
	HandedByPerson,
	HandedCentres,
	HandedChunk,
	HandedEntry,
	HandedHead,
	HandIn,
} from './hand-in.ts'
import { handInFolder, socketIn } from './hand-in-socket.ts'
import {
	answerCaps,
	CentresAnswer,
	ChunkAnswer,
	EntryAnswer,
	Greeting,
	HeadAnswer,
	handInVersion,
	KnownAnswer,
	PersonAnswer,
	type Question,
	Refusal,
	StandingAnswer,
} from './messages.ts'

/** Milliseconds in which a centre that runs says something. One whose disk is full waits for room. */
const answerWithinMs = 300_000

/**
 * `not-running`: nobody listens there. `other-version`: one of another package. `centre-busy`: as many imports as it
 * takes are at work. `centre-gone`: it said nothing, or what no centre says.
 */
export type NoRunningCentre = Fault<'not-running' | 'other-version' | 'centre-busy' | 'centre-gone'>

/** Why it is not answered any more. */
type Ended = { readonly ok: false; readonly fault: Fault<'centre-gone'> }

interface Waiting {
	readonly resolve: (answer: Result<Frame>) => void
}

export class RunningCentre implements HandIn {
	readonly centre: Identity
	readonly #socket: Socket
	readonly #frames: AsyncGenerator<Result<Frame>>
	/** In the order in which was asked. */
	readonly #waiting: Waiting[] = []
	#ended: Ended | null = null

	private constructor(socket: Socket, frames: AsyncGenerator<Result<Frame>>, centre: Identity) {
		this.#socket = socket
		this.#frames = frames
		this.centre = centre
	}

	/** `directory` is the centre's. Throws (an errno) where it can't be looked into. */
	static async connect(
		directory: string,
		withinMs = answerWithinMs,
	): Promise<Result<RunningCentre, NoRunningCentre>> {
		const connected = await connect(directory)
		if (!connected.ok) return connected
		const socket = connected.value
		const late = () => socket.destroy()
		socket.setTimeout(withinMs, late)
		const frames = readFrames(socket, answerCaps)
		const greeted = await greeting(frames)
		const centre = greeted.ok ? await centreIn(directory, greeted.value) : greeted
		if (!centre.ok) {
			socket.destroy()
			return centre
		}
		socket.off('timeout', late)
		const running = new RunningCentre(socket, frames, centre.value)
		void running.#listen()
		return ok(running)
	}

	async close(): Promise<void> {
		if (this.#socket.destroyed) return
		// Whatever goes wrong meanwhile, it closes; also where the centre does not.
		const closed = new Promise((resolve) => this.#socket.once('close', resolve))
		this.#socket.once('timeout', () => this.#socket.destroy())
		this.#socket.end()
		await closed
	}

	async knownSigners(): Promise<Result<ReadonlySet<string>>> {
		const known = new Set<string>()
		for (let from = 0; ; ) {
			const answer = await this.#ask({ ask: 'known', from }, KnownAnswer)
			if (!answer.ok) return answer
			const { ids, more } = answer.value.head
			for (const id of ids) known.add(id)
			from += ids.length
			if (!more || ids.length === 0) return ok(known)
		}
	}

	async standing(): Promise<Result<CentreStanding>> {
		const answer = await this.#ask({ ask: 'standing' }, StandingAnswer)
		if (!answer.ok) return answer
		const { head, body } = answer.value
		return ok({ ...head, centres: body.length === 0 ? null : body.toString('latin1') })
	}

	async takeCentres(text: string): Promise<Result<HandedCentres>> {
		const answer = await this.#ask({ ask: 'take-centres' }, CentresAnswer, Buffer.from(text))
		if (!answer.ok) return answer
		const { isNewer, refused } = answer.value.head
		return ok(refused === null ? ok(isNewer) : { ok: false, fault: refused })
	}

	async takeEntry(device: string, text: string): Promise<Result<HandedEntry>> {
		const answer = await this.#ask({ ask: 'take-entry', device }, EntryAnswer, Buffer.from(text))
		if (!answer.ok) return answer
		const receipts = this.#receiptsIn(answer.value.body)
		return receipts.ok ? ok({ ...answer.value.head, receipts: receipts.value }) : receipts
	}

	async takeHead(device: string, text: string): Promise<Result<HandedHead>> {
		const answer = await this.#ask({ ask: 'take-head', device }, HeadAnswer, Buffer.from(text))
		return answer.ok ? ok(answer.value.head) : answer
	}

	async takeChunk(place: ChunkPlace, bytes: Uint8Array): Promise<Result<HandedChunk>> {
		const answer = await this.#ask({ ask: 'take-chunk', ...place }, ChunkAnswer, bytes)
		if (!answer.ok) return answer
		const receipts = this.#receiptsIn(answer.value.body)
		if (!receipts.ok) return receipts
		const { outcome, fault } = answer.value.head
		return ok({ outcome, receipts: receipts.value, ...(fault === undefined ? {} : { fault }) })
	}

	async takeFromPerson(kind: PersonKind, text: string): Promise<Result<HandedByPerson>> {
		const answer = await this.#ask({ ask: 'take-from-person', kind }, PersonAnswer, Buffer.from(text))
		return answer.ok ? ok(answer.value.head) : answer
	}

	async #ask<S extends z.ZodType>(
		question: Question,
		answer: S,
		body?: Uint8Array,
	): Promise<Result<{ readonly head: z.output<S>; readonly body: Buffer }>> {
		if (this.#ended !== null) return this.#ended
		const answered = new Promise<Result<Frame>>((resolve) => this.#waiting.push({ resolve }))
		this.#socket.write(frameOf(question, body))
		const frame = await answered
		if (!frame.ok) return frame
		const { head, body: said } = frame.value
		const refusal = Refusal.safeParse(head)
		if (refusal.success) return this.#end(refusal.data.fault.detail)
		const read = answer.safeParse(head)
		return read.success ? ok({ head: read.data, body: said }) : this.#end('it answers what no centre does')
	}

	/** What goes home on the stick was verified before. */
	#receiptsIn(body: Buffer): Result<SignedReceipt[]> {
		const receipts: SignedReceipt[] = []
		for (const line of body.toString('latin1').split('\n').slice(0, -1)) {
			const opened = openReceipt(line, this.centre)
			if (!opened.ok) return this.#end(`its receipt does not verify: ${opened.fault.detail}`)
			receipts.push(opened.value)
		}
		return ok(receipts)
	}

	async #listen(): Promise<void> {
		let why = 'it ended, or was stopped, while it took in the stick'
		this.#socket.on('timeout', () => {
			if (this.#waiting.length > 0) this.#end('it has not answered for too long; is its disk full?')
		})
		try {
			for (;;) {
				const next = await this.#frames.next()
				if (next.done === true) break
				if (!next.value.ok) {
					why = next.value.fault.detail
					break
				}
				this.#waiting.shift()?.resolve(next.value)
			}
		} catch {
			// As it ends when its process does.
		}
		this.#end(why)
	}

	#end(why: string): Ended {
		this.#ended ??= fail('centre-gone', `the running centre ${this.centre.id}: ${why}`)
		this.#socket.destroy()
		for (const { resolve } of this.#waiting.splice(0)) resolve(this.#ended)
		return this.#ended
	}
}

async function connect(directory: string): Promise<Result<Socket, NoRunningCentre>> {
	const nobody = fail('not-running', `${directory}: no centre listens here`)
	if (!(await isOwnFolder(directory, handInFolder))) return nobody
	const folder = await holdDirectory(join(directory, handInFolder))
	if (!folder.ok) return nobody
	const socket = createConnection(socketIn(folder.value))
	try {
		await once(socket, 'connect')
		// What goes wrong later ends the frames.
		socket.on('error', () => {})
		return ok(socket)
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		// None ever was there, or one that was killed.
		if (code === 'ENOENT' || code === 'ECONNREFUSED') return nobody
		throw error
	} finally {
		await folder.value.handle.close()
	}
}

async function greeting(frames: AsyncGenerator<Result<Frame>>): Promise<Result<string, NoRunningCentre>> {
	const gone = fail('centre-gone', 'who listens in its place is no centre, or is ending')
	const first = await frames.next().catch(() => null)
	if (first === null || first.done === true || !first.value.ok) return gone
	const { head } = first.value.value
	const refusal = Refusal.safeParse(head)
	if (refusal.success) return fail('centre-busy', refusal.data.fault.detail)
	const greeted = Greeting.safeParse(head)
	if (!greeted.success) return gone
	const { v, centre } = greeted.data
	if (v === handInVersion) return ok(centre)
	return fail(
		'other-version',
		`the running centre ${centre} is of another version: restart it (testigo central)`,
	)
}

/** A centre that runs keeps its public key beside its ledger. */
async function centreIn(directory: string, id: string): Promise<Result<Identity, NoRunningCentre>> {
	const path = join(directory, centreKeyFile)
	const read = readPublicKey((await readOwn(path)).toString('latin1'))
	return read.ok ? ok({ id, publicKey: read.value }) : fail('centre-gone', `${path}: ${read.fault.detail}`)
}
