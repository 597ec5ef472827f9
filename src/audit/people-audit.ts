/**
 * Checks the chain of one reading station or one officer as a stranger would: `transcriptions.jws` beside `station.pem`,
 * `rulings.jws` beside `officer.pem`, as they lie on a stick.
 */
import { join } from 'node:path'
import { authorityFile } from '../evidence/authority/centres.ts'
import type { ListedRole } from '../evidence/authority/device-list.ts'
import type { ChainKind, ChainObject } from '../evidence/chain.ts'
import type { Position } from '../evidence/fields.ts'
import type { Purpose } from '../evidence/keys/certificate.ts'
import { readVouchedKey } from '../evidence/keys/certified-key.ts'
import { readPemFile } from '../evidence/keys/public-key-file.ts'
import { rulingChain } from '../evidence/ruling.ts'
import { transcriptionChain } from '../evidence/transcription.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { CollectedFaults } from '../platform/collected-faults.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import type { Result } from '../platform/result.ts'
import { type AuditFault, nothingToCheck } from './audit-fault.ts'
import type { AuditProgress } from './audit-progress.ts'
import { ChainLines, type ChainSigner } from './chain-lines.ts'
import { auditEvidenceFile } from './evidence-file.ts'
import type { AuditRefusal } from './journal-audit.ts'
import {
	type AuthorityReport,
	publishedAuthority,
	type RevokedReport,
	reportOf,
	revokedReport,
} from './published-authority.ts'
import { type RestsOn, restsOn } from './rests-on.ts'

/** As the file is called. */
export type PeopleChainName = 'transcriptions' | 'rulings'

export interface PeopleReport {
	/** The station or the officer; null when not one line could be read. */
	readonly device: string | null
	/** Answers, or rulings, that are well signed and well formed. */
	readonly entries: number
	/** The last of them. */
	readonly head: Position | null
	/** No line, signature or link is at fault. */
	readonly chainWhole: boolean
	readonly restsOn: readonly RestsOn[]
	readonly authority: AuthorityReport | null
	/** Null while the signer is in good standing. */
	readonly revoked: RevokedReport | null
	readonly quarantined: number
	/** The first of them, in the order found; `faultCount` counts all. */
	readonly faults: readonly AuditFault[]
	readonly faultCount: number
}

export function auditPeople(
	directory: string,
	name: PeopleChainName,
	progress: AuditProgress = () => {},
): Promise<Result<PeopleReport, AuditRefusal>> {
	return name === 'transcriptions'
		? auditChain(directory, name, transcriptionChain, progress)
		: auditChain(directory, name, rulingChain, progress)
}

async function auditChain<T extends ChainObject>(
	directory: string,
	purpose: PeopleChainName & Purpose,
	chain: ChainKind<T>,
	progress: AuditProgress,
): Promise<Result<PeopleReport, AuditRefusal>> {
	const published = await publishedAuthority(directory)
	if (!published.ok) return published
	const authority = published.value
	const key = await readPemFile(join(directory, signerKeyFile(chain.role)), (pem) =>
		readVouchedKey(pem, authority?.authority ?? null, purpose),
	)
	if (!key.ok) return key
	const { publicKey, id: certified } = key.value
	return auditEvidenceFile(join(directory, `${purpose}.jws`), progress, async (bytes) => {
		const by = { publicKey, certified, authority }
		const lines = new ChainLines(chain, by)
		const yieldIfDue = yieldToEventLoop()
		for await (const line of evidenceLines(bytes)) {
			await yieldIfDue()
			lines.take(line)
		}
		return reportOn(lines, chain.role, by, purpose)
	})
}

/** Where the key of a chain lies beside it. */
export function signerKeyFile(role: ListedRole): string {
	return `${role}.pem`
}

function reportOn<T extends ChainObject>(
	lines: ChainLines<T>,
	role: ListedRole,
	{ publicKey, certified, authority }: ChainSigner,
	name: PeopleChainName,
): PeopleReport {
	const { signer, count, head } = lines
	const faults = new CollectedFaults<AuditFault>()
	if (authority !== null) faults.include(authority.faults)
	faults.include(lines.faults)
	faults.include(lines.quarantined)
	const isListed = signer === null ? null : (authority?.roll.lists({ id: signer, publicKey }, role) ?? null)
	const isVouchedFor = certified !== null || isListed === true
	if (certified === null && isListed === false) {
		const detail = `the authority's registry does not list this key for ${signer}`
		faults.add({ file: signerKeyFile(role), line: 1, code: `unknown-${role}`, detail })
	}
	if (count === 0 && faults.count === 0) faults.add(nothingToCheck(`${name}.jws`))
	return {
		device: signer,
		entries: count,
		head,
		chainWhole: lines.faults.count === 0,
		restsOn: [
			...(authority === null ? [] : [restsOn(authorityFile, authority.authority.publicKey)]),
			...(isVouchedFor ? [] : [restsOn(signerKeyFile(role), publicKey)]),
		],
		authority: authority === null ? null : reportOf(authority),
		revoked: revokedReport(authority?.roll.revocationOf(signer ?? '')),
		quarantined: lines.quarantined.count,
		faults: faults.kept,
		faultCount: faults.count,
	}
}
