/** What a technician records by a command, while the kiosk is stopped: the journal's lock sees to that. */
import type { ElectionDefinition } from '../acta/election.ts'
import { currentIdentity } from '../enrolment/day-identities.ts'
import type { OpenIdentity } from '../enrolment/device-identity.ts'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import type { Journal } from '../journal/journal.ts'
import type { Clock } from '../platform/clock.ts'
import { clockSource } from '../platform/clock-source.ts'
import { buildTime, software } from '../platform/process/software.ts'
import type { Result } from '../platform/result.ts'
import type { KioskConfig } from './config/kiosk-config.ts'
import type { KioskLog } from './events.ts'
import { identityOpener } from './identity-of-now.ts'
import { noImageStorage } from './recording/image-storage.ts'
import { openJournal } from './recording/open-journal.ts'
import { Recorder } from './recording/recorder.ts'
import { openWordsBeside } from './recording/words-beside.ts'
import { UplinkWatcher } from './uplink-watcher.ts'

export interface OfflineSession {
	readonly journal: Journal
	readonly recorder: Recorder
	readonly uplink: UplinkWatcher
}

export interface OfflineSurroundings {
	/** The first one, where it was read before, by root. */
	readonly identity?: OpenIdentity
	/** Whose receipts count. */
	readonly centres: CentreList | null
	readonly election: ElectionDefinition
	readonly clock: Clock
	readonly log: KioskLog
}

/** Opens the journal, does `work`, which is to mark the start when it records anything, and closes again. */
export async function withOfflineSession<T>(
	config: KioskConfig,
	around: OfflineSurroundings,
	work: (session: OfflineSession) => Promise<Result<T>>,
): Promise<Result<T>> {
	const now = config.identities === 'one' ? null : await currentIdentity(config)
	if (now?.ok === false) return now
	const asNow = { ...config, ...now?.value.places }
	const identity = await identityOpener(config.identity, around.identity)(asNow.identity)
	return identity.ok ? await withJournal(asNow, identity.value, around, work) : identity
}

async function withJournal<T>(
	config: KioskConfig,
	{ signer, certificate }: OpenIdentity,
	{ centres, election, clock, log }: OfflineSurroundings,
	work: (session: OfflineSession) => Promise<Result<T>>,
): Promise<Result<T>> {
	const opened = await openJournal(config, signer, certificate, log)
	if (!opened.ok) return opened
	const { journal, boot, mark, guarded, rollback } = opened.value
	const words = await openWordsBeside(journal.directory, config, centres, log)
	const uplink = new UplinkWatcher({
		...{ journal, centres, directory: config.uplink, clock, log },
		newerCentres: (newer) => words.keep(newer),
	})
	try {
		await uplink.start(() => {})
		const recorder = new Recorder({
			journal,
			imageStorage: noImageStorage,
			signer: guarded,
			clock,
			clockSource,
			anchor: () => uplink.anchor,
			refusal: () => rollback ?? uplink.contradiction,
			appended: (entry) => mark.note(entry),
			notBefore: () => uplink.notBefore,
			floor: buildTime,
			election,
			software,
			boot,
		})
		return await work({ journal, recorder, uplink })
	} finally {
		await uplink.stop()
		await journal.close()
		await mark.settled()
	}
}
