import type { Equivocation } from '../audit/equivocations.ts'

/** For people; the signed texts, which prove it to anybody, are in the JSON and in these lines of the ledger. */
export function equivocationLine({ device, seq, entries }: Equivocation): string {
	const bearers = entries.map(({ id, line }) => `${id} (line ${line})`).join(' and ')
	return `CLONED OR SET BACK: ${device} signed different entries ${seq}: ${bearers}`
}
