/** A centre's directory that holds papers no machine could read, with their plain pictures; made without a broker. */
import { createHash } from 'node:crypto'
import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NewEntry, type SignedEntry, signEntry } from '#src/evidence/entry.js'
import type { Identity } from '#src/evidence/identity.js'
import type { Signer } from '#src/evidence/signer.js'
import { draftAfter } from './journal-maker.ts'
import { Authority } from './listed.ts'

/** A picture that custodians unsealed, or one of which the centre holds the plain file. */
export interface HeldPicture {
	readonly bytes: Uint8Array
	readonly isSealed?: boolean
}

export class CentreOfPapers {
	readonly directory: string
	/** Where sealed pictures lie, unsealed. */
	readonly unsealed: string
	readonly authority = new Authority()
	readonly #last = new Map<string, SignedEntry<NewEntry>>()

	constructor(home: string) {
		this.directory = join(home, 'central')
		this.unsealed = join(home, 'unsealed')
		for (const path of [this.directory, this.unsealed]) mkdirSync(path)
		writeFileSync(join(this.directory, 'ledger.jws'), '')
	}

	async list(devices: readonly Identity[], stations: readonly Identity[]): Promise<void> {
		await this.authority.publish(this.directory, { devices, stations })
		// As a centre takes it in.
		copyFileSync(join(this.directory, 'devices', 'registry.jws'), join(this.directory, 'registry.jws'))
	}

	/** The device's next entry; `text` where a machine read it. */
	async record(
		device: Signer,
		{ bytes, isSealed = true }: HeldPicture,
		text: string | null = null,
	): Promise<SignedEntry<NewEntry>> {
		const sha256 = createHash('sha256').update(bytes).digest('hex')
		const sealed = { format: 'age-v1', size: 1, sha256: createHash('sha256').update(sha256).digest('hex') }
		const images = [
			{
				...{ role: 'full', mediaType: 'image/jpeg', size: bytes.length, sha256 },
				...(isSealed ? { sealed } : {}),
			},
		]
		const reading = { method: text === null ? 'none' : 'qr', text, code: text?.split('!')[0] ?? null }
		const before = this.#last.get(device.kid)
		const position = before === undefined ? null : { seq: before.entry.seq, id: before.id }
		const signed = await signEntry(draftAfter(position, device, { kind: 'acta', reading, images }), device)
		this.#last.set(device.kid, signed)
		appendFileSync(join(this.directory, 'ledger.jws'), `${signed.text}\n`)
		const seq = String(signed.entry.seq).padStart(6, '0')
		const folder = join(this.directory, 'images', sha256.slice(0, 2))
		if (isSealed) {
			writeFileSync(join(this.unsealed, `${device.kid}-${seq}-full-${sha256.slice(0, 12)}.jpg`), bytes)
		} else {
			mkdirSync(folder, { recursive: true })
			writeFileSync(join(folder, sha256), bytes)
		}
		return signed
	}
}
