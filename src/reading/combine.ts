import type { Frame } from '../capture/camera.ts'
import type { Reader, Reading, UnreadReading } from './reading.ts'

/**
 * What several pictures of one paper say together: the frames of a rig, or shot after shot. One acta is that
 * acta, wherever it was seen. Two different ones are nobody's: two papers lie there, or a reading is wrong, and
 * neither may be recorded as read. Without an acta the picture that says most to a volunteer speaks for all.
 */
export function combine<R extends Reading>(readings: readonly [R, ...R[]]): R | UnreadReading {
	const [first, ...others] = readings
	let chosen = first
	for (const reading of others) {
		if (reading.kind === 'acta' && chosen.kind === 'acta' && reading.text !== chosen.text) {
			return {
				kind: 'unread',
				fault: { code: 'several-codes', detail: 'the pictures show two different actas; lay down only one' },
			}
		}
		if (weight(reading) > weight(chosen)) chosen = reading
	}
	return chosen
}

/** A code that was read says more than one that was not; any picture more than none. */
function weight(reading: Reading): number {
	switch (reading.kind) {
		case 'acta':
			return 4
		case 'foreign':
			return 2
		case 'unread':
			return reading.fault.code === 'several-codes' ? 3 : 1
		case 'no-picture':
			return 0
	}
}

/** Reads all frames of one shot, one after another: the code may be on any of them. */
export async function readFrames(reader: Reader, frames: readonly Frame[]): Promise<Reading> {
	const readings: Reading[] = []
	for (const frame of frames) readings.push((await reader.read(frame.bytes)).reading)
	const [first, ...others] = readings
	if (first === undefined) throw new Error('a shot without a frame')
	return combine([first, ...others])
}
