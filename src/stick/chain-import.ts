/**
 * Takes one device's folder of a stick in at the centre, by the way that messages from a broker take: the centre
 * verifies, keeps, syncs and answers. Entries go before images. Nothing is believed of the stick but what the
 * centre has accepted: whose an entry is, and which images to open, only accepted entries say.
 */
import type { Replies } from '../central/intake.ts'
import { readEntry } from '../evidence/entry.ts'
import { Seq } from '../evidence/fields.ts'
import { type Jws, parseJws } from '../evidence/jws.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { headFile } from '../journal/head-file.ts'
import { entriesFile, imagesDirectory } from '../journal/journal.ts'
import type { CollectedFaults } from '../platform/collected-faults.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { chunkLength, chunkSize, type SentFile, sentFile } from '../protocol/chunks.ts'
import { largestFile } from '../protocol/limits.ts'
import type { Topic } from '../protocol/topics.ts'
import type { StickFile, StickFolder } from './folder.ts'
import { LatestReceipts } from './latest-receipts.ts'
import { carriedReceiptsFile, largestLines, largestSmall, stickFolder } from './layout.ts'
import { putSmall, readSmall } from './small-file.ts'

/** The centre, as a stick sees it. */
export interface CentreAtHand {
	readonly id: string
	/** Resolves with the answers when the message is dealt with. */
	take(topic: Topic, payload: Buffer): Promise<Replies>
	holdsImage(sha256: string): boolean
	/** The highest head known of a device; 0 for none. */
	headOf(device: string): number
	/** Why it can't go on; null while it can. */
	fault(): Fault<'centre-failed'> | null
}

/** What was refused of a stick. */
export interface StickFault extends Fault {
	/** Below the stick's own folder. */
	readonly file: string
	/** Counted from 1, in a file of lines. */
	readonly line?: number
}

export interface ChainReport {
	/** Its name on the stick; whose it is, the entries say. */
	readonly folder: string
	/** Devices that the accepted entries are of: one, in an honest folder. */
	readonly devices: readonly string[]
	readonly stored: number
	readonly duplicates: number
	/** Kept, beside another entry that they don't go together with. */
	readonly conflicts: number
	/** Kept, of a version that this centre does not understand. */
	readonly foreign: number
	/** Kept, apart: recorded after the last good entry of a device that is revoked. */
	readonly quarantined: number
	readonly images: { readonly stored: number; readonly awaited: number }
	/** Receipts that go home in the folder. */
	readonly receipts: number
}

/** Entries handed in at a time: they share the ledger's syncs. */
const together = 128

interface Held {
	readonly device: string
	readonly id: string
	readonly files: readonly SentFile[]
}

export class ChainImport {
	readonly #name: string
	readonly #folder: StickFolder
	readonly #centre: CentreAtHand
	readonly #refusals: CollectedFaults<StickFault>
	readonly #receipts = new LatestReceipts()
	readonly #held: Held[] = []
	readonly #counts = { stored: 0, duplicates: 0, conflicts: 0, foreign: 0, quarantined: 0 }
	readonly #images = { stored: 0, awaited: 0 }

	constructor(
		name: string,
		folder: StickFolder,
		centre: CentreAtHand,
		refusals: CollectedFaults<StickFault>,
	) {
		this.#name = name
		this.#folder = folder
		this.#centre = centre
		this.#refusals = refusals
	}

