/** Writes a centre's directory as a centre does, without its care for the disk. */
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatRegister } from '#src/acta/register/canonical.js'
import type { RegisteredTable } from '#src/acta/register/register.js'
import { headsFile } from '#src/audit/ledger-heads.js'
import { type NewEntry, type SignedEntry, signEntry } from '#src/evidence/entry.js'
import type { Position } from '#src/evidence/fields.js'
import { signHead } from '#src/evidence/head.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { draftAfter } from './journal-maker.ts'
import { receiptFor } from './receipts.ts'
import { makeSigner } from './test-identity.ts'

interface Device {
	readonly signer: Signer
	last: { seq: number; id: string } | null
}

export class CentreMaker {
	readonly directory: string
	readonly #centre = makeSigner('c-cccccccccccccccc')
	readonly #devices = new Map<string, Device>()

	constructor(directory: string) {
		this.directory = directory
		mkdirSync(join(directory, 'devices'), { recursive: true })
		writeFileSync(join(directory, 'ledger.jws'), '')
	}

	register(rows: readonly Partial<RegisteredTable>[]): void {
		const whole = rows.map((row) => ({
			...{ state: 'Uno', municipality: 'Norte', parish: 'Alta', centroName: '', electors: 100 },
			...{ table: '100000000.01', centro: '100000000', mesa: '01' },
			...row,
		}))
		writeFileSync(join(this.directory, 'register.csv'), formatRegister(whole))
	}

	/** An acta with this text, or none; `at`: when its receipt was signed, none without it. */
	async acta(
		device: string,
		text: string | null,
		at?: string,
		more: object = {},
	): Promise<SignedEntry<NewEntry>> {
		const reading = { method: text === null ? 'none' : 'qr', text, code: text?.split('!')[0] ?? null }
		const sha256 = createHash('sha256').update(`${device} ${text}`).digest('hex')
		const images = [{ role: 'full', mediaType: 'image/jpeg', size: 3, sha256 }]
		return await this.entry(device, { kind: 'acta', reading, images, ...more }, at)
	}

	async entry(device: string, what: object, at?: string): Promise<SignedEntry<NewEntry>> {
		const own = this.#device(device)
		const entry = await signEntry(draftAfter(own.last, own.signer, what), own.signer)
		own.last = { seq: entry.entry.seq, id: entry.id }
		this.line(entry.text)
		if (at !== undefined) await this.receipt(entry, at)
		return entry
	}

	/** That names this entry as the last. */
	async head(device: string, { id, seq }: Position, day: string): Promise<void> {
		const head = await signHead({ v: 2, device, seq, id, receipts: 0, day }, this.#device(device).signer)
		appendFileSync(join(this.directory, headsFile), `${head.text}\n`)
	}

	async receipt(
		{ id, entry }: SignedEntry<NewEntry>,
		at: string,
		whole: readonly string[] = [],
	): Promise<void> {
		const images = whole.map((sha256) => ({ sha256, status: 'stored' as const, missing: [] }))
		const position = { seq: entry.seq, id }
		const receipt = await signReceipt(receiptFor(entry.device, position, { time: at, images }), this.#centre)
		this.line(receipt.text)
	}

	line(text: string): void {
		appendFileSync(join(this.directory, 'ledger.jws'), `${text}\n`)
	}

	/** Gives its digest. */
	picture(bytes: Uint8Array, sha256 = createHash('sha256').update(bytes).digest('hex')): string {
		const folder = join(this.directory, 'images', sha256.slice(0, 2))
		mkdirSync(folder, { recursive: true })
		writeFileSync(join(folder, sha256), bytes)
		return sha256
	}

	/** What devices said last, each with the fields that differ from those of one that is well. */
	statuses(
		heard: string,
		...statuses: readonly { readonly device: string; readonly [field: string]: unknown }[]
	): void {
		const well = {
			...{ v: 1, state: 'online', software: 'testigo/0.0.0', recorded: 1, received: 1, time: heard },
			...{ kiosk: { canScan: true, trouble: null, clock: 'ntp', actas: 1 }, free: 20e9 },
		}
		const all = statuses.map((status) => ({ heard, status: { ...well, ...status } }))
		writeFileSync(join(this.directory, 'statuses.json'), JSON.stringify({ v: 1, statuses: all }))
	}

	#device(name: string): Device {
		let device = this.#devices.get(name)
		if (device === undefined) {
			const signer = makeSigner(name)
			writeFileSync(join(this.directory, 'devices', `${name}.pem`), publicKeyPem(signer.publicKey))
			device = { signer, last: null }
			this.#devices.set(name, device)
		}
		return device
	}
}
