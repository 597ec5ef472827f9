import type { JourneyReport } from './journey.ts'

/** Every acta recorded, received and right, and nothing on the display but the catalogue's screens. */
export function isWhole({
	actas,
	recorded,
	received,
	right,
	faults,
	troubles,
	strays,
}: JourneyReport): boolean {
	const all = recorded === actas && received === actas && right === actas
	return all && faults === 0 && troubles.length === 0 && strays.length === 0
}
