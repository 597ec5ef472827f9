import { catalogueOf, type EventOf, event, field } from '../platform/event-catalogue.ts'
import { supervisionEvents } from '../platform/process/supervision.ts'

/** Everything that a centre logs. */
export const centralEvents = catalogueOf(
	{
		...supervisionEvents.fields,
		broker: field.text('Its address.'),
		bytes: field.number('Bytes.'),
		conflict: field.textOrNull('Why it does not go together with another entry.'),
		count: field.number('How many of this kind of this kiosk since the start: written at 1, 2, 4, 8 ….'),
		device: field.text('Id of the kiosk.'),
		devices: field.number('Known kiosks.'),
		entries: field.number('Entries in the ledger.'),
		file: field.text('A file.'),
		free: field.number('Bytes free, beside those put aside.'),
		id: field.text('With `started` the id of the centre; else of the entry.'),
		last: field.number('Number of the last entry that counts.'),
		lines: field.number('Lines of the ledger.'),
		quarantined: field.number('Entries held that count no more.'),
		reason: field.text('Why.'),
		recorded: field.number('Entries in the kiosk’s journal.'),
		retryIn: field.number('Milliseconds until the next attempt.'),
		seq: field.number('Number of the entry in the kiosk’s journal.'),
		sha256: field.text('Digest of the file, hexadecimal.'),
		size: field.number('Bytes.'),
		state: field.text('`online` or `offline`.'),
		takes: field.text('What the centre still takes: `all`, `entries` (no pictures), or `nothing` new.'),
	},
	{
		...supervisionEvents.events,
		started: event.info('The centre runs.', 'id', 'entries', 'devices', 'lines'),
		stopped: event.info('The centre has ended as asked.'),
		'torn-ledger-line': event.warn(
			'The last line was not written to its end; no receipt was given.',
			'bytes',
		),
		'device-key-refused': event.warn('A file of a device’s key can not be used.', 'file', 'fault'),
		revoked: event.warn('The authority revoked a device.', 'device', 'last', 'reason', 'quarantined'),
		connected: event.info('The broker is reached.', 'broker'),
		disconnected: event.warn('The broker is not reached.', 'fault', 'retryIn'),
		entry: event.info('An entry is on the disk.', 'device', 'seq', 'id', 'conflict', 'count'),
		duplicate: event.info('An entry came again.', 'device', 'seq', 'count'),
		rejected: event.warn('Not taken.', 'device', 'reason', 'count'),
		'file-whole': event.info('All of an image is on the disk.', 'device', 'sha256', 'size', 'count'),
		'file-wrong-digest': event.warn(
			'A whole image is another than its entry says.',
			'device',
			'sha256',
			'count',
		),
		head: event.info('A signed head of a closed day is on the disk.', 'device', 'seq', 'count'),
		status: event.info('A kiosk’s uplink came or went.', 'device', 'state', 'recorded', 'count'),
		'ledger-rolled-back': event.error(
			'The ledger holds less than its receipts say: an older copy was put back, or it was cut. It takes another id, and every device is commanded to send everything again.',
			'device',
			'seq',
		),
		'resend-ordered': event.warn('A device was commanded to send everything again.', 'device', 'count'),
		'receipt-returned': event.info(
			'A receipt that was lost here is in the ledger again.',
			'device',
			'seq',
			'count',
		),
		'receipt-not-sent': event.warn(
			'A receipt or command was not published; the device asks for it again.',
			'device',
			'fault',
			'count',
		),
		'image-disk-fault': event.error(
			'The disk took no image; the chunk counts as not received.',
			'device',
			'fault',
			'count',
		),
		'disk-short': event.error('The disk is short of room.', 'takes', 'free'),
		'disk-room': event.info('The disk has room again for all.', 'free'),
		'clock-refused': event.error('The clock is wrong: nothing is taken in, and kiosks send again.', 'fault'),
		'statuses-fault': event.error('The last statuses were not written; it is tried again.', 'fault'),
		'metrics-fault': event.error('Figures for Prometheus were not written; it is tried again.', 'fault'),
		fatal: event.fatal('The ledger was not written, or a receipt not signed: the centre must stop.', 'fault'),
	},
)

export type CentralEvent = EventOf<typeof centralEvents>
export type CentralLog = (event: CentralEvent) => void
