/** Stopped halfway through its start, as by a service manager that changed its mind. */

import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { composeKiosk } from '#src/kiosk/composition.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { systemClock } from '#src/platform/clock.js'
import { ok } from '#src/platform/result.js'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('nothing is started after that: it would keep the process from its end', async () => {
	const directory = await temporaryFolder()
	gotten(await makeIdentity(join(directory, 'identity'), 'device', randomBytes))
	await mkdir(join(directory, 'inbox'))
	const started: string[] = []
	const begun = (what: string) => async () => {
		started.push(what)
	}
	const composed = gotten(
		await composeKiosk(
			KioskConfig.parse({
				identity: join(directory, 'identity'),
				journal: join(directory, 'journal'),
				state: join(directory, 'kiosk.json'),
				uplink: join(directory, 'uplink'),
				camera: { kind: 'folder', directory: join(directory, 'inbox') },
			}),
			{
				election: presidential2024,
				clock: systemClock,
				log: () => {},
				panel: { start: begun('panel'), show: () => {}, stop: async () => {} },
				simulated: {
					camera: {
						retakes: false,
						start: async () => {
							started.push('camera')
							return ok(true)
						},
						capture: async () => ok([]),
						release: async () => {},
						stop: async () => {},
					},
					tray: { start: begun('tray'), stop: async () => {} },
					button: { start: begun('button'), stop: async () => {} },
				},
			},
		),
	)
	const starting = composed.start()
	await composed.stop()
	await starting
	expect(started).toEqual(['panel'])
})
