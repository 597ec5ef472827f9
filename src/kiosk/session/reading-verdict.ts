import { resemblesActa } from '../../acta/payload.ts'
import { isTechniciansCode } from '../../enrolment/code-prefixes.ts'
import type { Cause } from '../../panel/status.ts'
import { unreachable } from '../../platform/result.ts'
import { combine } from '../../reading/combine.ts'
import type { UnreadReading } from '../../reading/reading.ts'

/**
 * What to say to the volunteer of a picture that gave no acta, and what to offer: `record` (it may well be an
 * acta), `record-if-asked` (it says of itself that it is not one, but a sticker could; or no paper is seen),
 * `nothing` (there is
 * no picture to record).
 */
export interface ReadingVerdict {
	readonly cause: Cause
	readonly offer: 'record' | 'record-if-asked' | 'nothing'
}

export function verdictOf(reading: UnreadReading): ReadingVerdict {
	switch (reading.kind) {
		case 'unread':
			// Where nothing lies there is nothing to record; a thing that fooled the camera still can be.
			return {
				cause: reading.fault.code,
				offer: reading.fault.code === 'no-paper' ? 'record-if-asked' : 'record',
			}
		case 'foreign':
			if (resemblesActa(reading.fault)) return { cause: 'other-election', offer: 'record' }
			if (reading.fault.code === 'web-address') return { cause: 'web-address', offer: 'record-if-asked' }
			if (reading.text !== null && isTechniciansCode(reading.text)) {
				return { cause: 'settings-code', offer: 'record-if-asked' }
			}
			return { cause: 'not-an-acta', offer: 'record-if-asked' }
		case 'no-picture':
			switch (reading.fault.code) {
				case 'timed-out':
					return { cause: 'reading-too-long', offer: 'record' }
				case 'damaged':
				case 'empty-file':
					return { cause: 'damaged-picture', offer: 'nothing' }
				case 'too-many-pixels':
					return { cause: 'picture-too-large', offer: 'nothing' }
				case 'not-an-image':
				case 'unsupported':
					return { cause: 'not-a-picture', offer: 'nothing' }
				default:
					return unreachable(reading.fault.code)
			}
		default:
			return unreachable(reading)
	}
}

/** False where the picture was good and says what is wrong: another one would say it again. */
export function isWorthAnotherShot(reading: UnreadReading): boolean {
	switch (reading.kind) {
		case 'unread':
			return reading.fault.code !== 'several-codes'
		case 'no-picture':
			return true
		case 'foreign':
			return false
		default:
			return unreachable(reading)
	}
}

/** Of several shots of one paper, the reading by which to answer the volunteer; the latest among equals. */
export function mostInformative(readings: readonly UnreadReading[]): UnreadReading {
	const [latest, ...earlier] = readings.toReversed()
	if (latest === undefined) throw new Error('no shot was taken')
	return combine([latest, ...earlier])
}
