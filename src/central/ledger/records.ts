/** Opens what a centre keeps, ledger and heads, and has its memory and its quotas take it in. */
import type { Identity } from '../../evidence/identity.ts'
import type { MakeRoom } from '../../platform/files/line-log.ts'
import { ok, type Result, unreachable } from '../../platform/result.ts'
import type { Quotas } from '../admission/quotas.ts'
import type { Registry } from '../authority/registry.ts'
import type { Holdings } from '../holdings.ts'
import {
	type LedgerFault,
	type LedgerRecord,
	type OpenedLedger,
	openHeads,
	openLedger,
	type SignerOf,
} from './ledger.ts'

export interface RecordsParts {
	/** This centre. */
	readonly self: Identity
	readonly registry: Registry
	readonly holdings: Holdings
	readonly quotas: Quotas
	readonly makeRoom: MakeRoom
}

export interface OpenedRecords {
	readonly ledger: OpenedLedger
	readonly heads: OpenedLedger
	readonly entries: number
	/** Of last lines that were not written to their end. */
	readonly tornBytes: number
}

/** Throws when the disk fails. */
export async function openRecords(
	directory: string,
	{ self, registry, holdings, quotas, makeRoom }: RecordsParts,
): Promise<Result<OpenedRecords, LedgerFault>> {
	const signerOf: SignerOf = (kind, id) => {
		switch (kind) {
			case 'receipt':
				return id === self.id ? self : undefined
			case 'transcription':
				return registry.station(id)
			case 'ruling':
				return registry.officer(id)
			case 'entry':
			case 'head':
				return registry.known(id)
			default:
				return unreachable(kind)
		}
	}
	let entries = 0
	const visit = (record: LedgerRecord, sizeBytes: number) => {
		const isReceived = record.kind !== 'receipt' && record.kind !== 'head'
		if (record.kind === 'entry') entries++
		if (isReceived) quotas.addEntry(record.device, sizeBytes)
		else quotas.addLine(record.device, sizeBytes)
		holdings.recall(record)
	}
	const ledger = await openLedger(directory, { signerOf, visit, makeRoom })
	if (!ledger.ok) return ledger
	const heads = await openHeads(directory, { signerOf, visit, makeRoom })
	if (!heads.ok) {
		await ledger.value.close()
		return heads
	}
	const tornBytes = ledger.value.tornBytes + heads.value.tornBytes
	return ok({ ledger: ledger.value, heads: heads.value, entries, tornBytes })
}
