import { catalogueOf, type EventOf, event, field } from '../platform/event-catalogue.ts'
import { supervisionEvents } from '../platform/process/supervision.ts'
import type { Fault } from '../platform/result.ts'

/** Everything that a kiosk logs. */
export const kioskEvents = catalogueOf(
	{
		...supervisionEvents.fields,
		actas: field.number('Actas in the journal.'),
		boot: field.number('Starts of this machine with this journal, from 1.'),
		bytes: field.number('Bytes.'),
		camera: field.number('As `rpicam-still --list-cameras` counts them.'),
		cause: field.text('Why no code could be read, such as `too-dark`.'),
		custodian: field.text('A key that images are sealed to, `age1…`.'),
		device: field.text('With `started` the id of the kiosk; else a part of it, such as `camera` or `gpio`.'),
		entries: field.number('Entries in the journal.'),
		files: field.number('Files.'),
		head: field.text('Id of the signed head.'),
		issue: field.number('Number of the list of centres.'),
		number: field.number('Number of the acta, as the display shows it.'),
		other: field.number('Number of the other acta.'),
		path: field.text('A file.'),
		read: field.flag('False for an acta that is recorded as an image only.'),
		reason: field.text('Why by this way.'),
		seq: field.number('Number of the entry in the journal.'),
		upto: field.number('Number of the last entry of which the centre holds this one and all before.'),
		spares: field.number('Identities that were enrolled beforehand and not used yet.'),
		times: field.number('How often since the line before: one at once, then at most one a minute.'),
		way: field.text('By what a part is reached.'),
	},
	{
		...supervisionEvents.events,
		started: event.info('The kiosk runs.', 'device', 'boot', 'actas'),
		stopped: event.info('The kiosk has ended as asked.'),
		'images-unsealed': event.warn('Nobody is named to seal images to: whoever gets the disk can see them.'),
		'custodian-unsplit': event.warn(
			'Nobody says of this key that it is split: one person, alone or forced, may open every image.',
			'custodian',
		),
		'journal-opened': event.info('The journal is verified and open.', 'entries', 'actas'),
		'journal-tail-quarantined': event.warn(
			'Torn bytes at the end of the journal were moved apart; nothing that was shown is lost.',
			'path',
			'bytes',
		),
		recorded: event.info('Image and entry are on the disk.', 'seq', 'number', 'read'),
		'already-scanned': event.info('The same acta again; nothing was recorded.', 'number'),
		conflict: event.warn(
			'Recorded, and another acta of this table says otherwise.',
			'seq',
			'number',
			'other',
		),
		rejected: event.warn('Nothing could be read, and the picture was not recorded.', 'cause'),
		device: event.info('By which way a part is reached, and why.', 'device', 'way', 'reason'),
		'identity-ended': event.info(
			'The day was closed: `device` is a spare, and records from now on.',
			'device',
		),
		'spares-low': event.warn(
			'Few spares are left: with none the last identity goes on, day after day. Enrol more.',
			'spares',
		),
		'identity-not-ended': event.warn('The day is closed, and its identity goes on all the same.', 'fault'),
		closed: event.info(
			'The day is closed; `seq` is the last entry. Also of one that is shown again.',
			'seq',
			'head',
		),
		trouble: event.error('A part failed; it will be tried again.', 'device', 'fault'),
		'high-water-mark-trouble': event.warn(
			'The mark of the last signed entry is behind or lost: a rollback of the journal may go unnoticed.',
			'fault',
		),
		'camera-back': event.info('A camera that failed takes pictures again.', 'camera'),
		'images-evicted': event.warn('Sealed images that the centre holds were deleted to make room.', 'files'),
		'disk-mended': event.info('The disk takes scans again.'),
		'panel-opened': event.info('The port of the display is open; it is drawn from the beginning.'),
		centres: event.info('A newer list of the centres whose receipts count.', 'issue'),
		'centres-refused': event.error(
			'A list of centres that is older, or another one with the same number, or by nobody who may sign it.',
			'fault',
			'times',
		),
		received: event.info('A verified receipt covers the journal up to here.', 'upto'),
		'receipt-refused': event.warn(
			'What the uplink keeps as a receipt proves nothing for this journal.',
			'fault',
			'times',
		),
	},
)

export type KioskEvent = EventOf<typeof kioskEvents>
export type KioskLog = (event: KioskEvent) => void

/** For devices that report their troubles: each one is logged, and that it is over is not. */
export function logTrouble(device: string, log: KioskLog): (fault: Fault | null) => void {
	return (fault) => {
		if (fault !== null) log({ event: 'trouble', device, fault })
	}
}
