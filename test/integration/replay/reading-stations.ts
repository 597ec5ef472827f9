/** What stations of a replay sign, as their sticks carry it: `testigo/s-…/transcriptions.jws`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { genesisOf } from '#src/evidence/identity.js'
import { signTranscription, type Transcription } from '#src/evidence/transcription.js'
import { transcriptionsFile } from '#src/journal/signed-chain.js'
import { stickFolder } from '#src/stick/layout.js'
import type { Member } from '../../support/campaign.ts'
import { signerOf } from '../flood/honest-devices.ts'
import type { Recorded } from './kiosks.ts'
import type { TypedAnswer } from './script.ts'

type Read = TypedAnswer['read']

/** A station's chain, from its first answer on. */
export class ReadingStation {
	readonly member: Member
	#last: { readonly seq: number; readonly id: string } | null = null
	readonly #lines: string[] = []

	constructor(member: Member) {
		this.member = member
	}

	get answers(): number {
		return this.#lines.length
	}

	async read(answers: Iterable<{ readonly of: Recorded; readonly read: Read }>): Promise<void> {
		const signer = await signerOf(this.member)
		for (const { of, read } of answers) {
			const seq = (this.#last?.seq ?? 0) + 1
			const transcription = {
				...{ v: 1, election: presidential2024.id, station: signer.kid, seq },
				...{ prev: this.#last?.id ?? genesisOf(signer.publicKey), entry: of.id, image: of.image },
				...read,
				signatures: Array.from({ length: 6 }, () => 'filled'),
				day: '2024-07-29',
			} as Transcription
			const { text, id } = await signTranscription(transcription, signer)
			this.#lines.push(`${text}\n`)
			this.#last = { seq, id }
		}
	}

	/** Onto a stick that is mounted there. */
	async carry(stick: string): Promise<void> {
		const folder = join(stick, stickFolder, this.member.id)
		await mkdir(folder, { recursive: true })
		await writeFile(join(folder, transcriptionsFile.name), this.#lines.join(''))
	}
}
