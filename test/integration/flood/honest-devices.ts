/**
 * Devices as they should be, each with the connection of a real uplink: an entry every so often, in flight until its
 * verified receipt, sent again as an uplink does; and in each measurement one picture of twelve chunks.
 */

import type { Identity } from '#src/evidence/identity.js'
import { openReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { systemClock } from '#src/platform/clock.js'
import { MqttConnection } from '#src/platform/mqtt/mqtt-connection.js'
import { chunkSize } from '#src/protocol/chunks.js'
import { formatTopic } from '#src/protocol/topics.js'
import { defaultRetryPolicy } from '#src/uplink/queue/retry-policy.js'
import { noise, SignedEntries } from '../../bench/signed-entries.ts'
import { brokerFor, type Member } from '../../support/campaign.ts'

/** Chunks of a picture. */
const pictureChunks = 12

interface Picture {
	readonly sha256: string
	readonly bytes: Buffer
	readonly seq: number
	/** Null before the first try. */
	sentAt: number | null
	whole: boolean
}

interface Waiting {
	readonly text: string
	/** When it was sent first. */
	readonly since: number
	sentAt: number
}

export class HonestDevice {
	readonly #device: string
	readonly #centre: Identity
	readonly #entries: SignedEntries
	readonly #images: { sha256: string; size: number }[] = []
	readonly #connection: MqttConnection
	readonly #waiting = new Map<number, Waiting>()
	#picture: Picture | null = null
	#seq = 0
	#times: number[] = []
	#again = 0

	constructor(member: Member, { url, centre, signer }: { url: string; centre: Identity; signer: Signer }) {
		this.#device = member.id
		this.#centre = centre
		this.#entries = new SignedEntries(signer, this.#images)
		this.#connection = new MqttConnection({
			...{ broker: brokerFor(member, url), clientId: member.id, clock: systemClock, random: Math.random },
			subscriptions: [formatTopic({ kind: 'receipt', device: member.id })],
			connected: () => {},
			disconnected: () => {},
			message: (_, payload) => this.#answered(payload),
		})
	}

	start(): void {
		this.#connection.start()
	}

	stop(): Promise<void> {
		return this.#connection.stop()
	}

	get connected(): boolean {
		return this.#connection.connected
	}

	/** Measures from now on. */
	begin(): void {
		this.#times = []
		this.#again = 0
	}

	/** Has another picture to send, with its next entry. */
	picture(picture: Buffer, sha256: string): void {
		const seq = this.#seq + 1
		this.#images[seq - 1] = { sha256, size: picture.length }
		this.#picture = { sha256, bytes: picture, seq, sentAt: null, whole: false }
	}

	/** What was measured since; entries without an answer yet count as they stand. */
	end() {
		const now = performance.now()
		const open = Array.from(this.#waiting.values(), ({ since }) => now - since)
		return {
			times: [...this.#times, ...open],
			unanswered: open.length,
			again: this.#again,
			picture: this.#picture?.whole ?? false,
		}
	}

	async record(): Promise<void> {
		const { text } = await this.#entries.next()
		const seq = ++this.#seq
		const now = performance.now()
		this.#waiting.set(seq, { text, since: now, sentAt: now })
		this.#send(seq, text)
	}

	/** Sends again what had no receipt for as long as an uplink waits. */
	look(): void {
		const now = performance.now()
		const patience = defaultRetryPolicy.receipt.firstMs
		for (const [seq, waiting] of this.#waiting) {
			if (now - waiting.sentAt < patience) continue
			waiting.sentAt = now
			this.#again++
			this.#send(seq, waiting.text)
		}
		const picture = this.#picture
		if (picture === null || picture.whole || picture.sentAt === null || now - picture.sentAt < patience)
			return
		this.#sendPicture(picture, [[0, pictureChunks - 1]])
	}

	#send(seq: number, text: string): void {
		const topic = formatTopic({ kind: 'entry', device: this.#device, seq })
		void this.#connection.publish({ topic, payload: Buffer.from(text) })
	}

	#sendPicture(picture: Picture, missing: readonly (readonly [number, number])[]): void {
		picture.sentAt = performance.now()
		const { sha256, bytes } = picture
		for (const [first, last] of missing) {
			for (let index = first; index <= last; index++) {
				const payload = bytes.subarray(index * chunkSize, (index + 1) * chunkSize)
				void this.#connection.publish({
					topic: formatTopic({ kind: 'image', device: this.#device, sha256, index }),
					payload,
				})
			}
		}
	}

	#answered(payload: Buffer): void {
		const opened = openReceipt(payload.toString('latin1'), this.#centre)
		if (!opened.ok || opened.value.receipt.status === 'rejected') return
		const {
			seq,
			images,
			also = [],
		} = opened.value.receipt as typeof opened.value.receipt & {
			also?: { seq: number; images: typeof opened.value.receipt.images }[]
		}
		this.#done(seq, images)
		for (const further of also) this.#done(further.seq, further.images)
	}

	#done(
		seq: number,
		images: readonly { sha256: string; status: string; missing: readonly [number, number][] }[],
	) {
		const waiting = this.#waiting.get(seq)
		if (waiting !== undefined) {
			this.#waiting.delete(seq)
			this.#times.push(performance.now() - waiting.since)
		}
		const picture = this.#picture
		const said = picture?.seq === seq ? images.find(({ sha256 }) => sha256 === picture.sha256) : undefined
		if (picture === null || said === undefined) return
		if (said.status === 'stored') picture.whole = true
		else if (picture.sentAt === null) this.#sendPicture(picture, said.missing)
	}
}

export function makePicture(seed: string): Buffer {
	return noise(pictureChunks * chunkSize, seed)
}
