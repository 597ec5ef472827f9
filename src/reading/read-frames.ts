import type { Frame } from '../capture/camera.ts'
import { combine } from './combine.ts'
import type { Reader, Reading } from './reading.ts'

/** Reads all frames of one shot, one after another: the code may be on any of them. */
export async function readFrames(reader: Reader, frames: readonly Frame[]): Promise<Reading> {
	const readings: Reading[] = []
	for (const frame of frames) readings.push((await reader.read(frame.bytes)).reading)
	const [first, ...others] = readings
	if (first === undefined) throw new Error('a shot without a frame')
	return combine([first, ...others])
}
