/** Whose log an archive is: the campaign object in force, as its authority signed it. */
import type { KeyObject } from 'node:crypto'
import { type Campaign, CampaignIssues, logKey, witnessKeys } from '../evidence/authority/campaign.ts'
import { readAuthority } from '../evidence/keys/certified-key.ts'
import type { VerifierKey } from '../evidence/keys/verifier-key.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** Bytes of `keys/authority.pem`: a few lines of keys and of certificates. */
export const longestAuthority = 64 * 1024

export interface ArchivedCampaign {
	readonly authority: KeyObject
	/** The newest. */
	readonly campaign: Campaign
	readonly log: VerifierKey
	readonly witnesses: readonly VerifierKey[]
}

export type ArchivedCampaignFault = Fault<'no-authority' | 'no-campaign' | 'bad-campaign'>

/** Of the bytes of `keys/authority.pem` and `keys/campaign.jws`. */
export async function readArchivedCampaign(
	pem: Uint8Array,
	lines: Uint8Array,
): Promise<Result<ArchivedCampaign, ArchivedCampaignFault>> {
	const authority = readAuthority(Buffer.from(pem).toString('latin1'))
	if (!authority.ok) return fail('no-authority', `keys/authority.pem: ${authority.fault.detail}`)
	const { publicKey } = authority.value
	const issues = new CampaignIssues(publicKey)
	for await (const line of evidenceLines([lines])) {
		const taken = line.ok ? issues.take(line.text) : line
		if (!taken.ok)
			return fail('bad-campaign', `keys/campaign.jws: line ${line.number}: ${taken.fault.detail}`)
	}
	const campaign = issues.newest?.said
	if (campaign === undefined) return fail('no-campaign', 'keys/campaign.jws: no campaign object')
	return ok({ authority: publicKey, campaign, log: logKey(campaign), witnesses: witnessKeys(campaign) })
}
