import { expect, test } from 'vitest'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { faultsOf } from '#src/platform/files/json-file.js'
import { someCustodian } from '../../support/custodian.ts'

function faults(config: object): string[] {
	const checked = KioskConfig.safeParse(config)
	return checked.success ? [] : faultsOf(checked.error)
}

test('in production images are sealed to somebody', () => {
	expect(faults({ production: true })).toEqual([expect.stringMatching(/^custodians: in production/)])
	expect(faults({ production: true, custodians: [someCustodian] })).toEqual([])
	expect(faults({})).toEqual([])
})

test.each([
	['upper case', someCustodian.toUpperCase()],
	['too short', someCustodian.slice(0, -1)],
	['another kind of recipient', 'ssh-ed25519 AAAA'],
	['a plugin', 'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t'],
	['nothing', ''],
	['no text', 7],
])('a custodian that is %s is refused by its place', (_, custodian) => {
	expect(faults({ custodians: [someCustodian, custodian] })).toEqual([
		expect.stringMatching(/^custodians\[1\]: /),
	])
})

test('a private key in a configuration is told as such, and not repeated', () => {
	const secret = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`
	const [fault = '', ...more] = faults({ custodians: [secret] })
	expect(more).toEqual([])
	expect(fault).toContain('private key')
	expect(fault).not.toContain('QQQQ')
})

test('a custodian is named once, and not more than sixteen are', () => {
	expect(faults({ custodians: [someCustodian, someCustodian] })).toEqual([
		'custodians: names a custodian twice',
	])
	const many = Array.from({ length: 17 }, (_, index) => {
		const letter = 'qpzry9x8gf2tvdw0s'[index] ?? ''
		return `${someCustodian.slice(0, -1)}${letter}`
	})
	expect(faults({ custodians: many })).toHaveLength(1)
})

test('a public part is a setting of a role that there is, within the picture, beside sealed ones', () => {
	const crop = { x: 0, y: 0, width: 1, height: 0.5 }
	expect(faults({ custodians: [someCustodian], publicCrop: { full: crop } })).toEqual([])
	expect(faults({ publicCrop: { full: crop } })).toHaveLength(1)
	expect(faults({ custodians: [someCustodian], publicCrop: { sideways: crop } })).toHaveLength(1)
	const over = { ...crop, y: 0.6 }
	expect(faults({ custodians: [someCustodian], publicCrop: { full: over } })).toHaveLength(1)
})
