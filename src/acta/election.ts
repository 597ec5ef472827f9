/**
 * What an election's actas look like, as data. The 2024 presidential election ships in
 * `presidential-2024.ts`; another is given as a JSON file of the same shape.
 */
import * as z from 'zod'

/** Characters of the longest acta code: what an entry has room for. */
export const longestActaCode = 64

const digits = z.int().min(1).max(20)

export const ElectionDefinition = z
	.strictObject({
		/** Goes into every entry as `election`. */
		id: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'lower-case letters, digits and hyphens'),
		title: z.string().min(1).max(120),
		/** The acta code, e.g. `121202007.01.1.0001`: dot-separated parts of decimal digits. */
		code: z.strictObject({
			/** Digits of each part, in order. */
			digits: z.array(digits).min(1).max(8),
			/** Which part (from 0) is the centre, and which the table (mesa). */
			centro: z.int().min(0).max(7),
			mesa: z.int().min(0).max(7),
			/** Highest table number known; a higher one is a finding, not a refusal. */
			highestMesa: z.int().min(1).optional(),
		}),
		candidates: z
			.array(
				z.strictObject({
					/** Short name in published figures, e.g. `EG`. */
					id: z.string().regex(/^[A-Z0-9]{1,8}$/, 'up to 8 capital letters or digits'),
					name: z.string().min(1).max(60),
				}),
			)
			.min(1)
			.max(200),
		/** Party cards in the printed order, which is the order of the counts in the payload. */
		cards: z
			.array(
				z.strictObject({
					sigla: z.string().min(1).max(30),
					/** The number printed beside the sigla, where known. */
					number: z.int().min(1).optional(),
					candidate: z.string(),
				}),
			)
			.min(1)
			.max(400),
		/** The highest count that the form can print: four digit-words make it 9999. */
		highestCount: z.int().min(1).max(999_999),
	})
	.check((context) => {
		const { candidates, cards, code } = context.value
		const known = new Set(candidates.map((candidate) => candidate.id))
		if (known.size !== candidates.length) fault(context, ['candidates'], 'two candidates share an id')
		cards.forEach((card, index) => {
			if (!known.has(card.candidate)) {
				fault(context, ['cards', index, 'candidate'], `no candidate has the id ${card.candidate}`)
			}
		})
		for (const part of ['centro', 'mesa'] as const) {
			if (code[part] >= code.digits.length) fault(context, ['code', part], 'the code has no such part')
		}
		if (code.centro === code.mesa) fault(context, ['code', 'mesa'], 'the same part as the centre')
		const length = code.digits.reduce((sum, part) => sum + part + 1, -1)
		if (length > longestActaCode) {
			fault(context, ['code', 'digits'], `${length} characters with the dots, over ${longestActaCode}`)
		}
	})

export type ElectionDefinition = z.infer<typeof ElectionDefinition>

function fault(context: z.core.ParsePayload, path: PropertyKey[], message: string): void {
	context.issues.push({ code: 'custom', path, message, input: context.value })
}
