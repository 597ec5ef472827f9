/** The screens of a disk that is frozen, full, out of inodes, read-only or pulled out, before a scan and in it. */
import type { DiskTrouble } from '#src/panel/status.js'
import type { Mount } from '../../support/mounts.ts'
import { actaPicture, table } from './papers.ts'
import type { Walk } from './walk.ts'

export async function troubledDisk(walk: Walk, disk: Mount): Promise<void> {
	const body = walk.body
	walk.say('a disk that does not answer')
	disk.freeze()
	try {
		await walk.layUnread()
		await walk.shows({ at: 'recording', slow: false })
		await body.next()
		await walk.shows({ at: 'recording', slow: true })
		await body.next()
		await walk.shows({ at: 'disk-trouble', trouble: 'no-answer', unfinished: true })
	} finally {
		disk.thaw()
	}
	await walk.recordedUnread()

	const anew = async () => {
		await disk.unmount()
		disk.mount()
	}
	const fills: readonly (readonly [DiskTrouble, () => void])[] = [
		['full', () => disk.fill('others')],
		['no-inodes', () => disk.fillInodes('others')],
	]
	for (const [trouble, fill] of fills) {
		walk.say(`a disk before a scan: ${trouble}`)
		fill()
		await body.lay(await actaPicture('acta'))
		await walk.shows({ at: 'disk-trouble', trouble, unfinished: false })
		disk.remove('others')
		await walk.untilAfter(() => body.isShown({ at: 'already-scanned', number: 1, table }))
		await walk.away()
	}
	walk.say('a disk in the middle of a scan')
	await inTheMiddle(
		walk,
		'full',
		() => disk.fill('others'),
		() => disk.remove('others'),
	)
	await inTheMiddle(walk, 'read-only', () => disk.damage(), anew)
	await inTheMiddle(walk, 'failing', () => disk.pullOut(), anew)
}

/** The disk fails between picture and record; what was taken is recorded when it is back. */
async function inTheMiddle(
	walk: Walk,
	trouble: DiskTrouble,
	breakIt: () => void,
	mend: () => unknown,
): Promise<void> {
	const body = walk.body
	await body.camera('good')
	await walk.layUnread(breakIt)
	await walk.shows({ at: 'disk-trouble', trouble, unfinished: true })
	await body.next()
	await mend()
	await walk.recordedUnread()
}
