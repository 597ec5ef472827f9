/** Checks a centre's directory as a stranger would: by its files and nothing else. */
import { join } from 'node:path'
import { readVouchedKey, type VouchedKeyFault } from '../evidence/certified-key.ts'
import { type PublicKeyFileFault, readPemFile } from '../evidence/public-key-file.ts'
import { type Fault, ok, type Result } from '../platform/result.ts'
import { Equivocations } from './equivocations.ts'
import { auditEvidenceFile } from './evidence-file.ts'
import type { AuditOptions } from './journal-audit.ts'
import { type HeadLine, headsFile, readHeads } from './ledger-heads.ts'
import { auditLedgerBytes, centreKeyFile } from './ledger-lines.ts'
import type { LedgerReport } from './ledger-report.ts'
import { PublishedDevices } from './published-devices.ts'

export type LedgerRefusal = PublicKeyFileFault | VouchedKeyFault | Fault<'unreadable'>

/**
 * Audits the directory of a centre: `ledger.jws`, `centre.pem`, `images/`; who may sign by `devices/<id>.pem`, or by
 * `authority.pem` and `registry.jws`; `heads.jws` where it is there.
 */
export async function auditLedger(
	directory: string,
	{ images = true, progress = () => {} }: AuditOptions = {},
): Promise<Result<LedgerReport, LedgerRefusal>> {
	const published = await PublishedDevices.read(directory)
	if (!published.ok) return published
	const devices = published.value
	const centre = await readPemFile(join(directory, centreKeyFile), (pem) =>
		readVouchedKey(pem, devices.authority?.authority ?? null, 'receipts'),
	)
	if (!centre.ok) return centre
	const path = join(directory, 'ledger.jws')
	const folder = images ? join(directory, 'images') : null
	const report = await auditEvidenceFile(path, progress, async (bytes) => {
		const heads: HeadLine[] = []
		for await (const head of readHeads(join(directory, headsFile), devices)) heads.push(head)
		const { publicKey, id } = centre.value
		return auditLedgerBytes(bytes, { publicKey, certified: id !== null }, devices, folder, progress, heads)
	})
	if (!report.ok) return report
	const found = new Equivocations()
	for (const { device, equivocations } of report.value.devices) {
		for (const seq of equivocations) found.add(device, seq)
	}
	return ok({ ...report.value, proofs: await found.prove(path, (device) => devices.known(device)) })
}