	/** Throws when the stick fails; what was accepted by then stays accepted. */
	async run(): Promise<Result<ChainReport, Fault<'centre-failed'>>> {
		await this.#takeEntries()
		await this.#takeHead()
		await this.#takeImages()
		const fault = this.#centre.fault()
		if (fault !== null) return { ok: false, fault }
		const receipts = await this.#sendHome()
		const devices = [...new Set(this.#held.map(({ device }) => device))]
		return ok({ folder: this.#name, devices, ...this.#counts, images: this.#images, receipts })
	}

	async #takeEntries(): Promise<void> {
		const file = await this.#folder.file(entriesFile)
		if (!file.ok) return this.#refuse(entriesFile, file.fault)
		const { handle, size } = file.value
		try {
			if (size > largestLines) {
				return this.#refuse(entriesFile, { code: 'too-large', detail: 'longer than any journal' })
			}
			let batch: Promise<void>[] = []
			for await (const line of evidenceLines(handle.createReadStream({ autoClose: false }))) {
				if (this.#centre.fault() !== null) return
				const jws = line.ok ? parseJws(line.text, 'entry') : line
				if (jws.ok) batch.push(this.#handIn(line.number, jws.value))
				else this.#refuse(entriesFile, jws.fault, line.number)
				if (batch.length < together) continue
				await Promise.all(batch)
				batch = []
			}
			await Promise.all(batch)
		} finally {
			await handle.close()
		}
	}

	async #handIn(line: number, jws: Jws): Promise<void> {
		const { kid: device, id, text, payload } = jws
		const claimed = Seq.safeParse((payload as { seq?: unknown } | null)?.seq)
		const topic = { kind: 'entry', device, seq: claimed.success ? claimed.data : line } as const
		const receipt = this.#receipts.take(device, await this.#centre.take(topic, Buffer.from(text)))
		switch (receipt?.status) {
			case 'stored':
				this.#counts.stored++
				break
			case 'duplicate':
				this.#counts.duplicates++
				break
			case 'conflict':
				this.#counts.conflicts++
				break
			case 'rejected': {
				const { reason = 'rejected' } = receipt
				if (reason === 'revoked') {
					this.#counts.quarantined++
					break
				}
				if (reason === 'unknown-version') this.#counts.foreign++
				else this.#refuse(entriesFile, { code: reason, detail: explain(reason, device) }, line)
				return
			}
			case undefined:
				// No answer: the centre has failed, and says so itself.
				return
		}
		const entry = readEntry(jws)
		if (!entry.ok) return
		const files = entry.value.entry.kind === 'acta' ? entry.value.entry.images.map(sentFile) : []
		this.#held.push({ device, id, files })
	}

	async #takeHead(): Promise<void> {
		const bytes = await readSmall(this.#folder, headFile, largestSmall)
		if (!bytes.ok) {
			if (bytes.fault.code !== 'missing') this.#refuse(headFile, bytes.fault)
			return
		}
		const head = parseJws(bytes.value.toString('latin1').trimEnd(), 'head')
		if (!head.ok) return this.#refuse(headFile, head.fault)
		const { kid: device, text, payload } = head.value
		await this.#centre.take({ kind: 'head', device }, Buffer.from(text))
		const claimed = Seq.safeParse((payload as { seq?: unknown } | null)?.seq)
		if (claimed.success && this.#centre.headOf(device) >= claimed.data) return
		this.#refuse(headFile, { code: 'head-refused', detail: `the centre did not accept it as by ${device}` })
	}

	async #takeImages(): Promise<void> {
		const folder = await this.#folder.folder(imagesDirectory)
		if (!folder.ok && folder.fault.code !== 'missing') this.#refuse(imagesDirectory, folder.fault)
		try {
			const looked = new Set<string>()
			for (const { device, id, files } of this.#held) {
				const receipt = this.#receipts.of(device, id)?.receipt
				for (const wanted of receipt?.images ?? []) {
					const file = files.find(({ sha256 }) => sha256 === wanted.sha256)
					if (file === undefined || wanted.status === 'stored') continue
					if (looked.has(file.sha256) || this.#centre.fault() !== null) continue
					looked.add(file.sha256)
					await this.#takeImage(folder.ok ? folder.value : null, device, file)
				}
			}
		} finally {
			if (folder.ok) await folder.value.close()
		}
	}

	async #takeImage(images: StickFolder | null, device: string, wanted: SentFile): Promise<void> {
		const { sha256, size } = wanted
		const name = `${imagesDirectory}/${sha256.slice(0, 2)}/${sha256}`
		const folder = await images?.folder(sha256.slice(0, 2))
		try {
			const file = folder?.ok ? await folder.value.file(sha256) : folder
			if (file === undefined || (!file.ok && file.fault.code === 'missing')) {
				this.#images.awaited++
				return
			}
			if (!file.ok) return this.#refuse(name, file.fault)
			const sent = await this.#sendImage(device, wanted, file.value)
			if (this.#centre.holdsImage(sha256)) this.#images.stored++
			else if (sent.ok)
				this.#refuse(name, { code: 'image-altered', detail: `not the ${size} bytes that it is named for` })
			else this.#refuse(name, sent.fault)
		} finally {
			if (folder?.ok) await folder.value.close()
		}
	}

	async #sendImage(
		device: string,
		{ sha256, size }: SentFile,
		{ handle, size: found }: StickFile,
	): Promise<Result<true, Fault<'too-large' | 'image-incomplete' | 'image-altered'>>> {
		try {
			if (size > largestFile) return fail('too-large', `its entry says ${size} bytes; no image is that large`)
			if (found < size)
				return fail('image-incomplete', `${found} bytes of ${size}: export again at the kiosk`)
			if (found > size) return fail('image-altered', `has ${found} bytes, its entry says ${size}`)
			for (let index = 0; index * chunkSize < size; index++) {
				const chunk = Buffer.alloc(chunkLength(size, index))
				const { bytesRead } = await handle.read(chunk, 0, chunk.length, index * chunkSize)
				if (bytesRead < chunk.length) return fail('image-altered', 'ends too early')
				this.#receipts.take(device, await this.#centre.take({ kind: 'image', device, sha256, index }, chunk))
			}
			return ok(true)
		} finally {
			await handle.close()
		}
	}

	/** How many receipts lie in the folder now. */
	async #sendHome(): Promise<number> {
		const lines = this.#held.flatMap(({ device, id }) => {
			const said = this.#receipts.of(device, id)
			return said === undefined || said.receipt.status === 'rejected' ? [] : [said.text]
		})
		if (lines.length === 0) return 0
		const name = carriedReceiptsFile(this.#centre.id)
		const bytes = Buffer.from(`${lines.join('\n')}\n`)
		// A stick that can't be written to, or is full, was taken in all the same.
		const put = await putSmall(this.#folder, name, bytes).catch((error: NodeJS.ErrnoException) => {
			if (error.code === undefined) throw error
			return fail('receipts-not-written', `the stick can't be written to (${error.code})`)
		})
		if (put.ok) return lines.length
		this.#refuse(name, put.fault)
		return 0
	}

	#refuse(file: string, { code, detail }: Fault, line?: number): void {
		const path = `${stickFolder}/${this.#name}/${file}`
		this.#refusals.add({ file: path, ...(line === undefined ? {} : { line }), code, detail })
	}
}

function explain(reason: string, device: string): string {
	if (reason === 'unknown-device') return `the centre has no key of ${device}: put it into its devices/ first`
	return 'the centre refused it'
}
