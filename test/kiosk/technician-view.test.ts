import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Camera, CameraFault, Frame } from '#src/capture/camera.js'
import { Journal } from '#src/journal/journal.js'
import { Disk } from '#src/kiosk/recording/disk.js'
import { TechnicianView } from '#src/kiosk/technician-view.js'
import { UplinkWatcher } from '#src/kiosk/uplink-watcher.js'
import { Reserve } from '#src/platform/files/reserve.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { qrPicture } from '../reading/qr-picture.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock, settled } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-technician')
const timeoutMs = 20_000
let clock: SimulatedClock
let view: TechnicianView
let reserve: Reserve
let roles: readonly string[] | undefined
let capture: () => Promise<Result<readonly Frame[], CameraFault>>
let released: number

beforeEach(async () => {
	const directory = await temporaryFolder()
	const journal = gotten(await Journal.open(join(directory, 'journal'), signer))
	clock = new SimulatedClock()
	released = 0
	roles = undefined
	const camera: Camera = {
		retakes: true,
		get roles() {
			return roles ?? []
		},
		start: async () => ok(true),
		capture: () => capture(),
		release: async () => {
			released++
		},
		stop: async () => {},
	}
	const log = () => {}
	reserve = new Reserve(join(directory, 'reserve'), 1 << 20)
	const disk = new Disk({ journal, reserve, need: { bytes: 0, inodes: 0 }, log })
	const uplink = new UplinkWatcher({ journal, centres: null, directory, clock, log })
	view = new TechnicianView({ journal, uplink, disk, camera, clock, timeoutMs })
	return () => journal.close()
})

const frame = (role: string, bytes: Uint8Array): Frame => ({ role, bytes, origin: 'test' })

test('a page for each camera: its picture, what is no picture, and the one that gives none', async () => {
	const picture = await qrPicture('for the lens')
	roles = ['top', 'middle', 'bottom']
	capture = async () => ok([frame('top', picture), frame('bottom', Buffer.from('no picture'))])
	const pages = await view.pagesOf('camera')
	expect(pages).toMatchObject([
		{ shot: { kind: 'picture', role: 'top', bytes: picture.length } },
		{ shot: { kind: 'unreadable', role: 'bottom', bytes: 10 } },
		{ shot: { kind: 'missing', role: 'middle' } },
	])
	expect(released).toBe(0)
})

test('a camera that does not answer is missing when the time is up', async () => {
	capture = () => new Promise(() => {})
	const looking = view.pagesOf('camera')
	await settled()
	await clock.advance(timeoutMs)
	expect(await looking).toEqual([{ page: 'camera', shot: { kind: 'missing', role: null } }])
})

test('a folder without a new file is no fault', async () => {
	capture = async () => fail('nothing-there', 'empty')
	expect(await view.pagesOf('camera')).toEqual([{ page: 'camera', shot: { kind: 'nothing-new' } }])
	capture = async () => fail('device', 'gone')
	expect(await view.pagesOf('camera')).toEqual([{ page: 'camera', shot: { kind: 'missing', role: null } }])
})

test('the disk: what is free, and what the reserve lacks', async () => {
	expect(await view.pagesOf('storage')).toEqual([
		{ page: 'storage', free: expect.any(Number), reserveMissing: 1 << 20 },
	])
	await reserve.make()
	expect(await view.pagesOf('storage')).toMatchObject([{ reserveMissing: 0 }])
})

test('addresses are those that others can reach', async () => {
	const [page] = await view.pagesOf('network')
	if (page?.page !== 'network') throw new Error('another page')
	for (const address of page.addresses) expect(address).not.toMatch(/^(127\.|::1$|fe80:)/)
})
