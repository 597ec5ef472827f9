/** From the codes in view to one reading. */
import type { ElectionDefinition } from '../acta/election.ts'
import { parsePayload, resemblesActa } from '../acta/payload.ts'
import { fail } from '../platform/result.ts'
import type { Reading } from './reading.ts'
import type { PictureTrouble } from './trouble/picture-trouble.ts'

/**
 * An acta beside other codes (a poster, a telephone's screen) is the acta. Two different actas are not read:
 * taking one of them would lose the other, or record a table that was not laid down. `whyNone` is asked where no
 * code could be read.
 */
export function chooseReading(
	codes: readonly Uint8Array[],
	election: ElectionDefinition,
	whyNone: () => PictureTrouble,
): Reading {
	const actas = new Map<string, Extract<Reading, { kind: 'acta' }>>()
	const foreign: Extract<Reading, { kind: 'foreign' }>[] = []
	for (const bytes of codes) {
		const parsed = parsePayload(bytes, election)
		if (parsed.ok) {
			const text = Buffer.from(bytes).toString('latin1')
			actas.set(text, { kind: 'acta', text, acta: parsed.value })
		} else {
			foreign.push({ kind: 'foreign', bytes, text: printableText(bytes), fault: parsed.fault })
		}
	}
	const [acta, another] = actas.values()
	if (another !== undefined) {
		const { fault } = fail(
			'several-codes',
			`${actas.size} different actas are in view: lay down one at a time`,
		)
		return { kind: 'unread', fault }
	}
	if (acta !== undefined) return acta
	const closest = foreign.find(({ fault }) => resemblesActa(fault)) ?? foreign[0]
	if (closest !== undefined) return closest
	return { kind: 'unread', fault: whyNone() }
}

/** UTF-8 without control, formatting, private or unassigned characters, or null. */
function printableText(bytes: Uint8Array): string | null {
	try {
		const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
		return /[\p{C}\p{Zl}\p{Zp}]/u.test(text) ? null : text
	} catch {
		return null
	}
}
