/** What stations of a replay sign, as their sticks carry it: `testigo/s-…/transcriptions.jws`. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { genesisOf } from '#src/evidence/identity.js'
import { signTranscription } from '#src/evidence/transcription.js'
import { transcriptionsFile } from '#src/journal/signed-chain.js'
import { stickFolder } from '#src/stick/layout.js'
import { type Member, signerOf } from '../../support/campaign.ts'
import { answerOf } from '../../support/transcribed.ts'
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
			const prev = this.#last?.id ?? genesisOf(signer.publicKey)
			const answer = answerOf(signer.kid, of.id, of.image, read)
			const { text, id } = await signTranscription({ ...answer, seq, prev }, signer)
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
