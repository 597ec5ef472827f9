/**
 * The settings that all kiosks of a campaign share, signed by its authority: `testigo-settings+jws`. Each issue bears
 * a higher number than the one before; a kiosk never goes back to an older one.
 *
 * The list is closed, unlike that of evidence: a kiosk that passed over a setting that it does not know would stay as
 * it was, and everybody would believe that it is set. What is not named stays as it is at the kiosk. What differs from
 * machine to machine (cameras, lines, display) is not in it, nor is anything by which a kiosk knows whom to trust, but
 * for the number and digest of the authority's list of centres, which must come from it all the same.
 *
 * SECRETS. Signed is not sealed: whoever photographs the code reads it, and a device's key is for signing, so that
 * there is none to seal it to. Broker and custodians are no secret. Of a wireless network there is, as the authority
 * chooses, no key (`none`), a key that is not here (`asked`: the technician types the passphrase at the kiosk), or the
 * key that WPA2 makes of the passphrase: who has it can join this network, and only this one.
 */
import { Encrypter } from 'age-encryption'
import * as z from 'zod'
import { FileDigest, Instant, Seq } from '../evidence/fields.ts'
import type { Identity } from '../evidence/identity.ts'
import { type JwsFault, parseJws, signJws } from '../evidence/jws.ts'
import { type MeaningFault, openObject } from '../evidence/open.ts'
import type { Signer } from '../evidence/signer.ts'
import { Broker } from '../platform/mqtt/broker.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { Custodians, recipientOf } from '../sealing/custodians.ts'

/** A name of a wireless network: 1 to 32 bytes (IEEE 802.11, 9.4.2.2), such as a person can read. */
export const NetworkName = z
	.string()
	.min(1)
	.refine((name) => Buffer.byteLength(name) <= 32, 'at most 32 bytes')
	.refine((name) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(name), 'has characters that nobody can see')
	.describe('Its name.')

const Network = z.strictObject({
	name: NetworkName,
	key: z.union([z.enum(['none', 'asked']), z.string().regex(/^[0-9a-f]{64}$/)], {
		error: '"none", "asked" or 64 hexadecimal digits',
	}),
})
export type Network = z.infer<typeof Network>

/** Over TLS only: kiosks of a campaign check their broker's certificate. */
const BrokerUrl = z
	.string()
	.refine((url) => url.startsWith('mqtts://') && Broker.shape.url.safeParse(url).success, {
		error: 'must be mqtts://host:port',
	})

const mostNetworks = 8

/** What may be set; all that is left out stays as it is. */
export const settable = {
	broker: z
		.strictObject({ url: BrokerUrl.describe('`mqtts://host:port`.') })
		.optional()
		.describe('Of all kiosks.'),
	custodians: Custodians.min(1)
		.check(refuseMistyped)
		.optional()
		.describe('All of them, in place of those that the kiosk has.'),
} as const

export const networksOf = <T extends z.ZodType<{ readonly name: string }>>(network: T) =>
	z
		.array(network)
		.max(mostNetworks)
		.refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names a network twice')
		.optional()
		.describe('All wireless networks, in place of those that settings put there before.')

/** The authority's newest list of centres, when it signed this. */
const Named = z.strictObject({ issue: Seq, sha256: FileDigest })

export const Settings = z
	.strictObject({
		...{ v: z.literal(1), number: Seq, time: Instant },
		...settable,
		network: networksOf(Network),
		centres: Named.optional(),
	})
	.refine(setsSomething, 'sets nothing')
export type Settings = z.infer<typeof Settings>

export function setsSomething(settings: {
	readonly broker?: unknown
	readonly custodians?: unknown
	readonly network?: unknown
}): boolean {
	return [settings.broker, settings.custodians, settings.network].some((setting) => setting !== undefined)
}

export interface SignedSettings {
	readonly text: string
	readonly id: string
	readonly settings: Settings
}

export type SettingsFault = JwsFault | MeaningFault | Fault<'other-campaign'>

/** `authority` is that of the kiosk's own campaign. */
export function openSettings(text: string, authority: Identity): Result<SignedSettings, SettingsFault> {
	const parsed = parseJws(text, 'settings')
	if (!parsed.ok) return parsed
	const { kid } = parsed.value
	if (kid !== authority.id) {
		return fail('other-campaign', `settings of the campaign ${kid}; this kiosk belongs to ${authority.id}`)
	}
	const opened = openObject(text, 'settings', authority, Settings)
	if (!opened.ok) return opened
	return ok({ text, id: opened.value.jws.id, settings: opened.value.payload })
}

/** Throws (a bug) on settings that `openSettings` would refuse. */
export async function signSettings(settings: Settings, signer: Signer): Promise<SignedSettings> {
	Settings.parse(settings)
	const { text, id } = await signJws('settings', settings, signer)
	return { text, id, settings }
}

/** A key with a wrong letter would keep all kiosks from sealing, and so from starting. */
function refuseMistyped({ value, issues }: z.core.ParsePayload<string[]>): void {
	for (const [place, custodian] of value.entries()) {
		if (issues.some(({ path }) => path?.[0] === place)) continue
		try {
			new Encrypter().addRecipient(recipientOf(custodian))
		} catch {
			const message = 'is no key of age: copy it again'
			issues.push({ code: 'custom', input: custodian, path: [place], message })
		}
	}
}
