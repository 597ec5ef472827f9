/**
 * Syncs that really fail: ext4 on a loop device whose image lies on a tmpfs that has become full, so that new
 * blocks can't be written, though ext4 knows of no lack, while what was written before can be written again.
 * After such a failure Linux shows what the disk never got, and a second sync says yes: the first test proves
 * that this disk does so, or the others would prove nothing. Whatever the kiosk has shown as recorded must be there when the disk was mounted anew, with nothing
 * of it left in memory.
 */
import { mkdirSync, statSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DiskKiosk, smallDisk } from '../support/disk-kiosk.ts'
import { Mount, withoutMounts } from '../support/mounts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Of the disk. */
const megabytes = 32

interface FailingDisk {
	readonly directory: string
	readonly disk: Mount
	/** From now on no block that was not in use before can be written. Nobody may have anything open there. */
	fail(): Promise<void>
	mend(): void
}

async function failingDisk(): Promise<FailingDisk> {
	const directory = await temporaryFolder()
	const below = Mount.tmpfs(join(directory, 'below'), 'size=64m')
	const image = join(below.path, 'image')
	const disk = Mount.ext4(join(directory, 'disk'), image, megabytes, '-m', '0')
	onTestFinished(() => {
		disk.clear()
		below.clear()
	})
	return {
		directory,
		disk,
		fail: async () => {
			// Mounted anew, ext4 has forgotten which free blocks it meant for which file, and gives them back: most of
			// them, or it has to be asked again. Which ones is the kernel's affair.
			const used = () => megabytes * 2 ** 20 - disk.free
			for (let times = 0; times < 5 && statSync(image).blocks * 512 > used(); times++) {
				await disk.mountAnew()
				disk.trim()
			}
			below.fill('others')
			expect(below.free).toBe(0)
		},
		mend: () => below.remove('others'),
	}
}

interface Scene extends FailingDisk {
	readonly kiosk: DiskKiosk
	/** The number of the acta that was not recorded. */
	readonly failed: number
}

/** A kiosk that has recorded one acta, whose disk fails now, and which was given actas until one was not recorded. */
async function kioskOnFailingDisk(skip: (note: string) => never, ...onAnother: string[]): Promise<Scene> {
	const failing = await failingDisk()
	const { directory, disk, fail } = failing
	const journal = join(disk.path, 'journal')
	mkdirSync(journal)
	for (const folder of onAnother) {
		mkdirSync(join(directory, folder))
		disk.bind(join(directory, folder), join(journal, folder))
	}
	const settings = {
		journal,
		state: join(directory, 'state.json'),
		disk: { ...smallDisk, room: 0, inodes: 0 },
	}
	const kiosk = new DiskKiosk(directory, settings)
	onTestFinished(() => kiosk.stop('SIGKILL'))
	await kiosk.enrol()
	await kiosk.start()
	await kiosk.scan(1)
	await kiosk.stop()
	await fail()
	await kiosk.start()
	return { ...failing, kiosk, failed: (await layUntilOneFails(kiosk)) ?? skip(noneFailed) }
}

/** Four entries fill a block, but it depends on the kernel which blocks can still be written: null when none failed. */
async function layUntilOneFails(kiosk: DiskKiosk): Promise<number | null> {
	const isHeld = () => kiosk.shown[1] === 'No retire el acta'
	for (let number = 2; number <= 40; number++) {
		await kiosk.lay()
		await kiosk.until(() => isHeld() || kiosk.shownAsRecorded.has(number))
		if (!isHeld()) continue
		expect(kiosk.shownAsRecorded.has(number)).toBe(false)
		return number
	}
	return null
}

const noneFailed = 'all blocks that were needed could still be written on this disk'
const slow = { timeout: 240_000 }

describe.skipIf(withoutMounts !== null)(`a disk whose syncs fail ${withoutMounts ?? ''}`, () => {
	test('is such a disk: a second sync says yes to what the disk never got', slow, async ({ skip }) => {
		const { disk, fail, mend } = await failingDisk()
		const path = join(disk.path, 'file')
		await fail()
		const file = await open(path, 'w')
		// More than the blocks that may still be written, where not all were given back.
		const bytes = Buffer.alloc(16 * 2 ** 20, 'x')
		await file.write(bytes)
		const failure = await file.sync().catch((error: NodeJS.ErrnoException) => error.code)
		if (failure === undefined) {
			await file.close()
			return skip(noneFailed)
		}
		expect(failure).toBe('ENOSPC')
		await file.sync()
		await file.close()
		expect((await readFile(path)).equals(bytes)).toBe(true)
		mend()
		await disk.mountAnew()
		expect((await readFile(path)).equals(bytes)).toBe(false)
	})

	// No other entry comes after the one that failed, whose sync would be good for it too.
	test.for([
		['an image that is not synced is kept in hand until it is', ['reserve']],
		['an entry that is not synced keeps its place', ['reserve', 'images']],
	] as const)('%s', slow, async ([, onAnother], { skip }) => {
		const { kiosk, disk, failed, mend } = await kioskOnFailingDisk(skip, ...onAnother)
		mend()
		await kiosk.untilRecorded(failed)
		await kiosk.stop('SIGKILL')
		await disk.mountAnew()
		await kiosk.expectKept(failed)
	})

	test('so it does when the kiosk dies before the disk is back', slow, async ({ skip }) => {
		const { kiosk, disk, failed, mend } = await kioskOnFailingDisk(skip, 'reserve', 'images')
		await kiosk.stop('SIGKILL')
		mend()
		// The entry that this start finds in memory is not on the disk yet.
		await kiosk.start()
		await kiosk.scan(failed + 1)
		await kiosk.stop('SIGKILL')
		await disk.mountAnew()
		expect(await kiosk.audit()).toMatchObject({
			...{ actas: failed + 1, chainWhole: true, faults: [] },
			images: { missing: 0, altered: 0 },
		})
	})
})
