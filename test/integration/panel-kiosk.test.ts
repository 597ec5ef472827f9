/** A whole kiosk with its display on a cable: what the display does is no matter for what is recorded. */

import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { composeKiosk } from '#src/kiosk/composition.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { systemClock } from '#src/platform/clock.js'
import { dropFile } from '#src/simulator/rehearsal.js'
import { actaText, qrPicture } from '../reading/qr-picture.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { gotten } from '../support/result.ts'
import { SerialCable, withoutSocat } from '../support/serial-cable.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

describe.skipIf(withoutSocat !== null)(`a kiosk with an LCD ${withoutSocat ?? ''}`, () => {
	test('records while the display is there, away, frozen, and back', async () => {
		const directory = await temporaryFolder()
		const cable = new SerialCable(directory)
		const inbox = join(directory, 'inbox')
		await mkdir(inbox)
		await makeIdentity(join(directory, 'identity'), 'device', randomBytes)
		const events: KioskEvent[] = []
		const kiosk = gotten(
			await composeKiosk(
				KioskConfig.parse({
					identity: join(directory, 'identity'),
					journal: join(directory, 'journal'),
					state: join(directory, 'kiosk.json'),
					uplink: join(directory, 'uplink'),
					camera: { kind: 'folder', directory: inbox, settle: 20 },
					panel: { kind: 'lcd', port: cable.port, baud: 115_200 },
					glance: 0,
				}),
				{ election: presidential2024, clock: systemClock, log: (event) => events.push(event) },
			),
		)
		const display = new LcdEmulator()
		/** The same votes at ever another table. */
		const scan = async (mesa: number) => {
			const text = actaText.replace('121202007.01.1', `121202007.${String(mesa).padStart(2, '0')}.1`)
			await dropFile(inbox, `${mesa}.png`, await qrPicture(text))
			await until(() => events.filter(({ event }) => event === 'recorded').length === mesa)
		}
		try {
			await cable.plug(display)
			await kiosk.start()
			await until(() => display.text()[0] === 'LISTO')
			await scan(1)
			await until(() => display.text()[3]?.startsWith('G1 R0') === true)
			await cable.unplug()
			await scan(2)
			await until(() => events.some((event) => event.event === 'trouble' && event.device === 'panel'))
			display.restart()
			await cable.plug(display)
			cable.freeze()
			await scan(3)
			cable.thaw()
			await until(() => display.text()[3]?.startsWith('G3 R0') === true)
			const pictures = events.filter(({ event }) => event === 'panel-opened')
			expect(pictures.length).toBeGreaterThan(1)
			expect(kiosk.kiosk.status.recorded).toBe(3)
		} finally {
			cable.thaw()
			await kiosk.stop()
			await cable.unplug()
		}
	})
})
