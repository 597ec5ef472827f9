import { expect, test } from 'vitest'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { faultsOf } from '#src/platform/files/json-file.js'

const port = '/dev/serial/by-id/usb-Adafruit_Industries_LCD-if00'

test.each([
	[undefined, { kind: 'auto' }],
	['none', { kind: 'none' }],
	['terminal', { kind: 'terminal' }],
	[
		{ kind: 'lcd', port },
		{ kind: 'lcd', port, baud: 9600, rom: 'A00' },
	],
	[
		{ kind: 'lcd', port, rom: 'A02' },
		{ kind: 'lcd', port, baud: 9600, rom: 'A02' },
	],
	[
		{ kind: 'nextion', port, baud: 115200 },
		{ kind: 'nextion', port, baud: 115200 },
	],
	[
		{ kind: 'vt100', port },
		{ kind: 'vt100', port, baud: 9600 },
	],
])('panel %j is %j', (panel, meant) => {
	expect(KioskConfig.parse({ panel }).panel).toEqual(meant)
})

test.each([
	['lcd', 'panel.port'],
	['plasma', 'panel.kind'],
	[{ kind: 'lcd', port: '' }, 'panel.port'],
	[{ kind: 'vt100', port, baud: 75 }, 'panel.baud'],
	[{ kind: 'lcd', port, rom: 'A01' }, 'panel.rom'],
	[{ kind: 'none', port }, 'panel'],
])('panel %j is a fault of %s', (panel, path) => {
	const checked = KioskConfig.safeParse({ panel })
	expect(checked.success).toBe(false)
	if (checked.success) return
	const faults = faultsOf(checked.error)
	expect(faults).toHaveLength(1)
	expect(faults[0]).toContain(path)
})
