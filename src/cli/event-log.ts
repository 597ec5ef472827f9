/**
 * The one catalogue of audit events: how grave each is, for all three processes. The types of the events (in
 * `kiosk/`, `uplink/`, `central/`) demand that none is missing.
 */
import { fstatSync, writeSync } from 'node:fs'
import { type DestinationStream, pino } from 'pino'
import type { CentralEvent } from '../central/events.ts'
import type { KioskEvent } from '../kiosk/events.ts'
import { instant } from '../platform/clock.ts'
import type { UplinkEvent } from '../uplink/events.ts'

type Level = 'info' | 'warn' | 'error' | 'fatal'

interface Events {
	readonly kiosk: KioskEvent
	readonly uplink: UplinkEvent
	readonly central: CentralEvent
}

const supervision = { unhealthy: 'error', recovered: 'info', 'notify-failed': 'warn' } as const

export const catalogue: { readonly [P in keyof Events]: Readonly<Record<Events[P]['event'], Level>> } = {
	kiosk: {
		...supervision,
		started: 'info',
		stopped: 'info',
		'images-unsealed': 'warn',
		'images-evicted': 'warn',
		'journal-opened': 'info',
		'journal-tail-quarantined': 'warn',
		recorded: 'info',
		'already-scanned': 'info',
		conflict: 'warn',
		rejected: 'warn',
		closed: 'info',
		device: 'info',
		trouble: 'error',
		'high-water-mark-trouble': 'warn',
		'camera-back': 'info',
		'disk-mended': 'info',
		'panel-opened': 'info',
		received: 'info',
		'receipt-refused': 'warn',
	},
	uplink: {
		...supervision,
		started: 'info',
		stopped: 'info',
		'state-moved-aside': 'warn',
		'kept-receipt-refused': 'warn',
		'torn-receipt-line': 'warn',
		connected: 'info',
		disconnected: 'warn',
		'journal-fault': 'error',
		receipt: 'info',
		'receipt-refused': 'warn',
		resend: 'warn',
		'command-refused': 'warn',
		complete: 'info',
		'disk-fault': 'error',
	},
	central: {
		...supervision,
		started: 'info',
		stopped: 'info',
		'torn-ledger-line': 'warn',
		'device-key-refused': 'warn',
		revoked: 'warn',
		connected: 'info',
		disconnected: 'warn',
		entry: 'info',
		duplicate: 'info',
		rejected: 'warn',
		'file-whole': 'info',
		'file-wrong-digest': 'warn',
		head: 'info',
		status: 'info',
		'resend-ordered': 'warn',
		'receipt-returned': 'info',
		'receipt-not-sent': 'warn',
		'image-disk-fault': 'error',
		'metrics-fault': 'error',
		fatal: 'fatal',
	},
}

/**
 * A standard stream as a log. What can't be written, because the disk is full or the reader has gone, is lost and
 * nothing else is: the process goes on, and so does its log when there is room again. (Node's own stream on a
 * file ends the process at the first error, or with a listener writes nothing after it.)
 */
function logOn(stream: NodeJS.WriteStream & { readonly fd: number }): DestinationStream {
	stream.on('error', () => {})
	const found = fstatSync(stream.fd)
	const isFile = found.isFile() || (found.isCharacterDevice() && !stream.isTTY)
	if (!isFile) return stream
	return {
		write: (line) => {
			try {
				writeSync(stream.fd, line)
			} catch {
				// There is nowhere to tell of it.
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
	const levels: Readonly<Record<string, Level>> = catalogue[process]
	return (event) => log[levels[event.event] ?? 'info'](event)
}
