/**
 * A machine that ends its identity with its day ("identities": "daily"), so that nothing public ties the actas of one
 * shift to those of the next: spares were enrolled beforehand, each a device of its own to everybody else.
 *
 *     <identity>/                    the first identity, as of a machine that has only one
 *     <identity>/spares/<id>/        further ones, whole, with keys of their own
 *     <journals>/journals/<id>/      the journal that a spare began, beside the first one's; it is never moved
 *     <journals>/current-identity.json  {"v": 1, "device": …, "before": …}: who records now; without it the first
 *     <state>/kiosk-<id>.json        the count of starts, of each its own: a common one would tie them
 *     <uplink>/<id>/                 what the uplink keeps for it
 *
 * INVARIANTS
 * - The change is the rename of one file: before it the ended identity is the one of now, its day closed; after it
 *   the next one is. Nothing else is written for it, moved or deleted.
 * - An identity that has begun a journal, or signed, is never begun again, even where `current-identity.json` was lost.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { Id } from '../evidence/identity.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import { faultsOf } from '../platform/files/json-file.ts'
import { isOwnFolder } from '../platform/files/own-folder.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import { openIdentity, spareDirectory } from './device-identity.ts'

/** Of one identity: its keys, its journal, the kiosk's count of starts, and the uplink's directory. */
export interface IdentityPlaces {
	readonly identity: string
	readonly journal: string
	readonly state: string
	readonly uplink: string
}

/** Those of a spare, beside `first`. */
export function placesOfSpare(first: IdentityPlaces, id: string): IdentityPlaces {
	return {
		identity: spareDirectory(first.identity, id),
		journal: join(journalsBeside(first.journal), id),
		state: join(dirname(first.state), `kiosk-${id}.json`),
		uplink: join(first.uplink, id),
	}
}

function journalsBeside(journal: string): string {
	return join(dirname(journal), 'journals')
}

/** Why the folder of a spare's journal, or that of all, can't be the kiosk's own; null where it is, or is not there yet. */
export async function plantedJournal(
	{ journal }: IdentityPlaces,
	spare: string | null,
): Promise<string | null> {
	const journals = journalsBeside(journal)
	try {
		await isOwnFolder(dirname(journals), basename(journals), ...(spare === null ? [] : [spare]))
		return null
	} catch (error) {
		return (error as Error).message
	}
}

/** `before`: whose day was closed last; null for the first identity. */
const CurrentIdentity = z.looseObject({ v: z.literal(1), device: Id, before: Id.nullable() })

function currentFile({ journal }: Pick<IdentityPlaces, 'journal'>): string {
	return join(dirname(journal), 'current-identity.json')
}

export interface CurrentIdentity {
	/** Null for the first. */
	readonly spare: string | null
	readonly places: IdentityPlaces
	/** Of the identity before; null where there was none. */
	readonly before: IdentityPlaces | null
}

/** Who records now. The file is the kiosk's, also to the uplink: ids, and nothing else, are taken from it. */
export async function currentIdentity(first: IdentityPlaces): Promise<Result<CurrentIdentity>> {
	const path = currentFile(first)
	const read = await new ForeignFiles().read(path, 4096)
	if (!read.ok) {
		return read.fault.code === 'file-missing' ? ok({ spare: null, places: first, before: null }) : read
	}
	const json = parseJson(read.value.bytes)
	if (!json.ok) return fail('not-json', `${path}: ${json.fault.detail}`)
	const said = CurrentIdentity.safeParse(json.value)
	if (!said.success) return fail('invalid', `${path}: ${faultsOf(said.error).join('; ')}`)
	const { device, before } = said.data
	const placesBefore = before === null ? first : placesOfSpare(first, before)
	return ok({ spare: device, places: placesOfSpare(first, device), before: placesBefore })
}

/** For a machine that has one identity again. */
export async function forgetCurrent(first: IdentityPlaces): Promise<void> {
	await rm(currentFile(first), { force: true })
}

/** Ids of the spares that have begun a journal, sorted. */
export async function begunSpares(journal: string): Promise<readonly string[]> {
	return (await idsIn(journalsBeside(journal))).toSorted()
}

/** Of every identity that has a journal here: the first, then spares by id. */
export async function allPlaces(first: IdentityPlaces): Promise<readonly IdentityPlaces[]> {
	return [first, ...(await begunSpares(first.journal)).map((id) => placesOfSpare(first, id))]
}

/** Spares that are certified, whose keys can be read here, and that have never signed anything. */
export async function freshSpares(first: IdentityPlaces): Promise<readonly string[]> {
	const fresh = []
	const now = await currentIdentity(first)
	for (const id of await idsIn(dirname(spareDirectory(first.identity, '-')))) {
		// Taken, and maybe cut off before it began.
		if (now.ok && now.value.spare === id) continue
		const { identity, journal, state } = placesOfSpare(first, id)
		if ((await isThere(journal)) || (await isThere(join(dirname(state), 'signed', id)))) continue
		const opened = await openIdentity(identity)
		if (opened.ok && opened.value.id === id && opened.value.certificate !== null) fresh.push(id)
	}
	return fresh
}

/**
 * Makes one of the spares the identity of now, any of them by chance: an order would show in those that are used.
 * `random` gives a number from 0 to below 1. Null where none is left.
 */
export async function takeSpare(
	first: IdentityPlaces,
	before: string | null,
	random: () => number,
): Promise<Result<IdentityPlaces | null>> {
	const fresh = await freshSpares(first)
	const next = fresh[Math.floor(random() * fresh.length)]
	if (next === undefined) return ok(null)
	const path = currentFile(first)
	try {
		await replaceFile(path, `${JSON.stringify({ v: 1, device: next, before })}\n`)
		return ok(placesOfSpare(first, next))
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('not-writable', `${path}: the next identity can't be taken (${message})`)
	}
}

async function idsIn(directory: string): Promise<string[]> {
	const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
		throw error
	})
	return names.filter((name) => name.startsWith('k-') && Id.safeParse(name).success)
}

async function isThere(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	)
}
