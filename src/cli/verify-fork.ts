/** What `testigo verify` says of a folder in which a mirror or a witness has kept what a log signed against itself. */
import { forkProofsIn, verifyForkProof } from '../mirroring/fork-verdict.ts'
import { exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { logOf, type ProofOptions } from './verify-proof.ts'

export async function isForkProof(path: string): Promise<boolean> {
	return (await forkProofsIn(path)).length > 0
}

/** Done where one at least is a proof. */
export async function verifyForkProofs(folder: string, options: ProofOptions): Promise<void> {
	const log = options.log === undefined && options.keys === undefined ? null : await logOf(options)
	let proved = 0
	for (const name of await forkProofsIn(folder)) {
		const verified = await verifyForkProof(folder, name, log)
		const isProved = verified.ok && verified.value.what !== 'shrunk'
		if (isProved) proved++
		if (options.json) {
			const said = verified.ok ? verified.value : { name, fault: verified.fault }
			printJson({ kind: 'fork', proved: isProved, ...said, note: custodyNotTruth })
			continue
		}
		if (!verified.ok) printLines(`NOT PROVED: ${verified.fault.detail} (${verified.fault.code})`)
		else
			printLines(
				`${isProved ? 'PROVED' : 'NOT PROVED'}: ${verified.value.detail} (${verified.value.what}; ${name})`,
				`Both are signed by the log ${verified.value.log}${log === null ? ': compare this key with what the campaign gave out' : ''}.`,
			)
	}
	if (!options.json) printLines(custodyNotTruth)
	process.exitCode = proved > 0 ? exit.done : exit.foundWrong
}
