/** The logs of all processes: JSON lines, each event at the level that its catalogue gives it. */
import { fstatSync, writeSync } from 'node:fs'
import { type DestinationStream, pino } from 'pino'
import { type BoardEvent, boardEvents } from '../board/events.ts'
import { type CentralEvent, centralEvents } from '../central/events.ts'
import { type KioskEvent, kioskEvents } from '../kiosk/events.ts'
import { instant } from '../platform/clock.ts'
import type { EventLine } from '../platform/event-catalogue.ts'
import { safeJson } from '../platform/printable.ts'
import { type PublishEvent, publishEvents } from '../publishing/events.ts'
import { type UplinkEvent, uplinkEvents } from '../uplink/events.ts'

const catalogues = {
	kiosk: kioskEvents,
	uplink: uplinkEvents,
	central: centralEvents,
	board: boardEvents,
	publish: publishEvents,
} as const

interface Events {
	readonly kiosk: KioskEvent
	readonly uplink: UplinkEvent
	readonly central: CentralEvent
	readonly board: BoardEvent
	readonly publish: PublishEvent
}

/**
 * A standard stream as a log. What can't be written, because the disk is full or the reader has gone, is lost and
 * nothing else is: the process goes on, and so does its log when there is room again. (Node's own stream on a
 * file ends the process at the first error, or with a listener writes nothing after it.) Every line is made fit for the
 * terminal on which it is read.
 */
function logOn(stream: NodeJS.WriteStream & { readonly fd: number }): DestinationStream {
	stream.on('error', () => {})
	const found = fstatSync(stream.fd)
	const isFile = found.isFile() || (found.isCharacterDevice() && !stream.isTTY)
	return {
		write: (line) => {
			const safe = `${safeJson(line.trimEnd())}\n`
			if (!isFile) return void stream.write(safe)
			try {
				writeSync(stream.fd, safe)
			} catch {
				// There is nowhere to report it.
			}
		},
	}
}

/** Writes events as JSON lines: `level`, `time` (RFC 3339), `process`, `event`, then the event's own fields. */
export function eventLog<P extends keyof Events>(
	process: P,
	to: NodeJS.WriteStream & { readonly fd: number },
): (event: Events[P]) => void {
	const log = pino(
		{
			base: { process },
			formatters: { level: (label) => ({ level: label }) },
			timestamp: () => `,"time":"${instant(Date.now())}"`,
		},
		logOn(to),
	)
	const lines: Readonly<Record<string, EventLine>> = catalogues[process].events
	return (event) => log[lines[event.event]?.level ?? 'info'](event)
}
