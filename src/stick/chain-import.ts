/**
 * Takes one folder of a stick in at the centre, a device's or a person's, by the way that messages from a broker take: the centre
 * verifies, keeps, syncs and answers. Entries go before images. Nothing is believed of the stick but what the
 * centre has accepted: whose an entry is, and which images to open, only accepted entries say.
 */
import type { HandedChunk, HandedEntry, HandIn } from '../central/hand-in/hand-in.ts'
import { centresFile } from '../evidence/authority/centres.ts'
import { parseJws } from '../evidence/jws.ts'
import type { SignedReceipt } from '../evidence/receipt.ts'
import { headFile } from '../journal/head-file.ts'
import { entriesFile, imagesDirectory } from '../journal/journal.ts'
import type { CollectedFaults } from '../platform/collected-faults.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { chunkLength, chunkSize, type SentFile } from '../protocol/chunks.ts'
import { largestFileBytes } from '../protocol/limits.ts'
import { centresOnStick, leaveCentres } from './centres-exchange.ts'
import { type StickFile, type StickFolder, whyStickFailed } from './folder.ts'
import { carriedReceiptsFile, largestSmall, stickFolder } from './layout.ts'
import { importLines, type LinesReport } from './lines-import.ts'
import { type FolderOfPeople, importPeople } from './people-import.ts'
import { putSmall, readSmall } from './small-file.ts'

/** How far a folder is: bytes of its entries, then pictures that the centre lacks. */
export type ImportProgress = (folder: string, what: 'entries' | 'images', done: number, total: number) => void

/** What was refused of a stick, or is told of what was kept. */
export interface StickFault extends Fault {
	/** Below the stick's own folder. */
	readonly file: string
	/** Counted from 1, in a file of lines. */
	readonly line?: number
}

/** What is told of a stick by file and line. */
export interface StickFaults {
	readonly refused: CollectedFaults<StickFault>
	/** Answers that were kept. */
	readonly changed: CollectedFaults<StickFault>
}

export interface ChainReport extends FolderOfPeople, LinesReport {
	/** Its name on the stick; whose it is, the entries say. */
	readonly folder: string
	/** Devices that the accepted entries are of: one, in an honest folder. */
	readonly devices: readonly string[]
	readonly images: { readonly stored: number; readonly awaited: number }
	/** Receipts that go home in the folder. */
	readonly receipts: number
}

type ImageFault = Fault<'too-large' | 'image-incomplete' | 'image-altered' | 'image-displaced' | 'quota'>

/** An entry that the centre holds, and what it said last of it: that goes home with the stick. */
interface Accepted {
	readonly device: string
	readonly held: NonNullable<HandedEntry['held']>
	readonly receipt: SignedReceipt
}

export class ChainImport {
	readonly #name: string
	readonly #folder: StickFolder
	readonly #centre: HandIn
	readonly #told: StickFaults
	readonly #progress: ImportProgress
	/** By device and entry. */
	readonly #accepted = new Map<string, Accepted>()
	readonly #images = { stored: 0, awaited: 0 }
	/** Why the centre can't go on. */
	#centreFault: Fault | null = null

	constructor(
		name: string,
		folder: StickFolder,
		centre: HandIn,
		told: StickFaults,
		progress: ImportProgress = () => {},
	) {
		this.#name = name
		this.#folder = folder
		this.#centre = centre
		this.#told = told
		this.#progress = progress
	}

