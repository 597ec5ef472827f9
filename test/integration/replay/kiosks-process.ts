/**
 * Many kiosks in one process, each with a key, a journal and an uplink of its own, as it ships. Only the camera is
 * left out: what a paper says is given. Started by `run.ts`.
 */
import { createHash, createPublicKey } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { type NewEntry, type SignedEntry, signEntry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'
import { deviceFile, entriesFile, imagesDirectory } from '#src/journal/journal.js'
import { systemClock } from '#src/platform/clock.js'
import { UplinkConfig } from '#src/uplink/config.js'
import type { UplinkEvent } from '#src/uplink/events.js'
import { defaultRetryPolicy } from '#src/uplink/queue/retry-policy.js'
import { Uplink } from '#src/uplink/uplink.js'
import { given } from '../../bench/forked.ts'
import { brokerFor, signerOf } from '../../support/campaign.ts'
import { draftAfter } from '../../support/journal-maker.ts'
import type { FromKiosks, KiosksTask, Recorded, ToKiosks } from './kiosks.ts'
import type { Step } from './script.ts'

const say = (what: FromKiosks) => process.send?.(what)

const { url, centre, folder, kiosks, isImpatient } = await given<KiosksTask>()
const centres = onlyCentre({
	id: centre.id,
	publicKey: createPublicKey(readFileSync(join(centre.directory, 'public.pem'))),
})
const { pollMs } = UplinkConfig.parse({ centre: { id: centre.id, publicKey: 'of the centre' } })
const receipt = isImpatient ? { firstMs: 1_000, mostMs: 4_000 } : defaultRetryPolicy.receipt
const log: Record<string, number> = {}

class Kiosk {
	readonly id: string
	readonly uplink: Uplink
	readonly #journal: string
	readonly #signer: Signer
	#boots = 0
	#last: SignedEntry<NewEntry> | null = null
	/** Signed, and not written yet. */
	#left: string[] = []
	readonly #recorded = new Map<string, Recorded>()

	private constructor({ id, directory }: KiosksTask['centre'], signer: Signer) {
		this.id = id
		this.#signer = signer
		this.#journal = join(folder, id, 'journal')
		mkdirSync(join(this.#journal, imagesDirectory), { recursive: true })
		writeFileSync(join(this.#journal, deviceFile), publicKeyPem(signer.publicKey))
		this.uplink = new Uplink({
			...{ journal: this.#journal, directory: join(folder, id, 'uplink'), centres, pollMs },
			broker: brokerFor({ id, directory }, url),
			...{ software: 'testigo replay', clock: systemClock, random: Math.random },
			retryPolicy: { ...defaultRetryPolicy, receipt },
			log: (event) => this.#note(event),
		})
	}

	static async make(member: KiosksTask['centre']): Promise<Kiosk> {
		return new Kiosk(member, await signerOf(member))
	}

	get entries(): number {
		return this.#last?.entry.seq ?? 0
	}

	/** Signs what is recorded from one start to the close of the day. */
	async sign(
		steps: readonly Step[],
	): Promise<{ readonly recorded: readonly Recorded[]; readonly ids: string[] }> {
		const recorded: Recorded[] = []
		const ids: string[] = []
		this.#boots++
		const add = async (more: object) => {
			const last = this.#last === null ? null : { seq: this.entries, id: this.#last.id }
			const draft = draftAfter(last, this.#signer, { boot: this.#boots, ...more })
			this.#last = await signEntry(draft, this.#signer)
			this.#left.push(`${this.#last.text}\n`)
			ids.push(this.#last.id)
			return this.#last
		}
		await add({ kind: 'boot' })
		for (const step of steps) {
			if (step.kind === 'void') {
				const { seq, id } = this.#recorded.get(step.label) as Recorded
				await add({ kind: 'void', voids: { seq, id }, reason: 'twice' })
				continue
			}
			const { label, text, code, ownPicture } = step
			const picture = this.#keep(ownPicture ? `paper ${label}` : 'papers')
			const reading = { method: text === null ? 'none' : 'qr', text, code }
			const { id, entry } = await add({ kind: 'acta', reading, images: [picture] })
			const known = { label, device: this.id, seq: entry.seq, id, image: picture.sha256 }
			this.#recorded.set(label, known)
			recorded.push(known)
		}
		await add({ kind: 'close' })
		return { recorded, ids }
	}

	/** Writes into the journal what was signed, up to the entry of this number. */
	write(upTo = this.entries): void {
		const written = this.entries - this.#left.length
		const lines = this.#left.splice(0, Math.max(0, upTo - written))
		appendFileSync(join(this.#journal, entriesFile), lines.join(''), { flush: true })
	}

	/** Stands for a picture; what is read are given texts. */
	#keep(name: string) {
		const bytes = Buffer.from(`${name} of ${this.id}. `.repeat(64))
		const sha256 = createHash('sha256').update(bytes).digest('hex')
		const place = join(this.#journal, imagesDirectory, sha256.slice(0, 2))
		mkdirSync(place, { recursive: true })
		writeFileSync(join(place, sha256), bytes)
		return { role: 'full', mediaType: 'image/jpeg', size: bytes.length, sha256 }
	}

	#note(event: UplinkEvent): void {
		const said = event.event === 'receipt' ? event.status : event.event
		log[said] = (log[said] ?? 0) + 1
	}
}

const all: Kiosk[] = []
const signed: { recorded: readonly Recorded[]; ids: string[] }[] = []
for (const { member, steps } of kiosks) {
	const kiosk = await Kiosk.make(member)
	all.push(kiosk)
	signed.push(await kiosk.sign(steps))
}
// Its start and a first paper: with it comes the picture that stands for those that nobody has to look at.
for (const kiosk of all) kiosk.write(2)
saySigned(signed)

process.on('message', (order: ToKiosks) => void obey(order))

async function obey(order: ToKiosks): Promise<void> {
	if (order === 'begin') for (const { uplink } of all) await uplink.start()
	else if (order === 'progress') {
		say({
			type: 'progress',
			entries: all.reduce((sum, { entries }) => sum + entries, 0),
			received: all.reduce((sum, { uplink }) => sum + uplink.received, 0),
			isDone: all.every(({ uplink }) => uplink.isDone),
			log,
		})
	} else if ('record' in order) {
		for (const kiosk of all) kiosk.write(Math.ceil(order.record * kiosk.entries))
	} else {
		const kiosk = all.find(({ id }) => id === order.by)
		const more = await kiosk?.sign(order.steps)
		kiosk?.write()
		saySigned(more === undefined ? [] : [more])
	}
}

function saySigned(
	those: readonly { readonly recorded: readonly Recorded[]; readonly ids: readonly string[] }[],
) {
	say({
		type: 'signed',
		recorded: those.flatMap(({ recorded }) => recorded),
		ids: those.flatMap(({ ids }) => ids),
	})
}
