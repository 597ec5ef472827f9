import { chmod, copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { signJws } from '#src/evidence/jws.js'
import { instant } from '#src/platform/clock.js'
import { readInstalled } from '#src/settings/installed-settings.js'
import { signSettings } from '#src/settings/settings.js'
import { asCode } from '#src/settings/settings-code.js'
import { Campaign, day, now } from '../support/campaign.ts'
import { inDirectory } from '../support/in-directory.ts'
import { gotten } from '../support/result.ts'
import { another, broker, custodian, SetKiosk, withKiosk } from './set-kiosk.ts'

/** `password` in the network `IEEE`: the first test vector of IEEE 802.11, J.4.2. */
const vector = 'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e'

describe('settings', () => {
	test.each(['text', 'code'] as const)(
		'as %s: custodians and broker are changed, everything else stays',
		(form) =>
			withKiosk(async (kiosk) => {
				await kiosk.has('kiosk', { language: 'en', custodians: [custodian] })
				const own = { certificate: '/tls.pem', url: 'mqtts://old.example' }
				await kiosk.has('uplink', { pollMs: 500, centre: { id: 'c-1', publicKey: '/c.pem' }, broker: own })
				const issued = await kiosk.issue({ broker, custodians: [custodian, another] })
				const shown = gotten(await kiosk.shown(issued[form]))
				expect(shown).toMatchObject({
					settings: { number: 1, time: instant(now) },
					broker: { before: 'mqtts://old.example', after: broker.url },
					custodians: { before: [custodian], after: [custodian, another] },
				})
				expect(kiosk.asked).toEqual([shown])
				expect(await kiosk.read('kiosk')).toEqual({ language: 'en', custodians: [custodian, another] })
				expect(await kiosk.read('uplink')).toEqual({
					...{ pollMs: 500, centre: { id: 'c-1', publicKey: '/c.pem' } },
					broker: { certificate: '/tls.pem', url: broker.url },
				})
				expect(gotten(await readInstalled(kiosk.places))).toMatchObject([{ number: 1 }])
				expect(await kiosk.connections()).toEqual({})
			}),
	)

	test('what is not named stays, and no file is touched for it', () =>
		withKiosk(async (kiosk) => {
			gotten(await kiosk.shown((await kiosk.issue({ custodians: [another] })).code))
			expect(await kiosk.read('kiosk')).toEqual({ custodians: [another] })
			expect(await readdir(kiosk.campaign.directory)).not.toContain('uplink.json')
		}))

	test('a kiosk without an uplink gets one, of what enrolment has put in', () =>
		withKiosk(async (kiosk) => {
			gotten(await kiosk.shown((await kiosk.issue({ broker })).code))
			const at = (name: string) => join(kiosk.places.identity, name)
			expect(await kiosk.read('uplink')).toEqual({
				production: true,
				centre: { root: at('root.pem'), publicKey: at('centre.pem') },
				broker: { ...broker, ca: at('root.pem'), certificate: at('tls.pem'), key: at('tls-key.pem') },
			})
		}))

	test('files keep who may read them', () =>
		withKiosk(async (kiosk) => {
			await kiosk.has('kiosk', {})
			await chmod(kiosk.places.kiosk, 0o640)
			gotten(await kiosk.shown((await kiosk.issue({ custodians: [custodian] })).code))
			expect((await stat(kiosk.places.kiosk)).mode & 0o777).toBe(0o640)
		}))

	test('where one file can not be written none is; the same ones may be put in again, older ones are refused', () =>
		withKiosk(async (kiosk) => {
			const first = await kiosk.issue({ broker, custodians: [custodian] })
			const second = await kiosk.issue({ broker, custodians: [another] })
			const before = await kiosk.everything()
			const inTheWay = join(kiosk.campaign.directory, '.uplink.json.next', 'directory')
			await mkdir(inTheWay, { recursive: true })
			expect(await kiosk.shown(second.code)).toMatchObject({ fault: { code: 'not-writable' } })
			expect(await kiosk.everything()).toBe(before)
			await rm(join(inTheWay, '..'), { recursive: true })
			for (const _ of [1, 2]) gotten(await kiosk.shown(second.code))
			expect(await kiosk.refusal(first.code)).toBe('older-settings')
			expect(await kiosk.read('kiosk')).toEqual({ custodians: [another] })
			gotten(await kiosk.shown((await kiosk.issue({ broker })).code))
			expect(await kiosk.refusal(second.code)).toBe('older-settings')
		}))

	test('others of the same number, of an authority that is kept twice, are refused', () =>
		withKiosk(async (kiosk) => {
			const [first, second] = [await sign(kiosk, 3, custodian), await sign(kiosk, 3, another)]
			gotten(await kiosk.shown(first.text))
			expect(await kiosk.refusal(second.text)).toBe('older-settings')
		}))

	test('numbers of another campaign do not count', () =>
		withKiosk(async (kiosk) => {
			const { identity } = kiosk.places
			const before = { campaign: 'a-other', number: 99, id: 'x'.repeat(43), time: instant(now) }
			await writeFile(join(identity, 'settings.json'), JSON.stringify(before))
			gotten(await kiosk.shown((await kiosk.issue({ broker })).code))
			// Nor are they forgotten.
			expect(gotten(await readInstalled(kiosk.places))).toMatchObject([before, { number: 1 }])
		}))

	test.each(['with the configuration', 'with the identity, as before'])(
		'older ones are refused on a kiosk that is enrolled anew: the number stands %s',
		(place) =>
			withKiosk(async (kiosk) => {
				const { identity } = kiosk.places
				const codes = []
				for (let number = 1; number <= 9; number++) codes.push((await kiosk.issue({ broker })).code)
				const [old = ''] = codes
				gotten(await kiosk.shown(codes[8] ?? ''))
				const [installed] = gotten(await readInstalled(kiosk.places))
				expect(installed).toMatchObject({ number: 9 })
				if (place === 'with the configuration') {
					await rename(identity, `${identity}-old`)
					await kiosk.campaign.member('kiosk')
				} else {
					await rm(join(kiosk.campaign.directory, 'settings.json'))
					await writeFile(join(identity, 'settings.json'), JSON.stringify(installed))
				}
				expect(await kiosk.refusal(old)).toBe('older-settings')
				gotten(await kiosk.shown((await kiosk.issue({ broker })).code))
				await rm(join(identity, 'settings.json'), { force: true })
				expect(await kiosk.refusal(codes[8] ?? '')).toBe('older-settings')
			}),
	)

	test('nothing is changed where somebody says no', () =>
		withKiosk(async (kiosk) => {
			const before = await kiosk.everything()
			const { code } = await kiosk.issue({ broker, network: [{ name: 'a', key: 'asked' }] })
			expect(await kiosk.shown(code, { yes: false })).toMatchObject({ fault: { code: 'declined' } })
			expect(kiosk.asked).toHaveLength(1)
			expect(await kiosk.everything()).toBe(before)
		}))
})

describe('networks', () => {
	test('without a key, with one that is asked for, and with one in the code, which is not the passphrase', () =>
		withKiosk(async (kiosk) => {
			const { text, code } = await kiosk.issue({
				network: [
					{ name: 'open', key: 'none' },
					{ name: 'IEEE', key: 'asked' },
					{ name: 'IEEE 2', passphrase: 'not in the code' },
				],
			})
			for (const carried of [text, code]) expect(carried).not.toContain('not in the code')
			expect(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()).not.toContain('not in the code')
			gotten(await kiosk.shown(code))
			expect(kiosk.asked.slice(1)).toEqual(['IEEE'])
			const files = await kiosk.connections()
			expect(Object.keys(files)).toEqual([1, 2, 3].map((number) => `testigo-${number}.nmconnection`))
			expect(files['testigo-1.nmconnection']).not.toContain('psk')
			expect(files['testigo-2.nmconnection']).toContain(`\npsk=${vector}\n`)
			expect(files['testigo-3.nmconnection']).toMatch(/\npsk=[0-9a-f]{64}\n/)
			for (const name of Object.keys(files)) {
				expect((await stat(join(kiosk.places.connections, name))).mode & 0o777).toBe(0o600)
			}
		}))

	test('they take the place of those that settings put there before, and of no others', () =>
		withKiosk(async (kiosk) => {
			const { connections } = kiosk.places
			await writeFile(join(connections, 'home.nmconnection'), 'mine')
			const network = ['a', 'b', 'c'].map((name) => ({ name, key: 'none' as const }))
			gotten(await kiosk.shown((await kiosk.issue({ network })).code))
			gotten(await kiosk.shown((await kiosk.issue({ broker })).code))
			expect(await readdir(connections)).toHaveLength(4)
			const shown = gotten(await kiosk.shown((await kiosk.issue({ network: network.slice(2) })).code))
			expect(shown.connections).toHaveLength(3)
			expect((await readdir(connections)).sort()).toEqual(['home.nmconnection', 'testigo-1.nmconnection'])
			gotten(await kiosk.shown((await kiosk.issue({ network: [] })).code))
			expect(await readdir(connections)).toEqual(['home.nmconnection'])
		}))

	test('where there is no NetworkManager they are left alone, the rest is put in, and nobody types in vain', () =>
		withKiosk(async (kiosk) => {
			await rm(kiosk.places.connections, { recursive: true })
			const { code } = await kiosk.issue({ broker, network: [{ name: 'a', key: 'asked' }] })
			expect(gotten(await kiosk.shown(code))).toMatchObject({ connections: null })
			expect(kiosk.asked).toHaveLength(1)
			expect(await readdir(kiosk.campaign.directory)).not.toContain('connections')
		}))
})

describe('refused, with nothing changed and nobody asked:', () => {
	test('other-campaign: of another root, and of one that takes the name of this one', () =>
		withKiosk(async (kiosk) => {
			await inDirectory(async (elsewhere) => {
				const foreign = await SetKiosk.make(elsewhere)
				const { code, text } = await foreign.issue({ broker })
				expect(await kiosk.refusal(code)).toBe('other-campaign')
				const own = await kiosk.campaign.use(async ({ id }) => id)
				const theirs = await foreign.campaign.use(async ({ id }) => id)
				expect(await kiosk.refusal(respelt(text, 0, theirs, own))).toBe('bad-signature')
			})
		}))

	test.each<[string, string, (kiosk: SetKiosk) => Promise<void>]>([
		[
			'foreign-certificate',
			'a kiosk whose certificates do not hang on its root',
			({ places }) =>
				inDirectory(async (elsewhere) => {
					const { authority } = await Campaign.make(elsewhere)
					await copyFile(join(authority, 'root.pem'), join(places.identity, 'root.pem'))
				}),
		],
		['not-enrolled', 'without certificates', ({ places }) => rm(join(places.identity, 'certificate.pem'))],
		['not-json', 'a configuration that is broken', ({ places }) => writeFile(places.uplink, '{')],
	])('%s: %s', (code, _, harm) =>
		withKiosk(async (kiosk) => {
			await harm(kiosk)
			expect(await kiosk.refusal((await kiosk.issue({ broker })).code)).toBe(code)
		}),
	)

	test('bad-signature: something in it was altered', () =>
		withKiosk(async (kiosk) => {
			const { text } = await kiosk.issue({ broker })
			const swapped = respelt(text, 1, 'new.example', 'bad.example')
			expect(await kiosk.refusal(swapped)).toBe('bad-signature')
			expect(await kiosk.refusal(asCode(swapped))).toBe('bad-signature')
		}))

	test('foreign-typ: something else that the authority has signed', () =>
		withKiosk(async (kiosk) => {
			const { text } = await kiosk.issue({ broker })
			expect(await kiosk.refusal(respelt(text, 0, 'settings', 'registry'))).toBe('foreign-typ')
		}))

	test('certificate-expired: by the clock, and by the time of the settings where the clock stands still', () =>
		withKiosk(
			async (kiosk) => {
				const { code } = await kiosk.issue({ broker })
				expect(await kiosk.refusal(code, { at: now + 31 * day })).toBe('certificate-expired')
				const late = await sign(kiosk, 9, custodian, now + 31 * day)
				expect(await kiosk.refusal(late.text, { at: 0 })).toBe('certificate-expired')
				expect(await kiosk.shown(code, { at: 0 })).toMatchObject({ ok: true })
			},
			{ days: 30 },
		))

	test('bad-payload: a setting that this program does not know', () =>
		withKiosk(async (kiosk) => {
			const odd = { v: 1 as const, number: 1, time: instant(now), broker, colour: 'red' }
			await expect(kiosk.campaign.use(({ signer }) => signSettings(odd, signer))).rejects.toThrow(/colour/)
			expect(await kiosk.refusal(await signAnyway(kiosk, odd))).toBe('bad-payload')
			expect(await kiosk.refusal(await signAnyway(kiosk, { ...odd, v: 2 }))).toBe('unknown-version')
		}))

	test.each([
		['nothing at all', {}],
		['a broker in plain text', { broker: { url: 'mqtt://new.example' } }],
		['a broker with more than its address', { broker: { ...broker, ca: '/tmp/ca.pem' } }],
		['no custodian', { custodians: [] }],
		[
			'a custodian with a wrong letter',
			{ custodians: [custodian.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'))] },
		],
		['a network named twice', { network: [1, 2].map(() => ({ name: 'a', key: 'none' })) }],
		['a network whose name nobody can see', { network: [{ name: 'a\nb', key: 'none' }] }],
		['a network with a name that is too long', { network: [{ name: 'ñ'.repeat(17), key: 'none' }] }],
		['a passphrase', { network: [{ name: 'a', passphrase: 'password' }] }],
		['a key that is none', { network: [{ name: 'a', key: 'password' }] }],
		['no number', { broker, number: 0 }],
	])('bad-payload: %s', (_, settings) =>
		withKiosk(async (kiosk) => {
			const text = await signAnyway(kiosk, { v: 1, number: 1, time: instant(now), ...settings })
			expect(await kiosk.refusal(text)).toBe('bad-payload')
		}),
	)

	test.each([
		['that has a fault', { disk: { room: -1 } }, /disk\.room/],
		['that has a setting of no meaning', { cameras: 3 }, /cameras: no such setting/],
	])('would-not-start: a configuration %s', (_, own, fault) =>
		withKiosk(async (kiosk) => {
			await kiosk.has('kiosk', own)
			const { code } = await kiosk.issue({ broker, custodians: [custodian] })
			expect(await kiosk.refusal(code)).toBe('would-not-start')
			expect(await kiosk.shown(code)).toMatchObject({ fault: { detail: expect.stringMatching(fault) } })
		}),
	)

	test('would-not-start: an uplink that would not know whose word to take for the centres', () =>
		withKiosk(
			async (kiosk) => {
				await rm(join(kiosk.places.identity, 'authority.pem'))
				expect(await kiosk.refusal((await kiosk.issue({ broker })).code)).toBe('would-not-start')
			},
			{ centre: false },
		))
})

async function sign(kiosk: SetKiosk, number: number, one: string, at = now) {
	return kiosk.campaign.use(({ signer }) =>
		signSettings({ v: 1, number, time: instant(at), custodians: [one] }, signer),
	)
}

/** A signed text with something else in one of its parts. */
function respelt(text: string, part: number, from: string, to: string): string {
	const parts = text.split('.')
	const changed = Buffer.from(parts[part] ?? '', 'base64url')
		.toString()
		.replace(from, to)
	return parts.with(part, Buffer.from(changed).toString('base64url')).join('.')
}

/** Signed by the authority's own key, whatever it is. */
async function signAnyway(kiosk: SetKiosk, payload: object): Promise<string> {
	return kiosk.campaign.use(async ({ signer }) => (await signJws('settings', payload, signer)).text)
}
