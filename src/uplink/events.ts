import { catalogueOf, type EventOf, event, field } from '../platform/event-catalogue.ts'
import { supervisionEvents } from '../platform/process/supervision.ts'

/** Everything that an uplink logs. */
export const uplinkEvents = catalogueOf(
	{
		...supervisionEvents.fields,
		broker: field.text('Its address.'),
		bytes: field.number('Bytes.'),
		complete: field.number(
			'Number of the last entry of which the centre holds all files, and of all before.',
		),
		device: field.text('Id of the kiosk.'),
		issue: field.number('Number of the list of centres.'),
		from: field.number('Number of the entry with which it begins.'),
		path: field.text('A file.'),
		reason: field.textIfAny('Why it is not simply stored.'),
		received: field.number('Number of the last entry of which the centre holds this one and all before.'),
		retryIn: field.number('Milliseconds until the next attempt.'),
		seq: field.number('Number of the entry in the journal.'),
		status: field.text('`stored`, `duplicate`, `conflict` or `rejected`.'),
		times: field.number('How often since the line before: one at once, then at most one a minute.'),
	},
	{
		...supervisionEvents.events,
		started: event.info('The uplink runs.', 'device', 'received', 'complete'),
		stopped: event.info('The uplink has ended as asked.'),
		'state-moved-aside': event.warn('Its state could not be used; all is sent again.', 'path'),
		'kept-receipt-refused': event.warn('A receipt that was kept no longer verifies here.', 'fault'),
		'torn-receipt-line': event.warn('The last receipt was not written to its end.', 'bytes'),
		connected: event.info('The broker is reached.', 'broker'),
		disconnected: event.warn('The broker is not reached.', 'fault', 'retryIn'),
		'journal-fault': event.error('The journal can not be followed.', 'fault'),
		receipt: event.info('A verified receipt.', 'seq', 'status', 'reason', 'received', 'times'),
		'receipt-refused': event.warn(
			'Something that claims to be a receipt and proves nothing here.',
			'fault',
			'times',
		),
		centres: event.info('A newer list of the centres whose receipts count.', 'issue'),
		'centres-refused': event.error(
			'A list of centres that is older, or another one with the same number, or by nobody who may sign it.',
			'fault',
			'times',
		),
		resend: event.warn('Obeyed a command of the centre to send everything again.', 'from'),
		'command-refused': event.warn(
			'Something that claims to be a command, or one obeyed before.',
			'fault',
			'times',
		),
		complete: event.info('The centre holds all files of all entries up to here.', 'complete'),
		'disk-fault': event.error('The disk took no state or receipt.', 'fault'),
	},
)

export type UplinkEvent = EventOf<typeof uplinkEvents>
export type UplinkLog = (event: UplinkEvent) => void
