/**
 * A station that says one thing of an entry and then another, without taking the first back: neither counts
 * (`provisioning/verify/COUNTING.md`). What is compared here is the letter; a tally, which knows the election, compares
 * what it means.
 */
import type { SignedTranscription, Transcription } from './transcription.ts'

/** As much of an answer as tells whether a station said something else. */
export interface SaidAnswer {
	readonly id: string
	readonly replaces: string | undefined
	/** What was read, or the code that alone was legible. */
	readonly said: string
}

export function saidAnswer({
	id,
	transcription,
}: Pick<SignedTranscription, 'id' | 'transcription'>): SaidAnswer {
	return { id, replaces: transcription.replaces, said: said(transcription) }
}

function said({ text, code }: Transcription): string {
	if (text !== undefined) return `text ${text}`
	return code === undefined ? 'unreadable' : `code ${code}`
}

/** Of one station's answers to one entry, in order, those that say something else than the first; the replaced aside. */
export function changedAnswers<T extends SaidAnswer>(answers: readonly T[]): readonly T[] {
	const replaced = new Set(answers.map(({ replaces }) => replaces))
	const [first, ...others] = answers.filter(({ id }) => !replaced.has(id))
	return first === undefined ? [] : others.filter((other) => other.said !== first.said)
}
