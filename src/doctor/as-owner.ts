/**
 * What lies in the journal's directory, or beside a log's key, is looked at by its owner: root, who looks at the devices,
 * could be led by a name there to any file. So a process of its own does it, where this is root and the directory somebody
 * else's.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { currentIdentity, freshSpares, type IdentityPlaces } from '../enrolment/day-identities.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { isOthers } from '../platform/process/give-up-root.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import type { PublishConfig } from '../publishing/config.ts'
import { type JournalState, probeJournal } from './journal.ts'
import { type PublishingState, probePublishing } from './publishing-state.ts'
import { probeStorage, type StorageState } from './storage.ts'

export interface OwnersLook {
	/** Of the identity of now. */
	readonly places: IdentityPlaces
	/** Identities that are left to the kiosk's user, who must be able to read their keys. */
	readonly spares: Result<number>
	readonly journal: JournalState
	readonly storage: Result<StorageState>
}

export async function lookAsOwner(first: KioskConfig): Promise<OwnersLook> {
	const isDaily = first.identities === 'daily'
	const now = isDaily ? await currentIdentity(first) : null
	const { identity, journal, state, uplink } = now?.ok ? now.value.places : first
	const places = { identity, journal, state, uplink }
	return {
		places,
		spares: await orRefused(isDaily ? freshSpares(first).then(({ length }) => length) : Promise.resolve(0)),
		journal: await probeJournal({ ...first, ...places }),
		storage: await orRefused(probeStorage(journal)),
	}
}

function orRefused<T>(look: Promise<T>): Promise<Result<T>> {
	return look.then(ok, (error: NodeJS.ErrnoException) => {
		if (error.code === undefined) throw error
		return fail('not-seen', error.message)
	})
}

export async function lookAtJournal(config: KioskConfig): Promise<Result<OwnersLook>> {
	return process.geteuid?.() === 0 && (await isOthers(config.journal))
		? askOwner({ part: 'journal', config })
		: ok(await lookAsOwner(config))
}

export async function lookAtPublishing(config: PublishConfig): Promise<Result<PublishingState>> {
	return process.geteuid?.() === 0 && (await isOthers(config.log))
		? askOwner({ part: 'publish', config })
		: ok(await probePublishing(config))
}

/** Which part is looked at, by its configuration. */
export type AskedOfOwner =
	| { readonly part: 'journal'; readonly config: KioskConfig }
	| { readonly part: 'publish'; readonly config: PublishConfig }

/** In a process of its own. */
async function askOwner<T>(asked: AskedOfOwner): Promise<Result<T>> {
	const script = fileURLToPath(new URL('./owner-process.js', import.meta.url))
	const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'pipe'] })
	child.stdin.on('error', () => {})
	child.stdin.end(JSON.stringify(asked))
	const ended = new Promise<number | null>((resolve) => {
		child.once('error', () => resolve(null))
		child.once('close', resolve)
	})
	const [said, why, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
	if (status === 0) return ok(JSON.parse(said))
	const [line = ''] = why.trim().split('\n')
	const directory = asked.part === 'journal' ? asked.config.journal : asked.config.log
	return fail('not-seen', `${directory}: ${line || 'could not be looked at by its owner'}`)
}
