/**
 * A kiosk that starts, in each start of which another system call that writes fails once. It starts all the
 * same, and records. As in `disk-faults.test.ts`, with TESTIGO_DISK_FAULTS=all at every place there is.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DiskKiosk } from '../support/disk-kiosk.ts'
import { injectedIn, withoutStrace } from '../support/strace.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'

const all = process.env['TESTIGO_DISK_FAULTS'] === 'all'
/** Those that Node makes only for files, in whatever thread. */
const calls = ['mkdir', 'pwrite64', 'fsync', 'fdatasync', 'rename'] as const
const mostPlaces = all ? 60 : 1

describe.skipIf(withoutStrace !== null)(
	`every write of a start fails${withoutStrace === null ? '' : `: ${withoutStrace}`}`,
	() => {
		let kiosk: DiskKiosk
		let directory: string

		beforeAll(async () => {
			directory = await temporaryFolderOf(afterAll)
			kiosk = new DiskKiosk(directory, {
				journal: join(directory, 'journal'),
				state: join(directory, 'state.json'),
			})
			await kiosk.enrol()
		})
		afterAll(async () => {
			await kiosk.stop()
		})

		test.each(calls)('%s: EIO once', { timeout: 1_200_000 }, async (call) => {
			let injected = 0
			for (let place = 1; place <= mostPlaces; place++) {
				// Begun anew, so that everything is made that a first start makes.
				await kiosk.clear()
				const log = join(directory, `strace-${call}-${place}`)
				const strace = ['strace', '-D', '-f', '-o', log, '-e', `trace=${call}`]
				await kiosk.start([...strace, '-e', `inject=${call}:error=EIO:when=${place}`])
				await kiosk.lay()
				await kiosk.untilRecorded(1)
				await kiosk.expectKept(1)
				if (injectedIn(log).length === 0) break
				injected++
			}
			process.stdout.write(`${call} EIO at start: ${injected} starts in which it failed\n`)
			expect(injected).toBeGreaterThan(0)
		})
	},
)
