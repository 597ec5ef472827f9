/**
 * A kiosk on small disks that become full, run out of inodes or become read-only, on tmpfs and on ext4: before a
 * scan, in the middle of one, and at start. Each time the display says so, nothing is shown as recorded that is
 * not, and it goes on by itself when the disk does.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DiskKiosk, type KioskOnDisk, smallDisk } from '../support/disk-kiosk.ts'
import { Mount, withoutMounts } from '../support/mounts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const megabyte = 1 << 20

const fileSystems: readonly [string, (directory: string) => Mount][] = [
	['tmpfs', (directory) => Mount.tmpfs(join(directory, 'disk'), 'size=12m,nr_inodes=300')],
	[
		'ext4',
		(directory) => Mount.ext4(join(directory, 'disk'), join(directory, 'image'), 24, '-N', '300', '-m', '0'),
	],
]

/** A look before a scan that lets every scan begin, so that it is in the middle that the disk is full. */
const blind: KioskOnDisk['disk'] = { ...smallDisk, room: 0, inodes: 0 }

interface Stage {
	readonly disk: Mount
	readonly kiosk: DiskKiosk
}

async function stage(
	make: (directory: string) => Mount,
	settings: KioskOnDisk['disk'] = smallDisk,
): Promise<Stage> {
	const directory = await temporaryFolder()
	const disk = make(directory)
	const journal = join(disk.path, 'journal')
	const kiosk = new DiskKiosk(directory, { journal, state: join(disk.path, 'state.json'), disk: settings })
	onTestFinished(async () => {
		await kiosk.stop('SIGKILL')
		disk.clear()
	})
	await kiosk.enrol()
	return { disk, kiosk }
}

async function scan({ kiosk }: Stage, number: number): Promise<void> {
	await kiosk.lay()
	await kiosk.untilRecorded(number)
}

/** The kiosk says what is the matter and takes nothing, until `mend`. */
async function refusesUntil(
	{ kiosk }: Stage,
	screen: readonly string[],
	number: number,
	mend: () => unknown,
): Promise<void> {
	await kiosk.lay()
	await kiosk.untilShown(...screen)
	expect(kiosk.shownAsRecorded.has(number)).toBe(false)
	await mend()
	await kiosk.untilRecorded(number)
}

const noMore = 'No ponga más actas'

describe.skipIf(withoutMounts !== null).each(fileSystems)(
	`on a small %s${withoutMounts === null ? '' : `: ${withoutMounts}`}`,
	(_, make) => {
		test('full: no scan begins before there is room', { timeout: 240_000 }, async () => {
			const on = await stage(make)
			await on.kiosk.start()
			await scan(on, 1)
			on.disk.fill('others', megabyte / 4)
			await refusesUntil(on, ['DISCO LLENO', noMore], 2, () => on.disk.remove('others'))
			await scan(on, 3)
			await on.kiosk.expectKept(3)
		})

		test('without inodes: no scan begins before there are some', { timeout: 240_000 }, async () => {
			const on = await stage(make)
			await on.kiosk.start()
			await scan(on, 1)
			on.disk.fillInodes('others', 4)
			await refusesUntil(on, ['DISCO SIN INODOS', noMore], 2, () => on.disk.remove('others'))
			await scan(on, 3)
			await on.kiosk.expectKept(3)
		})

		test('full in the middle of a scan: it is finished with the reserve', { timeout: 240_000 }, async () => {
			const on = await stage(make, blind)
			await on.kiosk.start()
			await scan(on, 1)
			on.disk.fill('others')
			await scan(on, 2)
			expect(on.kiosk.events).toContainEqual(expect.objectContaining({ fault: isA('disk-full') }))
			// The reserve is gone: what comes next waits.
			await refusesUntil(on, ['DISCO LLENO', noMore], 3, () => on.disk.remove('others'))
			await scan(on, 4)
			await on.kiosk.expectKept(4)
		})

		test('without inodes in the middle of a scan: the same', { timeout: 240_000 }, async () => {
			const on = await stage(make, blind)
			await on.kiosk.start()
			await scan(on, 1)
			on.disk.fillInodes('others')
			await scan(on, 2)
			await refusesUntil(on, ['DISCO SIN INODOS', noMore], 3, () => on.disk.remove('others'))
			await scan(on, 4)
			await on.kiosk.expectKept(4)
		})

		test('full at start', { timeout: 240_000 }, async () => {
			const on = await stage(make)
			on.disk.fill('others')
			on.kiosk.spawn()
			await on.kiosk.untilShown('DISCO LLENO', noMore)
			on.disk.remove('others')
			await scan(on, 1)
			await on.kiosk.expectKept(1)
		})

		test('read-only at start', { timeout: 240_000 }, async () => {
			const on = await stage(make)
			mkdirSync(join(on.disk.path, 'journal'))
			on.disk.remount('ro')
			on.kiosk.spawn()
			await on.kiosk.untilShown('DISCO SOLO LECTURA', noMore)
			on.disk.remount('rw')
			await scan(on, 1)
			await on.kiosk.expectKept(1)
		})
	},
)

test.skipIf(withoutMounts !== null)(
	`ext4 that found itself damaged is read-only until it is mounted anew${withoutMounts === null ? '' : `: ${withoutMounts}`}`,
	{ timeout: 240_000 },
	async () => {
		const on = await stage((directory) =>
			Mount.ext4(join(directory, 'disk'), join(directory, 'image'), 24, '-N', '300', '-m', '0'),
		)
		await on.kiosk.start()
		await scan(on, 1)
		on.disk.damage()
		await refusesUntil(on, ['DISCO SOLO LECTURA'], 2, async () => {
			// The kiosk holds nothing open there, so that a technician can take the disk out.
			await on.disk.unmount()
			on.disk.mount()
		})
		await scan(on, 3)
		await on.kiosk.stop()
		await on.disk.unmount()
		on.disk.mount()
		await on.kiosk.expectKept(3)
	},
)

function isA(code: string) {
	return expect.objectContaining({ code })
}
