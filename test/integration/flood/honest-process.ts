/** Several honest devices in a process of their own. Started by `run.ts`. */
import { createHash, createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { given } from '../../bench/forked.ts'
import { type Member, signerOf } from '../../support/campaign.ts'
import { until } from '../../support/until.ts'
import { HonestDevice, makePicture } from './honest-devices.ts'

export interface HonestTask {
	readonly url: string
	readonly members: readonly Member[]
	readonly centre: Member
	/** Milliseconds from one entry of a device to its next. */
	readonly everyMs: number
	/** One a device in each measurement. */
	readonly pictures: boolean
}

export type FromHonest =
	| { readonly type: 'ready' }
	| {
			readonly type: 'measured'
			/** Milliseconds from publishing an entry to its verified receipt. */
			readonly times: readonly number[]
			/** Entries whose receipts had not come; pictures whole, of one a device; entries sent again. */
			readonly unanswered: number
			readonly pictures: number
			readonly again: number
	  }

const say = (what: FromHonest) => process.send?.(what)
const { url, members, centre, everyMs, pictures } = await given<HonestTask>()
const publicKey = createPublicKey(await readFile(join(centre.directory, 'public.pem')))
const devices: HonestDevice[] = []
for (const member of members) {
	const settings = { url, centre: { id: centre.id, publicKey }, signer: await signerOf(member) }
	devices.push(new HonestDevice(member, settings))
}
for (const device of devices) device.start()
await until(() => devices.every(({ connected }) => connected))
for (const device of devices) void work(device)
let measurement = 0
process.on('message', (order: 'begin' | 'end') => {
	if (order === 'begin') {
		measurement++
		for (const [index, device] of devices.entries()) {
			device.begin()
			if (!pictures) continue
			const picture = makePicture(`picture ${measurement} of ${index}`)
			device.picture(picture, createHash('sha256').update(picture).digest('hex'))
		}
		say({ type: 'ready' })
		return
	}
	const measured = devices.map((device) => device.end())
	say({
		type: 'measured',
		times: measured.flatMap(({ times }) => times),
		unanswered: measured.reduce((sum, { unanswered }) => sum + unanswered, 0),
		pictures: measured.filter(({ picture }) => picture).length,
		again: measured.reduce((sum, { again }) => sum + again, 0),
	})
})
say({ type: 'ready' })

async function work(device: HonestDevice): Promise<void> {
	await after(everyMs * Math.random())
	for (;;) {
		await device.record()
		device.look()
		// Not in step with each other, nor with what floods.
		await after(everyMs * (0.5 + Math.random()))
	}
}
