import type { Equivocation } from '../audit/equivocations.ts'

/** Stands under every result that rests on signatures, since people take a proof of custody for one of truth. */
export const custodyNotTruth =
	'Signatures prove custody (who recorded these bytes, and in which order), never that the paper is genuine.'

/** For people; the signed texts, which prove it to anybody, are in the JSON and in these lines of the ledger. */
export function equivocationLine({ device, seq, entries }: Equivocation): string {
	const bearers = entries.map(({ id, line }) => `${id} (line ${line})`).join(' and ')
	return `CLONED OR ROLLED BACK: ${device} signed different entries ${seq}: ${bearers}`
}
