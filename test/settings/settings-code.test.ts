import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { settingsPrefix } from '#src/enrolment/code-prefixes.js'
import { issueSettings } from '#src/settings/issue-settings.js'
import { asCode, jwsOf, longestCode } from '#src/settings/settings-code.js'
import { now } from '../support/campaign.ts'
import { broker, recipient, withKiosk } from './set-kiosk.ts'

const code = (bytes: Uint8Array) => `${settingsPrefix}${deflateRawSync(bytes).toString('base64url')}`

test('a code gives back the very text, in fewer characters', () =>
	withKiosk(async (kiosk) => {
		const custodians = await Promise.all(Array.from({ length: 5 }, recipient))
		const { text } = await kiosk.issue({ broker, custodians })
		expect(jwsOf(text)).toEqual({ ok: true, value: text })
		expect(jwsOf(asCode(text))).toEqual({ ok: true, value: text })
		expect(asCode(text).length).toBeLessThan(text.length * 0.9)
	}))

test.each([
	['nothing', ''],
	['another code', 'TESTIGO-1:abc'],
	['text', 'broker = new.example'],
	['a mark alone', settingsPrefix],
	['no base64url', `${settingsPrefix}a+b`],
	['nothing deflated', `${settingsPrefix}${randomBytes(64).fill(0xff).toString('base64url')}`],
	['nothing inflated', code(Buffer.alloc(0))],
	['one part', code(Buffer.alloc(80, 'a'))],
	['a short signature', code(Buffer.from('{}\n{}\nshort'))],
	['a first part that is all', code(Buffer.concat([Buffer.from('{}\n'), randomBytes(64)]))],
	['what inflates without end', code(Buffer.alloc(1 << 20))],
])('not-settings: %s', (_, carried) => {
	expect(jwsOf(carried)).toMatchObject({ ok: false, fault: { code: 'not-settings' } })
})

test('half of a code is none', () =>
	withKiosk(async (kiosk) => {
		const { code } = await kiosk.issue({ broker })
		expect(jwsOf(code.slice(0, -20))).toMatchObject({ ok: false, fault: { code: 'not-settings' } })
	}))

test('what makes a code too large for a camera is not signed, and no number is lost', () =>
	withKiosk(async (kiosk) => {
		const custodians = await Promise.all(Array.from({ length: 16 }, recipient))
		const names = Array.from({ length: 8 }, () => randomBytes(16).toString('hex'))
		const network = names.map((name) => ({ name, passphrase: 'password' }))
		const issued = await kiosk.campaign.use((authority) =>
			issueSettings(authority, { broker, custodians, network }, now),
		)
		expect(issued).toMatchObject({ ok: false, fault: { code: 'too-large' } })
		const fitting = await kiosk.issue({ broker, custodians, network: network.slice(0, 2) })
		expect(fitting.code.length).toBeLessThanOrEqual(longestCode)
		expect(await kiosk.shown(fitting.code)).toMatchObject({ ok: true, value: { settings: { number: 1 } } })
	}))
