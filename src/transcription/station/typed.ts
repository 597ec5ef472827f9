/**
 * What somebody typed of a picture, made an answer: digits only, with every fault at its field. Pure.
 *
 * Fields are named `code.<part>`, `votes.<card>`, `nullVotes`, `emptyVotes`, `signatures.<box>` and `unreadable`, counted
 * from 0 in printed order.
 */
import type { ElectionDefinition } from '../../acta/election.ts'
import { formatPayload, parsePayload } from '../../acta/payload.ts'
import { type Transcription, type UnreadableReason, unreadableReasons } from '../../evidence/transcription.ts'

export type SignatureBox = Transcription['signatures'][number]

export const signatureBoxes = ['filled', 'empty', 'not-visible'] as const satisfies readonly SignatureBox[]

/** Boxes for signatures on an acta. */
export const boxesOfActa = 6

/** The part of a transcription that a person gives. */
export type Answer =
	| { readonly text: string; readonly signatures: readonly SignatureBox[] }
	| {
			readonly unreadable: UnreadableReason
			readonly code?: string
			readonly signatures: readonly SignatureBox[]
	  }

export type Fields = ReadonlyMap<string, string>

/** `most`: digits that the part has, or the highest count. */
export interface FieldFault {
	readonly field: string
	readonly code: 'empty' | 'not-digits' | 'wrong-length' | 'too-large' | 'not-chosen'
	readonly most: number
}

export type TypedResult =
	| { readonly ok: true; readonly value: Answer }
	| { readonly ok: false; readonly faults: readonly FieldFault[] }

export function readTyped(fields: Fields, election: ElectionDefinition): TypedResult {
	const typed = new Typed(fields, election)
	const reason = unreadableReasons.find((one) => one === fields.get('unreadable'))
	return reason === undefined ? typed.reading() : typed.unreadable(reason)
}

/** The fields that would give this answer: to change it. */
export function fieldsOf(
	answer: Pick<Transcription, 'text' | 'unreadable' | 'code' | 'signatures'>,
	election: ElectionDefinition,
): Fields {
	const fields = new Map<string, string>()
	const { text, unreadable, code, signatures } = answer
	const acta = text === undefined ? null : parsePayload(Buffer.from(text), election)
	const printed = acta?.ok ? acta.value.code : code
	for (const [part, digits] of (printed?.split('.') ?? []).entries()) fields.set(`code.${part}`, digits)
	if (unreadable !== undefined) return fields.set('unreadable', unreadable)
	if (acta?.ok) {
		for (const [card, votes] of acta.value.votes.entries()) fields.set(`votes.${card}`, String(votes))
		fields.set('nullVotes', String(acta.value.nullVotes)).set('emptyVotes', String(acta.value.emptyVotes))
	}
	for (const [box, what] of signatures.entries()) fields.set(`signatures.${box}`, what)
	return fields
}

/** The fields that are asked of every acta, in printed order. */
export function fieldNames({ code, cards }: ElectionDefinition): string[] {
	return [
		...code.digits.map((_, part) => `code.${part}`),
		...cards.map((_, card) => `votes.${card}`),
		'nullVotes',
		'emptyVotes',
		...Array.from({ length: boxesOfActa }, (_, box) => `signatures.${box}`),
	]
}

class Typed {
	readonly #fields: Fields
	readonly #election: ElectionDefinition
	readonly #faults: FieldFault[] = []

	constructor(fields: Fields, election: ElectionDefinition) {
		this.#fields = fields
		this.#election = election
	}

	reading(): TypedResult {
		const { code, cards } = this.#election
		const parts = this.#codeParts()
		const votes = cards.map((_, card) => this.#count(`votes.${card}`))
		const nullVotes = this.#count('nullVotes')
		const emptyVotes = this.#count('emptyVotes')
		const signatures = Array.from({ length: boxesOfActa }, (_, box) => this.#box(`signatures.${box}`))
		if (this.#faults.length > 0) return this.#refused()
		const centro = parts[code.centro] ?? ''
		const mesa = parts[code.mesa] ?? ''
		const text = formatPayload({ code: parts.join('.'), centro, mesa, votes, nullVotes, emptyVotes })
		const read = parsePayload(Buffer.from(text), this.#election)
		if (!read.ok) throw new Error(`what was typed is no acta: ${read.fault.detail}`)
		return { ok: true, value: { text, signatures } }
	}

	/** With the code where that can be read; half of one is a mistake. Boxes are not asked for. */
	unreadable(reason: UnreadableReason): TypedResult {
		const signatures = Array.from({ length: boxesOfActa }, () => 'not-visible' as const)
		const isGiven = this.#election.code.digits.some((_, part) => this.#text(`code.${part}`) !== '')
		if (!isGiven) return { ok: true, value: { unreadable: reason, signatures } }
		const code = this.#codeParts().join('.')
		if (this.#faults.length > 0) return this.#refused()
		return { ok: true, value: { unreadable: reason, code, signatures } }
	}

	#refused(): TypedResult {
		return { ok: false, faults: this.#faults }
	}

	#text(field: string): string {
		return this.#fields.get(field)?.trim() ?? ''
	}

	#fault(field: string, code: FieldFault['code'], most: number): void {
		this.#faults.push({ field, code, most })
	}

	/**
	 * The centre's with all its digits. Others may lack zeros in front; what is neither centre nor table may be left
	 * out, and stands as zeros: by it no table is told from another.
	 */
	#codeParts(): string[] {
		const { digits, centro, mesa } = this.#election.code
		return digits.map((length, part) => {
			const field = `code.${part}`
			const text = this.#text(field)
			const isNeeded = part === centro || part === mesa
			if (text === '') {
				if (isNeeded) this.#fault(field, 'empty', length)
			} else if (!/^[0-9]+$/.test(text)) this.#fault(field, 'not-digits', length)
			else if (text.length > length || (part === centro && text.length < length)) {
				this.#fault(field, 'wrong-length', length)
			}
			return text.padStart(length, '0')
		})
	}

	#count(field: string): number {
		const most = this.#election.highestCount
		const text = this.#text(field)
		if (text === '') this.#fault(field, 'empty', most)
		else if (!/^[0-9]+$/.test(text)) this.#fault(field, 'not-digits', most)
		else if (text.length > 9 || Number(text) > most) this.#fault(field, 'too-large', most)
		else return Number(text)
		return 0
	}

	#box(field: string): SignatureBox {
		const box = signatureBoxes.find((one) => one === this.#text(field))
		if (box === undefined) this.#fault(field, 'not-chosen', 0)
		return box ?? 'not-visible'
	}
}
