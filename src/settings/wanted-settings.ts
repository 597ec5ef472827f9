/** The file in which the people of a campaign write down its settings, for the authority to sign. */
import { pbkdf2Sync } from 'node:crypto'
import * as z from 'zod'
import { type Network, NetworkName, networksOf, setsSomething, settable } from './settings.ts'

/** IEEE 802.11, J.4: 8 to 63 characters of ASCII. */
export const Passphrase = z.string().regex(/^[\x20-\x7e]{8,63}$/, '8 to 63 characters of ASCII')

const WantedNetwork = z.union(
	[
		z.strictObject({
			name: NetworkName,
			key: z.enum(['none', 'asked']).describe('`none`: an open network. `asked`: the technician types it.'),
		}),
		z.strictObject({
			name: NetworkName,
			passphrase: Passphrase.describe('Of a network for kiosks only: who sees the code can join it.'),
		}),
	],
	{
		error:
			'needs a name of at most 32 bytes, and "key": "none" or "asked", or a "passphrase" of 8 to 63 characters of ASCII',
	},
)

export const WantedSettings = z
	.strictObject({ ...settable, network: networksOf(WantedNetwork) })
	.refine(setsSomething, 'sets nothing: "broker", "custodians" and "network" can be set')
export type WantedSettings = z.infer<typeof WantedSettings>

/** As it goes into the code: never the passphrase, which people use elsewhere too. */
export function networkOf(wanted: z.infer<typeof WantedNetwork>): Network {
	if ('key' in wanted) return wanted
	return { name: wanted.name, key: networkKey(wanted.name, wanted.passphrase) }
}

/** The key of WPA2-Personal, hexadecimal (IEEE 802.11, J.4.1). Some milliseconds. */
export function networkKey(name: string, passphrase: string): string {
	return pbkdf2Sync(passphrase, name, 4096, 32, 'sha1').toString('hex')
}
