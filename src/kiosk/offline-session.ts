/** What a technician records by a command, while the kiosk is stopped: the journal's lock sees to that. */
import type { ElectionDefinition } from '../acta/election.ts'
import { openIdentity } from '../enrolment/device-identity.ts'
import { readPinnedCentre } from '../evidence/pinned-centre.ts'
import type { Journal } from '../journal/journal.ts'
import type { Clock } from '../platform/clock.ts'
import { clockSource } from '../platform/clock-source.ts'
import { buildTime } from '../platform/process/build-time.ts'
import { software } from '../platform/process/software.ts'
import { ok, type Result } from '../platform/result.ts'
import type { KioskConfig } from './config/kiosk-config.ts'
import type { KioskLog } from './events.ts'
import { noImageStorage } from './recording/image-storage.ts'
import { openJournal } from './recording/open-journal.ts'
import { Recorder } from './recording/recorder.ts'
import { Received } from './uplink-watcher.ts'

export interface OfflineSession {
	readonly journal: Journal
	readonly recorder: Recorder
	readonly received: Received
}

export interface OfflineSurroundings {
	readonly election: ElectionDefinition
	readonly clock: Clock
	readonly log: KioskLog
}

/** Opens the journal, does `work`, which is to mark the start when it records anything, and closes again. */
export async function withOfflineSession<T>(
	config: KioskConfig,
	{ election, clock, log }: OfflineSurroundings,
	work: (session: OfflineSession) => Promise<Result<T>>,
): Promise<Result<T>> {
	const identity = await openIdentity(config.identity)
	if (!identity.ok) return identity
	const { signer, certificate } = identity.value
	const centre = config.centre === undefined ? ok(null) : await readPinnedCentre(config.centre)
	if (!centre.ok) return centre
	const opened = await openJournal(config, signer, certificate, log)
	if (!opened.ok) return opened
	const { journal, boot, mark, guarded, rollback } = opened.value
	const received = new Received({ journal, centre: centre.value, directory: config.uplink, clock, log })
	try {
		await received.start(() => {})
		const recorder = new Recorder({
			journal,
			imageStorage: noImageStorage,
			signer: guarded,
			clock,
			clockSource,
			anchor: () => received.anchor,
			refusal: () => rollback ?? received.contradiction,
			appended: (entry) => mark.note(entry),
			notBefore: () => received.notBefore,
			floor: buildTime,
			election: election.id,
			software,
			boot,
		})
		return await work({ journal, recorder, received })
	} finally {
		await received.stop()
		await journal.close()
		await mark.settled()
	}
}
