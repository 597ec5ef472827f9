import { catalogueOf, type EventOf, event, field } from '../platform/event-catalogue.ts'
import { supervisionEvents } from '../platform/process/supervision.ts'

/** Everything that a publishing process logs. */
export const publishEvents = catalogueOf(
	{
		...supervisionEvents.fields,
		publication: field.number('Its number, from 0.'),
		leaves: field.number('Leaves of the log by now.'),
		changed: field.number('Tables that are others than before.'),
		waiting: field.number('Objects that are not ripe, or whose signer nobody lists.'),
		torrent: field.textOrNull('Info-hash of the torrent of this publication.'),
		added: field.number('Lines of witnesses that were not there.'),
		refused: field.number('Files that gave nothing.'),
		seconds: field.number('From looking at the records until all of it lay on the disk.'),
	},
	{
		...supervisionEvents.events,
		started: event.info('The whole log was read and is as its key has signed it.', 'leaves'),
		stopped: event.info('Publishing has ended as asked.'),
		published: event.info(
			'A publication is complete: everything of it lies in the archive, the checkpoint last.',
			'publication',
			'leaves',
			'changed',
			'waiting',
			'seconds',
			'torrent',
		),
		cosigned: event.info('Lines of witnesses were added below checkpoints.', 'added'),
		'cosignatures-refused': event.warn(
			'Of what witnesses left some files gave nothing; the first, by its name, is told.',
			'refused',
			'fault',
		),
		'publish-fault': event.error('Nothing can be published; it is tried again.', 'fault'),
		'publish-back': event.info('Publishing goes on.'),
	},
)

export type PublishEvent = EventOf<typeof publishEvents>
export type PublishLog = (event: PublishEvent) => void
