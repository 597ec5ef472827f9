/**
 * A kiosk on small disks that become full, run out of inodes or become read-only, on tmpfs and on ext4: before a
 * scan, in the middle of one, and at start. Each time the display says so, nothing is shown as recorded that is
 * not, and it goes on by itself when the disk does.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DiskKiosk, smallDisk } from '../support/disk-kiosk.ts'
import { Mount, withoutMounts } from '../support/mounts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const fileSystems: readonly [string, (directory: string) => Mount][] = [
	['tmpfs', (directory) => Mount.tmpfs(join(directory, 'disk'), 'size=12m,nr_inodes=300')],
	['ext4', Mount.small],
]

interface Stage {
	readonly disk: Mount
	readonly kiosk: DiskKiosk
}

async function stage(make: (directory: string) => Mount, settings = smallDisk): Promise<Stage> {
	const directory = await temporaryFolder()
	const disk = make(directory)
	const [journal, state] = [join(disk.path, 'journal'), join(disk.path, 'state.json')]
	const kiosk = new DiskKiosk(directory, { journal, state, disk: settings })
	onTestFinished(async () => {
		await kiosk.stop('SIGKILL')
		disk.clear()
	})
	await kiosk.enrol()
	return { disk, kiosk }
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

/** How a disk is used up, `left` so much that a look before a scan finds that it does not do. */
const shortages = [
	{
		what: 'full',
		screen: ['DISCO LLENO', noMore],
		use: (disk: Mount, left = 0) => disk.fill('others', left),
		left: (1 << 20) / 4,
	},
	{
		what: 'without inodes',
		screen: ['DISCO SIN INODOS', noMore],
		use: (disk: Mount, left = 0) => disk.fillInodes('others', left),
		left: 4,
	},
]

const slow = { timeout: 240_000 }
const lacking = withoutMounts === null ? '' : `: ${withoutMounts}`

describe.skipIf(withoutMounts !== null).each(fileSystems)(`on a small %s${lacking}`, (_, make) => {
	test.each(shortages)('$what: no scan begins before there is room', slow, async ({ screen, use, left }) => {
		const on = await stage(make)
		await on.kiosk.start()
		await on.kiosk.scan(1)
		use(on.disk, left)
		await refusesUntil(on, screen, 2, () => on.disk.remove('others'))
		await on.kiosk.scan(3)
		await on.kiosk.expectKept(3)
	})

	test.each(shortages)(
		'$what in the middle of a scan: it is finished with the reserve',
		slow,
		async ({ what, screen, use }) => {
			// A look before a scan that lets every scan begin, so that it is in the middle that nothing is left.
			const on = await stage(make, { ...smallDisk, room: 0, inodes: 0 })
			await on.kiosk.start()
			await on.kiosk.scan(1)
			use(on.disk)
			await on.kiosk.scan(2)
			if (what === 'full') {
				const fault = expect.objectContaining({ code: 'disk-full' })
				expect(on.kiosk.events).toContainEqual(expect.objectContaining({ fault }))
			}
			// The reserve is gone: what comes next waits.
			await refusesUntil(on, screen, 3, () => on.disk.remove('others'))
			await on.kiosk.scan(4)
			await on.kiosk.expectKept(4)
		},
	)

	test.each([
		{
			what: 'full',
			screen: 'DISCO LLENO',
			harm: (disk: Mount) => disk.fill('others'),
			mend: (disk: Mount) => disk.remove('others'),
		},
		{
			what: 'read-only',
			screen: 'DISCO SOLO LECTURA',
			harm: (disk: Mount) => disk.remount('ro'),
			mend: (disk: Mount) => disk.remount('rw'),
		},
	])('$what at start', slow, async ({ what, screen, harm, mend }) => {
		const on = await stage(make)
		if (what === 'read-only') mkdirSync(join(on.disk.path, 'journal'))
		harm(on.disk)
		on.kiosk.spawn()
		await on.kiosk.untilShown(screen, noMore)
		mend(on.disk)
		await on.kiosk.scan(1)
		await on.kiosk.expectKept(1)
	})
})

const damaged = `ext4 that found itself damaged is read-only until it is mounted anew${lacking}`
test.skipIf(withoutMounts !== null)(damaged, slow, async () => {
	const on = await stage(Mount.small)
	await on.kiosk.start()
	await on.kiosk.scan(1)
	on.disk.damage()
	// The kiosk holds nothing open there, so that a technician can take the disk out.
	await refusesUntil(on, ['DISCO SOLO LECTURA'], 2, () => on.disk.mountAnew())
	await on.kiosk.scan(3)
	await on.kiosk.stop()
	await on.disk.mountAnew()
	await on.kiosk.expectKept(3)
})
