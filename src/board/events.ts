import { catalogueOf, type EventOf, event, field } from '../platform/event-catalogue.ts'
import { supervisionEvents } from '../platform/process/supervision.ts'

/** Everything that a board logs. */
export const boardEvents = catalogueOf(
	{
		...supervisionEvents.fields,
		address: field.text('Where browsers find it.'),
		count: field.number(
			'How many of the kind since the line before: the first is written at once, then one line a minute.',
		),
		entries: field.number('Entries that verify.'),
		file: field.text('A file.'),
		from: field.text('The address that it came from.'),
		reason: field.text('`wrong`, or `too-many` tries.'),
	},
	{
		...supervisionEvents.events,
		started: event.info('The board listens, and has read what was there.', 'address', 'entries'),
		stopped: event.info('The board has ended as asked.'),
		anew: event.warn('The records are others than before, or begin anew: all is read again.', 'entries'),
		'records-fault': event.error('The records can not be read; it is tried again.', 'fault'),
		'records-back': event.info('The records can be read again.'),
		'register-fault': event.error('The register can not be taken: every table stands as unlisted.', 'fault'),
		'statuses-fault': event.warn('What kiosks say of themselves can not be read.', 'fault'),
		'pass-phrase-refused': event.warn('Somebody did not know the pass phrase.', 'from', 'reason', 'count'),
		'page-fault': event.error('A page could not be made: a bug.', 'fault', 'count'),
	},
)

export type BoardEvent = EventOf<typeof boardEvents>
export type BoardLog = (event: BoardEvent) => void
