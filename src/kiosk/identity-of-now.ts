/**
 * Who records: with `"identities": "daily"` a closed day is the end of its identity, and a spare follows. Here, before
 * the kiosk opens anything, and nowhere else: at a start, or at the first paper after the close, which starts it anew.
 *
 * A day is closed when its head is on the disk. With no spare left, or where the change can't be written, the
 * identity that was there goes on: recording never stops for it.
 */
import {
	currentIdentity,
	forgetCurrent,
	freshSpares,
	type IdentityPlaces,
	plantedJournal,
	takeSpare,
} from '../enrolment/day-identities.ts'
import { type IdentityFault, type OpenIdentity, openIdentityOf } from '../enrolment/device-identity.ts'
import { openStoredHead } from '../journal/head-file.ts'
import { Journal } from '../journal/journal.ts'
import { fewSpares } from '../panel/status.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import type { KioskConfig } from './config/kiosk-config.ts'
import type { KioskLog } from './events.ts'

export interface IdentityOfNow {
	readonly places: IdentityPlaces
	/** The identity before, whose closed day is shown until something is recorded; null where there is none. */
	readonly before: IdentityPlaces | null
	/** Spares that are left; null where there is one identity for all days. */
	readonly spares: number | null
	/** True where a close may be followed by another identity. */
	readonly endsWithDay: boolean
}

/** Opens the identity in a directory. */
export type IdentityOpener = (directory: string) => Promise<Result<OpenIdentity, IdentityFault>>

/** `read`: the identity in `first`, where root read it before it was given up; the keys of spares are the kiosk's. */
export function identityOpener(first: string, read: OpenIdentity | undefined): IdentityOpener {
	return async (directory) =>
		directory === first && read !== undefined ? ok(read) : await openIdentityOf('device', directory)
}

export async function identityOfNow(
	config: KioskConfig,
	open: IdentityOpener,
	random: () => number,
	log: KioskLog,
): Promise<Result<IdentityOfNow>> {
	const { identity, journal, state, uplink } = config
	const first = { identity, journal, state, uplink }
	if (config.identities === 'one') {
		await forgetCurrent(first)
		return ok({ places: first, before: null, spares: null, endsWithDay: false })
	}
	const current = await currentIdentity(first)
	if (!current.ok) return current
	const planted = await plantedJournal(first, current.value.spare)
	if (planted !== null) return fail('not-ours', planted)
	let { places, before } = current.value
	let kept = false
	if (await isDayClosed(places, open)) {
		const next = await takeSpare(first, current.value.spare, random)
		if (!next.ok) log({ event: 'identity-not-ended', fault: next.fault })
		kept = !next.ok
		if (next.ok && next.value !== null) {
			before = places
			places = next.value
			const opened = await open(places.identity)
			if (opened.ok) log({ event: 'identity-ended', device: opened.value.id })
		}
	}
	const spares = (await freshSpares(first)).length
	if (spares < fewSpares) log({ event: 'spares-low', spares })
	return ok({ places, before, spares, endsWithDay: spares > 0 && !kept })
}

/** False also where it can't be seen: who opens the journal afterwards says why. */
async function isDayClosed(
	{ identity, journal: directory }: IdentityPlaces,
	open: IdentityOpener,
): Promise<boolean> {
	const owner = await open(identity)
	if (!owner.ok) return false
	const { id, signer, certificate } = owner.value
	const opened = await Journal.open(directory, { id, publicKey: signer.publicKey, certificate })
	if (!opened.ok) return false
	const journal = opened.value
	try {
		if (journal.closed === null) return false
		const head = await openStoredHead(directory, journal.device)
		return head?.head.id === journal.closed.id
	} finally {
		await journal.close()
	}
}
