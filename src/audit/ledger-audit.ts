/** Checks a centre's directory as a stranger would: by its files and nothing else. */
import { join } from 'node:path'
import { readVouchedKey, type VouchedKeyFault } from '../evidence/keys/certified-key.ts'
import { type PublicKeyFileFault, readPemFile } from '../evidence/keys/public-key-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { Equivocations } from './equivocations.ts'
import { auditEvidenceFile } from './evidence-file.ts'
import type { AuditOptions } from './journal-audit.ts'
import { type HeadLine, headsFile, readHeads } from './ledger-heads.ts'
import { type AuditedCentre, auditLedgerBytes, centreKeyFile } from './ledger-lines.ts'
import type { LedgerReport } from './ledger-report.ts'
import type { PublishedAuthority } from './published-authority.ts'
import { PublishedDevices } from './published-devices.ts'

export type LedgerRefusal = PublicKeyFileFault | VouchedKeyFault | Fault<'unreadable'>

/**
 * Audits the directory of a centre: `ledger.jws`, `images/`; who may sign by `devices/<id>.pem` and `centre.pem`, or by
 * `authority.pem` with `registry.jws` and `centres.jws`; `heads.jws` where it is there.
 */
export async function auditLedger(
	directory: string,
	{ images = true, progress = () => {} }: AuditOptions = {},
): Promise<Result<LedgerReport, LedgerRefusal>> {
	const published = await PublishedDevices.read(directory)
	if (!published.ok) return published
	const devices = published.value
	const centre = await pinnedKey(directory, devices.authority)
	if (!centre.ok) return centre
	const path = join(directory, 'ledger.jws')
	const folder = images ? join(directory, 'images') : null
	const heads = await headsIn(join(directory, headsFile), devices)
	if (!heads.ok) return heads
	const report = await auditEvidenceFile(path, progress, (bytes) =>
		auditLedgerBytes(bytes, centre.value, devices, folder, progress, heads.value),
	)
	if (!report.ok) return report
	const found = new Equivocations()
	for (const { device, equivocations } of report.value.devices) {
		for (const seq of equivocations) found.add(device, seq)
	}
	return ok({ ...report.value, proofs: await found.prove(path, (device) => devices.known(device)) })
}

async function headsIn(
	path: string,
	devices: PublishedDevices,
): Promise<Result<readonly HeadLine[], Fault<'unreadable'>>> {
	try {
		const heads: HeadLine[] = []
		for await (const head of readHeads(path, devices)) heads.push(head)
		return ok(heads)
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('unreadable', `${path}: ${message}`)
	}
}

/** The key of `centre.pem`; null where the authority lists the centres, which then says all. */
async function pinnedKey(
	directory: string,
	authority: PublishedAuthority | null,
): Promise<Result<AuditedCentre | null, PublicKeyFileFault | VouchedKeyFault>> {
	if (authority !== null && authority.centres.issue > 0) return ok(null)
	const key = await readPemFile(join(directory, centreKeyFile), (pem) =>
		readVouchedKey(pem, authority?.authority ?? null, 'receipts'),
	)
	return key.ok ? ok({ publicKey: key.value.publicKey, certified: key.value.id !== null }) : key
}
