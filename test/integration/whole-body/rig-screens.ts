/** The screens of a rig that lacks cameras, and of a scanner's folder. */
import { dirname, join } from 'node:path'
import { dropFile } from '#src/simulator/rehearsal.js'
import { lens } from '../../support/stand-ins.ts'
import type { Walk } from './walk.ts'

/** A rig that lacks its cameras, on a disk that is not there at first; then a scanner's folder. */
export async function otherCameras(walk: Walk): Promise<void> {
	walk.say('cameras that are gone')
	const body = walk.body
	const disk = walk.disk
	Object.assign(body, { recorded: 0, received: 0, connection: 'no-uplink', camerasAway: [0, 1] })
	await body.camera('missing')
	await body.camera('missing', 1)
	disk?.pullOut()
	const rig = { ...body.settings.camera, cameras: [lens(0, 'top'), lens(1, 'bottom')] }
	const { journal, uplink, state } = body.settings
	// Beside the state stands what the key has signed: this is as if it had signed nothing.
	const anew = {
		journal: `${journal}-2`,
		uplink: `${uplink}-2`,
		state: join(dirname(state), 'second', 'state.json'),
	}
	const started = body.start({ ...anew, camera: rig, shots: 2, shotsWithin: 60_000 })
	if (disk !== null) {
		await walk.shows({ at: 'disk-trouble', trouble: 'failing', unfinished: false })
		await disk.unmount()
		disk.mount()
		disk.remount('ro')
		await body.next()
		await walk.shows({ at: 'disk-trouble', trouble: 'read-only', unfinished: false })
		disk.remount('rw')
	}
	await walk.untilAfter(() => body.isShown({ at: 'idle' }))
	await started
	await walk.shows({ at: 'idle' })
	body.camerasAway = [1]
	await body.camera('good')
	await walk.untilAfter(() => body.isShown({ at: 'idle' }))
	await walk.shows({ at: 'idle' })
	await body.camera('once')
	await body.lay(await walk.picture('no-code'))
	await walk.shows({ at: 'capturing', shot: 2 })
	await body.camera('good')
	await walk.shows({ at: 'confirming', cause: 'no-code' })
	await body.lift()
	body.camerasAway = []
	await body.camera('good', 1)
	await walk.untilAfter(() => body.isShown({ at: 'idle' }))
	await body.stop()

	walk.say('a folder')
	const inbox = await body.inbox()
	await body.start({ ...anew, camera: { kind: 'folder', directory: inbox, settle: 20 }, tray: 'auto' })
	await walk.shows({ at: 'idle' })
	await dropFile(inbox, 'acta.png', Buffer.from('not a picture'))
	await walk.shows({ at: 'rejected', cause: 'not-a-picture' })
}
