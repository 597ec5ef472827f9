/**
 * Answers of reading stations to the entries of a ledger: each to a picture that its entry names, and no two different
 * ones of a station to one entry. What a station has disowned is not taken in.
 */
import { changedAnswers, type SaidAnswer, saidAnswer } from '../evidence/changed-answers.ts'
import type { SignedEntry } from '../evidence/entry.ts'
import type { SignedTranscription } from '../evidence/transcription.ts'
import type { AuditFault } from './audit-fault.ts'

interface GivenAnswer extends SaidAnswer {
	readonly line: number
	readonly station: string
	readonly seq: number
	readonly entry: string
	readonly image: string
}

export class GivenAnswers {
	/** By entry the plain SHA-256 of each of its pictures. */
	readonly #pictures = new Map<string, readonly string[]>()
	readonly #given = new Map<string, GivenAnswer>()

	noteEntry({ id, entry }: Pick<SignedEntry, 'id' | 'entry'>): void {
		this.#pictures.set(id, entry.kind === 'acta' ? entry.images.map(({ sha256 }) => sha256) : [])
	}

	note(line: number, signed: SignedTranscription): void {
		const { station, seq, entry, image } = signed.transcription
		if (this.#given.has(signed.id)) return
		this.#given.set(signed.id, { ...saidAnswer(signed), line, station, seq, entry, image })
	}

	/** By line, once all lines were seen. */
	faults(): readonly AuditFault[] {
		const faults: AuditFault[] = []
		const add = (code: string, { line, station: device, seq }: GivenAnswer, detail: string) =>
			faults.push({ line, device, seq, code, detail })
		const together = new Map<string, GivenAnswer[]>()
		for (const answer of this.#given.values()) {
			const isOfEntry = this.#pictures.get(answer.entry)?.includes(answer.image)
			if (isOfEntry === false) add('other-image', answer, `entry ${answer.entry} names no such picture`)
			if (isOfEntry !== true) continue
			const key = `${answer.station} ${answer.entry}`
			const others = together.get(key)
			if (others === undefined) together.set(key, [answer])
			else others.push(answer)
		}
		for (const answers of together.values()) {
			for (const answer of changedAnswers(answers)) {
				add(
					'answer-changed',
					answer,
					'another answer of the station to this entry stands above, and is not replaced',
				)
			}
		}
		return faults.sort((one, other) => one.line - other.line)
	}
}