	/** Throws when the stick fails; what was accepted by then stays accepted. */
	async run(): Promise<Result<ChainReport, Fault<'centre-failed'>>> {
		await this.#takeCentres()
		const people = await this.#takePeople()
		const counts = await this.#takeEntries(people)
		await this.#takeHead()
		await this.#takeImages()
		if (this.#centreFault !== null) return fail('centre-failed', this.#centreFault.detail)
		const receipts = await this.#sendHome()
		const devices = [...new Set(Array.from(this.#accepted.values(), ({ device }) => device))]
		return ok({ folder: this.#name, devices, ...counts, images: this.#images, receipts, ...people })
	}

	async #takeCentres(): Promise<void> {
		const text = await centresOnStick(this.#folder)
		const taken = text === null ? null : await this.#answer(this.#centre.takeCentres(text))
		// An older one is what was left there the last time.
		if (taken?.ok === false && taken.fault.code !== 'centres-rollback') this.#refuse(centresFile, taken.fault)
	}

	#takePeople(): Promise<FolderOfPeople> {
		return importPeople({
			folder: this.#folder,
			take: (kind, text) => this.#answer(this.#centre.takeFromPerson(kind, text)),
			refuse: (file, fault, line) => this.#refuse(file, fault, line),
			changed: (file, fault, line) => this.#told.changed.add(this.#at(file, fault, line)),
		})
	}

	async #takeEntries({ transcriptions, rulings }: FolderOfPeople): Promise<LinesReport> {
		const file = await this.#folder.file(entriesFile)
		if (!file.ok) {
			const isOfPeople = transcriptions !== null || rulings !== null
			if (file.fault.code !== 'missing' || !isOfPeople) this.#refuse(entriesFile, file.fault)
			return { stored: 0, duplicates: 0, conflicts: 0, foreign: 0, quarantined: 0 }
		}
		return importLines<HandedEntry>(file.value, {
			kind: 'entry',
			take: ({ kid, text }) => this.#answer(this.#centre.takeEntry(kid, text)),
			taken: ({ held, receipts }, { kid }) => {
				for (const receipt of receipts) if (held !== null) this.#accept(kid, held, receipt)
			},
			refuse: (fault, line) => this.#refuse(entriesFile, fault, line),
			progress: (bytes, size) => this.#progress(this.#name, 'entries', bytes, size),
		})
	}

	/** Null once the centre can't go on. */
	async #answer<T>(answered: Promise<Result<T>>): Promise<T | null> {
		const answer = await answered
		if (answer.ok) return answer.value
		this.#centreFault ??= answer.fault
		return null
	}

	#accept(device: string, held: Accepted['held'], receipt: SignedReceipt): void {
		this.#accepted.set(`${device} ${held.id}`, { device, held, receipt })
	}

	async #takeHead(): Promise<void> {
		const bytes = await readSmall(this.#folder, headFile, largestSmall)
		if (!bytes.ok) {
			if (bytes.fault.code !== 'missing') this.#refuse(headFile, bytes.fault)
			return
		}
		const head = parseJws(bytes.value.toString('latin1').trimEnd(), 'head')
		if (!head.ok) return this.#refuse(headFile, head.fault)
		const { kid: device, text } = head.value
		const taken = await this.#answer(this.#centre.takeHead(device, text))
		if (taken?.outcome !== 'refused') return
		this.#refuse(headFile, { code: 'head-refused', detail: `the centre did not accept it as by ${device}` })
	}

	async #takeImages(): Promise<void> {
		const folder = await this.#folder.folder(imagesDirectory)
		if (!folder.ok && folder.fault.code !== 'missing') this.#refuse(imagesDirectory, folder.fault)
		try {
			const wanted = this.#wantedImages()
			let done = 0
			for (const { device, file } of wanted) {
				if (this.#centreFault !== null) return
				await this.#takeImage(folder.ok ? folder.value : null, device, file)
				this.#progress(this.#name, 'images', ++done, wanted.length)
			}
		} finally {
			if (folder.ok) await folder.value.close()
		}
	}

	/** Each once, of those that the centre lacked when it answered for their entries. */
	#wantedImages(): readonly { readonly device: string; readonly file: SentFile }[] {
		const wanted = new Map<string, { readonly device: string; readonly file: SentFile }>()
		for (const { device, held, receipt } of this.#accepted.values()) {
			for (const { sha256, status } of receipt.receipt.images) {
				const file = held.files.find((named) => named.sha256 === sha256)
				if (file === undefined || status === 'stored' || wanted.has(sha256)) continue
				wanted.set(sha256, { device, file })
			}
		}
		return [...wanted.values()]
	}

	async #takeImage(images: StickFolder | null, device: string, wanted: SentFile): Promise<void> {
		const { sha256 } = wanted
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
			if (!sent.ok) this.#refuse(name, sent.fault)
			else if (sent.value === 'whole') this.#images.stored++
		} finally {
			if (folder?.ok) await folder.value.close()
		}
	}

	async #sendImage(
		device: string,
		{ sha256, size }: SentFile,
		{ handle, size: found }: StickFile,
	): Promise<Result<'whole' | 'there' | 'cut-off', ImageFault>> {
		try {
			if (size > largestFileBytes)
				return fail('too-large', `its entry says ${size} bytes; no image is that large`)
			if (found < size)
				return fail('image-incomplete', `${found} bytes of ${size}: export again at the kiosk`)
			if (found > size) return fail('image-altered', `has ${found} bytes, its entry says ${size}`)
			let last: HandedChunk['outcome'] | null = null
			for (let index = 0; index * chunkSize < size; index++) {
				const chunk = Buffer.alloc(chunkLength(size, index))
				const { bytesRead } = await handle.read(chunk, 0, chunk.length, index * chunkSize)
				if (bytesRead < chunk.length) return fail('image-altered', 'ends too early')
				const taken = await this.#answer(this.#centre.takeChunk({ device, sha256, index }, chunk))
				this.#centreFault ??= taken?.fault ?? null
				if (taken === null || this.#centreFault !== null) return ok('cut-off')
				last = taken.outcome
				if (last === 'whole') {
					this.#noteReceipts(device, taken.receipts)
					return ok(last)
				}
				// Another way it came meanwhile: by the broker, or on another stick.
				if (last === 'held') return ok('there')
				if (last === 'no-room')
					return fail('quota', 'over the quota of its device, or more than the disk takes')
			}
			return last === 'kept'
				? fail('image-displaced', 'the centre made room for others of its device; run the same command again')
				: fail('image-altered', `not the ${size} bytes that it is named for`)
		} finally {
			await handle.close()
		}
	}

	#noteReceipts(device: string, receipts: readonly SignedReceipt[]): void {
		for (const receipt of receipts) {
			const accepted = this.#accepted.get(`${device} ${receipt.receipt.entry}`)
			if (accepted !== undefined) this.#accept(device, accepted.held, receipt)
		}
	}

	/** How many receipts lie in the folder now. */
	async #sendHome(): Promise<number> {
		const centres = (await this.#answer(this.#centre.standing()))?.centres ?? null
		await this.#writing(centresFile, () => leaveCentres(this.#folder, centres))
		const lines = Array.from(this.#accepted.values(), ({ receipt }) => receipt)
			.filter(({ receipt }) => receipt.status !== 'rejected')
			.map(({ text }) => text)
		if (lines.length === 0) return 0
		const name = carriedReceiptsFile(this.#centre.centre.id)
		const bytes = Buffer.from(`${lines.join('\n')}\n`)
		const written = await this.#writing(name, async () => {
			const put = await putSmall(this.#folder, name, bytes)
			return put.ok ? null : put.fault
		})
		return written ? lines.length : 0
	}

	/** A stick that can't be written to, or is full, was taken in all the same. */
	async #writing(name: string, write: () => Promise<Fault | null>): Promise<boolean> {
		const fault = await write().catch((error: NodeJS.ErrnoException) => {
			if (error.code === undefined) throw error
			const what = name === centresFile ? 'centres-not-written' : 'receipts-not-written'
			return fail(what, `can't be written: ${whyStickFailed(error.code)}`).fault
		})
		if (fault !== null) this.#refuse(name, fault)
		return fault === null
	}

	#refuse(file: string, fault: Fault, line?: number): void {
		this.#told.refused.add(this.#at(file, fault, line))
	}

	#at(file: string, { code, detail }: Fault, line?: number): StickFault {
		const path = `${stickFolder}/${this.#name}/${file}`
		return { file: path, ...(line === undefined ? {} : { line }), code, detail }
	}
}
