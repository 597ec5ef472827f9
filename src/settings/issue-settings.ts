import type { CampaignAuthority } from '../enrolment/authority.ts'
import { digestOfText } from '../evidence/authority/centre-list.ts'
import { instant } from '../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type SignedSettings, signSettings } from './settings.ts'
import { asCode, longestCode } from './settings-code.ts'
import { networkOf, type WantedSettings } from './wanted-settings.ts'

export type IssueSettingsFault = Fault<'too-large'>

/** Signs the next issue of the campaign's settings, with the code that shows them. Its number is used up then. */
export async function issueSettings(
	{ log, signer }: Pick<CampaignAuthority, 'log' | 'signer'>,
	{ network, ...wanted }: WantedSettings,
	now: number,
): Promise<Result<SignedSettings & { readonly code: string }, IssueSettingsFault>> {
	const number = log.settings + 1
	const time = instant(now)
	const networks = network === undefined ? {} : { network: network.map(networkOf) }
	const { centres: list } = log
	const centres = list === null ? {} : { centres: { issue: list.issue, sha256: digestOfText(list.text) } }
	const signed = await signSettings({ v: 1, number, time, ...wanted, ...networks, ...centres }, signer)
	const code = asCode(signed.text)
	if (code.length > longestCode) {
		const detail = `the code would have ${code.length} characters, over the ${longestCode} that were tried before a camera: name fewer custodians or networks`
		return fail('too-large', detail)
	}
	await log.append({ kind: 'settings', number, at: time })
	return ok({ ...signed, code })
}
