import { expect, test } from 'vitest'
import { ShotDirectory } from '#src/capture/libcamera/shot-directory.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { faultsOf } from '#src/platform/files/json-file.js'
import { someCustodian } from '../../support/custodian.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

const lens = {
	camera: 0,
	role: 'full',
	size: { width: 4608, height: 2592 },
	exposure: { shutter: 8000, gain: 1 },
	whiteBalance: { red: 1.5, blue: 1.5 },
	focus: 4,
	rotation: 180,
	crop: { x: 0, y: 0.5, width: 1, height: 0.5 },
}
const { role: _, ...preview } = { ...lens, camera: 3 }
const whole = {
	camera: { kind: 'libcamera', cameras: [lens], order: 'together', directory: '/run/testigo/camera' },
	tray: { kind: 'gpio', line: 17, active: 'high', bias: 'pull-down', debounce: 100 },
	button: { kind: 'gpio', line: 27, active: 'low', bias: 'pull-up', debounce: 20 },
	signals: {
		light: { line: 5, active: 'high' },
		green: { line: 6, active: 'high' },
		red: { line: 13, active: 'low' },
		buzzer: { line: 19, active: 'high' },
	},
} satisfies Json

function faults(config: object): string[] {
	const checked = KioskConfig.safeParse(config)
	return checked.success ? [] : faultsOf(checked.error)
}

/** The configuration once for each of its leaves, with that one replaced. */
function* withEach(value: Json, word: Json): Generator<Json> {
	if (typeof value !== 'object' || value === null) {
		yield word
		return
	}
	for (const [name, inner] of Object.entries(value)) {
		for (const replaced of withEach(inner, word)) {
			const entries = Object.entries({ ...value, [name]: replaced })
			yield Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
		}
	}
}

test('every device can be set, and a folder needs nothing', () => {
	expect(faults(whole)).toEqual([])
	expect(faults({ ...whole, tray: { kind: 'preview', ...preview } })).toEqual([])
	expect(faults({ ...whole, camera: { kind: 'libcamera-warm', cameras: [lens] }, tray: 'button' })).toEqual(
		[],
	)
	expect(KioskConfig.parse({})).toMatchObject({ camera: { kind: 'folder' }, tray: 'auto', signals: {} })
})

test.each([
	'0;reboot',
	'$(reboot)',
	'`reboot`',
	'0 --tuning-file /etc/shadow',
	'/run/../etc',
	'/run/%s',
	'/a b',
	'-',
])('%s is refused wherever it stands', (word) => {
	const configs = [
		...withEach(whole, word),
		...withEach({ ...whole, tray: { kind: 'preview', ...preview } }, word),
	]
	expect(configs.length).toBeGreaterThan(40)
	for (const config of configs) expect(faults(config as object), JSON.stringify(config)).not.toEqual([])
})

test('a directory for pictures that is accepted is one that a camera and the doctor can use', async () => {
	const longest = `/dev/null/${'a'.repeat(61)}`
	const withDirectory = (directory: string) => faults({ camera: { ...whole.camera, directory } })
	expect(withDirectory(longest)).toEqual([])
	expect(withDirectory(`${longest}a`).join()).toMatch(/^camera\.directory: .*<=71 characters/)
	// The name is not at fault; that nothing can be made there is.
	expect(await new ShotDirectory(`${longest}/doctor/3`, { onlyInMemory: true }).open()).toMatchObject({
		fault: { detail: expect.stringContaining('ENOTDIR') },
	})
	expect(await new ShotDirectory(`${longest}/doctor/33`, { onlyInMemory: true }).open()).toMatchObject({
		fault: { detail: expect.stringContaining('a name that a camera program may not be given') },
	})
})

const rig = (...cameras: readonly object[]) => ({ camera: { ...whole.camera, cameras } })
const lenses = (...changes: readonly object[]) => rig(...changes.map((change) => ({ ...lens, ...change })))

test.each([
	['a fifth camera', lenses({ camera: 4 }), 'camera.cameras[0].camera'],
	['a crop outside', lenses({ crop: { ...lens.crop, y: 0.6 } }), 'crop'],
	['one camera twice', lenses({}, { role: 'top' }), 'used once'],
	['one role twice', lenses({}, { camera: 1 }), 'had once'],
	['no camera', rig(), 'camera.cameras'],
	[
		'a busy preview',
		{ tray: { kind: 'preview', ...preview, camera: 0 } },
		'must be a camera that takes no pictures',
	],
	['a line twice', { button: { ...whole.button, line: 17 } }, 'button.line: line 17 is tray.line already'],
	[
		'a lamp on the button',
		{ signals: { red: { line: 27 } } },
		'signals.red.line: line 27 is button.line already',
	],
	['a sensor on a folder', { camera: { kind: 'folder', directory: '/a' } }, 'tray: a folder is its own tray'],
	['what is not known', { signals: { blue: { line: 3 } } }, 'signals.blue: no such setting'],
] as const)('%s is a fault of its own', (_, changed, fault) => {
	expect(faults({ ...whole, ...changed }).join()).toContain(fault)
})

const port = '/dev/serial/by-id/usb-Adafruit_Industries_LCD-if00'

test.each([
	[undefined, { kind: 'auto' }],
	['none', { kind: 'none' }],
	['terminal', { kind: 'terminal' }],
])('panel %j is %j', (panel, meant) => {
	expect(KioskConfig.parse({ panel }).panel).toEqual(meant)
})

test.each([
	[
		{ kind: 'lcd', port },
		{ baud: 9600, rom: 'A00' },
	],
	[{ kind: 'lcd', port, rom: 'A02' }, { baud: 9600 }],
	[{ kind: 'nextion', port, baud: 115200 }, {}],
	[{ kind: 'vt100', port }, { baud: 9600 }],
])('panel %j is that with %j', (panel, usual) => {
	expect(KioskConfig.parse({ panel }).panel).toEqual({ ...panel, ...usual })
})

test.each([
	['lcd', 'panel.port'],
	['plasma', 'panel.kind'],
	[{ kind: 'lcd', port: '' }, 'panel.port'],
	[{ kind: 'vt100', port, baud: 75 }, 'panel.baud'],
	[{ kind: 'lcd', port, rom: 'A01' }, 'panel.rom'],
	[{ kind: 'none', port }, 'panel'],
])('panel %j is a fault of %s', (panel, path) => {
	const found = faults({ panel })
	expect(found).toHaveLength(1)
	expect(found[0]).toContain(path)
})

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
