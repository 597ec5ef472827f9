/**
 * What an election's actas look like, as data. The 2024 presidential election ships in
 * `presidential-2024.ts`; another is given as a JSON file of the same shape.
 */
import * as z from 'zod'
import { isTimeZone } from '../platform/clock.ts'

/** Bytes of the longest file of a definition. */
export const longestDefinition = 1024 * 1024

/** Characters of the longest acta code: what an entry has room for. */
export const longestActaCode = 64

/** A name, never an offset: a name outlives a change of the law. */
const zoneName = /^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*){0,2}$/
const zoneWanted = 'an IANA time zone, as America/Caracas'

const digits = z.int().min(1).max(20)

/** As every verifier reads it (`provisioning/verify/COUNTING.md`); which zones there are differs by machine, and decides no figure. */
export const WrittenElection = z
	.strictObject({
		id: z
			.string()
			.regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'lower-case letters, digits and hyphens')
			.describe('Goes into every entry as `election`.'),
		title: z.string().min(1).max(120).describe('For people.'),
		zone: z
			.string()
			.max(64)
			.regex(zoneName, zoneWanted)
			.optional()
			.describe('IANA time zone of the days in entries, as `America/Caracas`; `UTC` without it.'),
		code: z
			.strictObject({
				digits: z.array(digits).min(1).max(8).describe('Digits of each part, in order.'),
				centro: z.int().min(0).max(7).describe('Which part (from 0) is the centre.'),
				mesa: z.int().min(0).max(7).describe('Which part (from 0) is the table.'),
				highestMesa: z.int().min(1).optional().describe('Highest known; a higher one is a finding.'),
			})
			.describe('The acta code, as `121202007.01.1.0001`: parts of decimal digits between dots.'),
		candidates: z
			.array(
				z.strictObject({
					id: z
						.string()
						.regex(/^[A-Z0-9]{1,8}$/, 'up to 8 capital letters or digits')
						.describe('Short name in published figures, as `EG`.'),
					name: z.string().min(1).max(60).describe('For people.'),
				}),
			)
			.min(1)
			.max(200)
			.describe('Who can be voted for.'),
		cards: z
			.array(
				z.strictObject({
					sigla: z.string().min(1).max(30).describe('Short name of the party.'),
					number: z.int().min(1).optional().describe('Printed beside the sigla, where known.'),
					candidate: z.string().describe('Id of its candidate.'),
				}),
			)
			.min(1)
			.max(400)
			.describe('Party cards as they are printed, which is the order of the counts in the code.'),
		highestCount: z
			.int()
			.min(1)
			.max(999_999)
			.describe('That the form can print: four digit-words make it 9999.'),
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

/** One that a machine can work by: it knows the days of the zone. */
export const ElectionDefinition = WrittenElection.refine(
	// What is no name of a zone is a fault already.
	({ zone }) => zone === undefined || !zoneName.test(zone) || isTimeZone(zone),
	{
		path: ['zone'],
		message: zoneWanted,
	},
)

export type ElectionDefinition = z.infer<typeof ElectionDefinition>

function fault(context: z.core.ParsePayload, path: PropertyKey[], message: string): void {
	context.issues.push({ code: 'custom', path, message, input: context.value })
}
