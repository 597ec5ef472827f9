/**
 * One bearer of a stick at a centre that runs, from the greeting to the end of the connection.
 *
 * INVARIANTS
 * - No more is begun for a bearer at one time than for a device; what it sends beyond waits in its own socket, and
 *   what it does not read of the answers holds up nobody but itself.
 * - What was begun is finished, whether or not anybody is left to be answered.
 */
import type { Socket } from 'node:net'
import type { SignedReceipt } from '../../evidence/receipt.ts'
import { type Fault, fail, ok, type Result, unreachable } from '../../platform/result.ts'
import { mostInFlight } from '../../protocol/limits.ts'
import { type Frame, frameOf, readFrames } from './frames.ts'
import type { HandIn } from './hand-in.ts'
import { handInVersion, idsInAnswer, Question, questionCaps } from './messages.ts'

export interface HandInSessionParts {
	readonly socket: Socket
	readonly hand: HandIn
	/** Has work done in the bearer's turn, as of `BearersTurns.turn`. */
	readonly turn: <T>(payload: Uint8Array, work: () => Promise<T>) => Promise<T>
	/** Milliseconds without a byte from one who owes us the next. */
	readonly silentMs: number
}

/** `bearer-refused`: it said what no import says. */
export type SessionFault = Fault<'bearer-refused'>

export class HandInSession {
	readonly #parts: HandInSessionParts
	/** Ids of known signers, as they were when the bearer asked from the first on. */
	#known: readonly string[] = []
	/** Answers that we owe. */
	#owed = 0
	#asked = 0

	constructor(parts: HandInSessionParts) {
		this.#parts = parts
	}

	/** How often the bearer has asked. */
	get asked(): number {
		return this.#asked
	}

	/** Never rejects. Null where the bearer left, died or was silent. */
	async run(): Promise<SessionFault | null> {
		const { socket, hand, silentMs } = this.#parts
		socket.on('error', () => {})
		socket.setTimeout(silentMs, () => {
			if (this.#owed === 0) socket.destroy()
		})
		const unanswered: Promise<void>[] = []
		let fault: SessionFault | null = null
		try {
			await write(socket, frameOf({ v: handInVersion, centre: hand.centre.id }))
			for await (const frame of readFrames(socket.iterator({ destroyOnReturn: false }), questionCaps)) {
				if (!frame.ok && frame.fault.code === 'frame-torn') break
				const question = frame.ok ? readQuestion(frame.value) : frame
				if (!question.ok) {
					fault = fail('bearer-refused', question.fault.detail).fault
					break
				}
				unanswered.push(this.#serve(question.value, unanswered.at(-1)))
				while (unanswered.length >= mostInFlight) await unanswered.shift()
			}
		} catch {
			// The connection broke: the bearer is gone.
		}
		await Promise.all(unanswered)
		if (fault !== null) await write(socket, frameOf({ fault }))
		socket.end()
		socket.destroySoon()
		return fault
	}

	/** Answers after what was asked before. */
	async #serve({ question, body }: Asked, before: Promise<void> | undefined): Promise<void> {
		this.#asked++
		this.#owed++
		const answer = await this.#parts.turn(body, () => this.#answer(question, body))
		this.#owed--
		await before
		await write(this.#parts.socket, answer)
	}

	async #answer(question: Question, body: Buffer): Promise<Buffer> {
		const { hand } = this.#parts
		switch (question.ask) {
			case 'known': {
				const { from } = question
				if (from === 0) {
					const known = await hand.knownSigners()
					if (!known.ok) return frameOf({ fault: known.fault })
					this.#known = [...known.value]
				}
				const ids = this.#known.slice(from, from + idsInAnswer)
				return frameOf({ ids, more: from + ids.length < this.#known.length })
			}
			case 'standing':
				return said(await hand.standing(), ({ isListed, centres }) =>
					frameOf({ isListed }, Buffer.from(centres ?? '')),
				)
			case 'take-centres':
				return said(await hand.takeCentres(textIn(body)), (taken) =>
					frameOf(
						taken.ok ? { isNewer: taken.value, refused: null } : { isNewer: false, refused: taken.fault },
					),
				)
			case 'take-entry':
				return said(
					await hand.takeEntry(question.device, textIn(body)),
					({ outcome, reason, held, receipts }) => {
						const answer = { outcome, reason, held: held && { id: held.id, files: held.files } }
						return frameOf(answer, linesOf(receipts))
					},
				)
			case 'take-head':
				return said(await hand.takeHead(question.device, textIn(body)), ({ outcome }) => frameOf({ outcome }))
			case 'take-from-person':
				return said(await hand.takeFromPerson(question.kind, textIn(body)), (taken) => frameOf(taken))
			case 'take-chunk': {
				const { ask: _, ...place } = question
				return said(await hand.takeChunk(place, body), ({ outcome, fault, receipts }) =>
					frameOf({ outcome, fault }, linesOf(receipts)),
				)
			}
			default:
				return unreachable(question)
		}
	}
}

interface Asked {
	readonly question: Question
	readonly body: Buffer
}

function readQuestion({ head, body }: Frame): Result<Asked> {
	const read = Question.safeParse(head)
	return read.success ? ok({ question: read.data, body }) : fail('no-question', 'it asks what no import asks')
}

function said<T>(result: Result<T>, answer: (value: T) => Buffer): Buffer {
	return result.ok ? answer(result.value) : frameOf({ fault: result.fault })
}

function textIn(body: Buffer): string {
	return body.toString('latin1')
}

function linesOf(receipts: readonly SignedReceipt[]): Buffer {
	return Buffer.from(receipts.map(({ text }) => `${text}\n`).join(''))
}

/** Resolves when the bearer's socket took it, or never will. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
	return new Promise((resolve) => socket.write(bytes, () => resolve()))
}
