import { type DestinationStream, pino } from 'pino'
import { type Audit, catalogue } from './audit.ts'
import { instant } from './clock.ts'

/** Writes events as JSON lines: `time` (RFC 3339), `level`, `process`, `event`, then the event's own fields. */
export function auditLog(process: 'kiosk' | 'uplink' | 'central', to: DestinationStream): Audit {
	const log = pino(
		{
			base: { process },
			messageKey: 'event',
			formatters: { level: (label) => ({ level: label }) },
			timestamp: () => `,"time":"${instant(Date.now())}"`,
		},
		to,
	)
	return (event, fields = {}) => log[catalogue[event][0]](fields, event)
}
