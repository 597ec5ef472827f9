/**
 * The authority's word beside a journal or a ledger, where there is any:
 *
 *     authority.pem   the authority's public key, or its certificate and that of the root behind it
 *     registry.jws    its registries and revocations, a JWS a line, in the order in which they were issued
 *     centres.jws     its lists of the centres whose receipts count, in the same way
 *
 * Whoever trusts `authority.pem`, because a copy came by another way, need not compare the keys of the devices.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CentreList } from '../evidence/authority/centre-list.ts'
import { authorityFile, centresFile } from '../evidence/authority/centres.ts'
import { DeviceList, type NewlyRevoked } from '../evidence/authority/device-list.ts'
import type { RevokedDevice } from '../evidence/authority/revocation.ts'
import { genesisOf } from '../evidence/identity.ts'
import { longestJws, longestRegistry } from '../evidence/jws.ts'
import { type PinnedAuthority, readAuthority, type VouchedKeyFault } from '../evidence/keys/certified-key.ts'
import { readPemFile } from '../evidence/keys/public-key-file.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { CollectedFaults } from '../platform/collected-faults.ts'
import type { CappedFileFault } from '../platform/files/capped-file.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { fail, ok, type Result } from '../platform/result.ts'
import type { AuditFault } from './audit-fault.ts'

export const registryFile = 'registry.jws'

export interface PublishedAuthority {
	readonly authority: PinnedAuthority
	readonly roll: DeviceList
	readonly centres: CentreList
	/** Lines that it did not sign, or that say what it must not. */
	readonly faults: CollectedFaults<AuditFault>
}

export interface AuthorityReport {
	/** base64url of the SHA-256 of its public key: to be compared with one that came by another way. */
	readonly key: string
	/** The number of its latest registry; 0 for none. */
	readonly issue: number
	/** That of its latest list of centres; 0 for none. */
	readonly centres: number
}

export function reportOf({ authority, roll, centres }: PublishedAuthority): AuthorityReport {
	return { key: genesisOf(authority.publicKey), issue: roll.issue, centres: centres.issue }
}

/** As a report has it. */
export type RevokedReport = Pick<RevokedDevice, 'last' | 'reason' | 'time'>

export function revokedReport(revocation: RevokedDevice | undefined): RevokedReport | null {
	if (revocation === undefined) return null
	const { last, reason, time } = revocation
	return { last, reason, time }
}

export function quarantineFault(line: number, seq: number) {
	const detail = `number ${seq} was signed after the last good one of who is revoked`
	return { line, seq, code: 'revoked' as const, detail }
}

export type PinnedAuthorityFault = CappedFileFault | VouchedKeyFault

/** Reads what lies in `directory`; null where no authority is named. */
export async function publishedAuthority(
	directory: string,
): Promise<Result<PublishedAuthority | null, PinnedAuthorityFault>> {
	const pinned = await pinnedAuthority(directory)
	if (!pinned.ok) return pinned
	const authority = pinned.value
	if (authority === null) return ok(null)
	const roll = new DeviceList(authority.publicKey)
	const centres = new CentreList(authority.publicKey, null)
	const faults = new CollectedFaults<AuditFault>()
	let path = join(directory, registryFile)
	try {
		for await (const { line, taken } of takeRegistryFile(path, roll)) {
			if (!taken.ok) faults.add({ file: registryFile, line, ...taken.fault })
		}
		path = join(directory, centresFile)
		for await (const { line, taken } of takeCentresFile(path, centres)) {
			if (!taken.ok) faults.add({ file: centresFile, line, ...taken.fault })
		}
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('file-unreadable', `${path}: can't be read (${code})`)
	}
	return ok({ authority, roll, centres, faults })
}

/** Null where `directory` names no authority. */
export async function pinnedAuthority(
	directory: string,
): Promise<Result<PinnedAuthority | null, PinnedAuthorityFault>> {
	const read = await readPemFile(join(directory, authorityFile), readAuthority)
	return read.ok || read.fault.code !== 'file-missing' ? read : ok(null)
}

export interface TakenLine<T> {
	readonly line: number
	/** Empty where the line as such is at fault. */
	readonly text: string
	readonly taken: Result<T>
}

/** Has `roll` take in the lines of a file; one that is not there has none. Throws when it can't be read. */
export function takeRegistryFile(path: string, roll: DeviceList): AsyncGenerator<TakenLine<NewlyRevoked>> {
	return takeFile(path, longestRegistry, (text) => roll.take(text))
}

/** The same of a list of centres; true for each that is newer than the one before. */
export function takeCentresFile(path: string, centres: CentreList): AsyncGenerator<TakenLine<boolean>> {
	return takeFile(path, longestJws, (text) => centres.take(text))
}

async function* takeFile<T>(
	path: string,
	longest: number,
	take: (text: string) => Result<T>,
): AsyncGenerator<TakenLine<T>> {
	if (!(await isThere(path))) return
	for await (const line of evidenceLines(filePieces(path), longest)) {
		if (line.ok) yield { line: line.number, text: line.text, taken: take(line.text) }
		else yield { line: line.number, text: '', taken: line }
	}
}

async function isThere(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return false
			throw error
		},
	)
}
