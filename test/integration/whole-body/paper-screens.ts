/** The screens of a kiosk that is well, and of each thing that can be the matter with a paper. */

import type { Cause } from '#src/panel/status.js'
import { catalogue } from '../../support/panel/catalogue.ts'
import { actaPicture, causes, table } from './papers.ts'
import type { Walk } from './walk.ts'

export async function startAndNetwork(walk: Walk): Promise<void> {
	walk.say('start, and the network')
	const body = walk.body
	await body.camera('missing')
	const started = body.start()
	await walk.shows({ at: 'starting' })
	await body.camera('good')
	await started
	await walk.shows({ at: 'idle' })
	body.connection = 'offline'
	await body.post({ connected: false })
	await walk.shows({ at: 'idle' })
	body.connection = 'online'
	await body.post({ connected: true })
	await walk.shows({ at: 'idle' })
}

export async function recordedActas(walk: Walk): Promise<void> {
	walk.say('actas')
	const body = walk.body
	const [acta, other] = [await actaPicture('acta'), await actaPicture('other')]
	await body.camera('hangs')
	await body.lay(acta)
	await walk.shows({ at: 'capturing', shot: 1 })
	body.recorded = 1
	await body.camera('good')
	await walk.shows({ at: 'recorded', number: 1, table, received: false })
	body.received = 1
	await body.post({ connected: true, latestReceipt: await body.receipt() })
	await walk.shows({ at: 'recorded', number: 1, table, received: true })
	await walk.away()
	await body.lay(acta)
	await walk.shows({ at: 'already-scanned', number: 1, table })
	await walk.away()
	await body.lay(other)
	body.recorded = 2
	await walk.shows({ at: 'conflict', number: 2, other: 1, table })
	await walk.away()
	body.setAside = 2
	await body.post({ connected: true, latestReceipt: await body.receipt(), setAsideCount: 2 })
	body.received = 2
	await walk.shows({ at: 'idle' })
	body.setAside = 0
	await body.post({ connected: true, latestReceipt: await body.receipt() })
	await walk.shows({ at: 'idle' })
}

/** Each trouble of a picture: asked about and given up, or turned away at once; one is recorded all the same. */
export async function unreadPapers(walk: Walk): Promise<void> {
	const body = walk.body
	const asked = new Set(
		catalogue.flatMap(({ status: { scene } }) => (scene.at === 'confirming' ? [scene.cause] : [])),
	)
	for (const cause of causes) {
		const picture = await walk.pictures.get(cause)
		// A camera leaves no file that is no picture; the long one comes later.
		if (picture == null || cause === 'reading-too-long') continue
		walk.say(cause)
		await body.lay(picture)
		if (asked.has(cause)) {
			await walk.shows({ at: 'confirming', cause })
			await body.next()
		}
		await walk.shows({ at: 'rejected', cause })
		await walk.away()
	}
	walk.say('an acta without a reading')
	await walk.layUnread()
	await walk.recordedUnread()
}

/** Papers that are laid down until one is not read too soon. */
const mostPapers = 20

/** A picture that takes seconds, and a clock that jumps meanwhile. One that is read too soon is laid down again. */
export async function longReading(walk: Walk): Promise<void> {
	walk.say('a reading that takes too long')
	const body = walk.body
	const cause: Cause = 'reading-too-long'
	const tooSoon = () =>
		(['confirming', 'rejected'] as const).some((at) => body.isShown({ at, cause: 'no-code' }))
	for (let papers = 1; ; papers++) {
		if (papers > mostPapers) throw new Error(`each of ${mostPapers} papers was read too soon`)
		await body.lay(await walk.picture(cause))
		await body.until(() => body.isShown({ at: 'reading' }) || tooSoon())
		if (body.isShown({ at: 'reading' })) {
			await walk.shows({ at: 'reading' })
			await body.next()
			await body.until(() => body.isShown({ at: 'confirming', cause }) || tooSoon())
			if (body.isShown({ at: 'confirming', cause })) break
		}
		await walk.away()
	}
	await walk.shows({ at: 'confirming', cause })
	await body.next()
	await walk.shows({ at: 'rejected', cause })
	await walk.away()
}

export async function failingCamera(walk: Walk): Promise<void> {
	walk.say('a camera that fails')
	const body = walk.body
	await body.camera('nothing')
	await body.lay(await actaPicture('acta'))
	await walk.shows({ at: 'fault', device: 'camera', fault: { code: '', detail: '' } })
	await body.camera('good')
	await walk.untilAfter(() => body.isShown({ at: 'already-scanned', number: 1, table }))
	await walk.away()
}
