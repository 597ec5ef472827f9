import { describe, expect, test } from 'vitest'
import { networkKey, networkOf, WantedSettings } from '#src/settings/wanted-settings.js'
import { broker, custodian } from './set-kiosk.ts'

describe('what a campaign writes down', () => {
	test.each([
		['a broker', { broker }],
		['custodians', { custodians: [custodian] }],
		['no networks any more', { network: [] }],
		[
			'networks of each kind',
			{
				network: [
					{ name: 'ñ'.repeat(16), key: 'none' },
					{ name: 'b', key: 'asked' },
					{ name: 'c', passphrase: 'eight chars' },
				],
			},
		],
	])('%s', (_, wanted) => {
		expect(WantedSettings.parse(wanted)).toEqual(wanted)
	})

	test.each([
		['nothing', {}],
		['a setting that there is not', { colour: 'red', broker }],
		['a number of its own', { number: 3, broker }],
		['a short passphrase', { network: [{ name: 'a', passphrase: 'seven77' }] }],
		['a passphrase and a key', { network: [{ name: 'a', passphrase: 'password', key: 'none' }] }],
		['a key as it goes into the code', { network: [{ name: 'a', key: networkKey('a', 'password') }] }],
		[
			'nine networks',
			{ network: Array.from({ length: 9 }, (_, index) => ({ name: `${index}`, key: 'none' })) },
		],
		["a custodian's private key", { custodians: ['AGE-SECRET-KEY-1QQQ'] }],
	])('refused: %s', (_, wanted) => {
		expect(WantedSettings.safeParse(wanted).success).toBe(false)
	})
})

/** IEEE 802.11, J.4.2. */
test.each([
	['IEEE', 'password', 'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e'],
	['ThisIsASSID', 'ThisIsAPassword', '0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af'],
	['Z'.repeat(32), 'a'.repeat(32), 'becb93866bb8c3832cb777c2f559807c8c59afcb6eae734885001300a981cc62'],
])('the key of a network, as its standard has it: %s', (name, passphrase, key) => {
	expect(networkKey(name, passphrase)).toBe(key)
	expect(networkOf({ name, passphrase })).toEqual({ name, key })
})
