import { presidential2024 } from '#src/acta/presidential-2024.js'
import { tallyOfLedger } from '#src/tally/ledger-tally.js'
import { summaryOf, type TallySummary } from '#src/tally/summary.js'
import { gotten } from './result.ts'

/** What a centre's directory adds up to, as `testigo tally` finds it. */
export async function ledgerSummary(directory: string): Promise<TallySummary & { readonly leftOut: number }> {
	const { tally, leftOut } = gotten(await tallyOfLedger(directory, presidential2024))
	return { ...summaryOf(tally), leftOut }
}
