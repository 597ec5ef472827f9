/** What `testigo verify` says of a proof that was forwarded. */
import { join } from 'node:path'
import { longestArchived } from '../archive/archive-folder.ts'
import { readArchivedCampaign } from '../archive/archived-campaign.ts'
import { PublishedDevices } from '../audit/published-devices.ts'
import { restsOn } from '../audit/rests-on.ts'
import { campaignFile } from '../evidence/authority/campaign.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { longestTlogProof } from '../log/tlog-proof.ts'
import { longestLeaf } from '../log/tree-hash.ts'
import { type CheckedProof, checkActaProof, type ProofKeys } from '../mirroring/acta-proof.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { CommandRefused, exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { restsOnLines } from './rests-on-lines.ts'

export interface ProofOptions {
	readonly json?: true
	readonly leaf?: string
	readonly keys?: string
	readonly log?: string
	readonly rehearsal?: true
}

export async function verifyProofFile(path: string, options: ProofOptions): Promise<void> {
	const file = await named(path, longestTlogProof)
	const leaf = options.leaf === undefined ? null : await named(options.leaf, longestLeaf)
	const { keys, rests } = await keysOf(options)
	const checked = await checkActaProof(file, leaf, keys)
	const faults = checked.ok ? faultsOf(checked.value, options) : [checked.fault]
	const isWhole = faults.length === 0
	const shown = checked.ok ? checked.value : null
	const log = formatVerifierKey(keys.log)
	if (options.json)
		printJson({ kind: 'proof', whole: isWhole, ...shown, faults, restsOn: rests, log, note: custodyNotTruth })
	else
		printLines(
			...(shown === null ? [] : linesOf(shown)),
			...faults.map(({ code, detail }) => `FAULT: ${code}: ${detail}`),
			...restsOnLines(rests),
			`Log ${log}`,
			isWhole ? 'PROVED' : 'NOT PROVED',
			custodyNotTruth,
		)
	process.exitCode = isWhole ? exit.done : exit.foundWrong
}

async function named(path: string, cap: number): Promise<Buffer> {
	const bytes = await readCapped(path, cap)
	if (bytes.ok) return bytes.value
	throw new CommandRefused(exit.environmentFailed, `${path}: ${bytes.fault.detail}`)
}

/** The key of the log that was named. */
export async function logOf(options: ProofOptions): Promise<VerifierKey> {
	return (await keysOf(options)).keys.log
}

async function keysOf({ keys, log }: ProofOptions): Promise<{
	readonly keys: ProofKeys
	readonly rests: readonly ReturnType<typeof restsOn>[]
}> {
	const vkey = log === undefined ? null : parseVerifierKey(log)
	if (vkey?.ok === false) throw new CommandRefused(exit.usedWrongly, `--log: ${vkey.fault.detail}`)
	if (keys === undefined) {
		if (vkey === null)
			throw new CommandRefused(exit.usedWrongly, 'name --keys, the folder keys/ of an archive, or --log')
		const bare = { witnesses: [], threshold: null, isRehearsal: false, devices: null }
		return { keys: { log: vkey.value, ...bare }, rests: [] }
	}
	const pem = await named(join(keys, authorityFile), 64 * 1024)
	const campaign = await readArchivedCampaign(pem, await named(join(keys, campaignFile), longestArchived))
	if (!campaign.ok) throw new CommandRefused(exit.foundWrong, `${keys}: ${campaign.fault.detail}`)
	const devices = await PublishedDevices.read(keys)
	if (!devices.ok) throw new CommandRefused(exit.environmentFailed, devices.fault.detail)
	const { log: own, witnesses, authority } = campaign.value
	const { threshold, rehearsal } = campaign.value.campaign
	return {
		keys: {
			...{ log: vkey?.value ?? own, witnesses, threshold, isRehearsal: rehearsal },
			devices: devices.value,
		},
		rests: [restsOn(join(keys, authorityFile), authority)],
	}
}

function faultsOf({ witnesses, rehearsal }: CheckedProof, options: ProofOptions) {
	const { threshold, cosigned } = witnesses
	return [
		...(threshold !== null && cosigned.length < threshold
			? [
					{
						code: 'not-witnessed',
						detail: `${cosigned.length} of the ${threshold} witnesses that have to sign have`,
					},
				]
			: []),
		...(rehearsal && !options.rehearsal
			? [{ code: 'rehearsal', detail: 'nothing here is of an election (--rehearsal takes it as one)' }]
			: []),
	]
}

function linesOf(proof: CheckedProof): string[] {
	const { origin, size, leaf, kind, by, seq, isSignatureVerified, text, code, witnesses, rehearsal } = proof
	const { threshold, cosigned } = witnesses
	return [
		...(rehearsal ? ['REHEARSAL: nothing here is of an election.'] : []),
		`In the log ${origin}: leaf ${leaf} of ${size}, ${kind} ${seq ?? ''} by ${by}.`,
		isSignatureVerified === true
			? 'Its signature verifies under a key that the authority lists.'
			: 'ITS SIGNATURE WAS NOT VERIFIED: nobody has said whose key counts (--keys).',
		text === null
			? `The machine read no counts${code === null ? '' : ` (code ${code})`}.`
			: `It says: ${text}`,
		threshold === null
			? 'Nobody has said which witnesses have to sign (--keys).'
			: `Witnessed by ${cosigned.length}; ${threshold} have to (${cosigned.join(', ') || 'nobody'}).`,
	]
}
