/**
 * One scan after another on a running kiosk, in each of which another system call that writes fails: once, and
 * from there on until the disk is well again. No success is shown without a record, nothing crashes, and the
 * paper that was in hand is recorded without anybody's doing.
 *
 * In the suite each call fails at its first two places, with EIO; with TESTIGO_DISK_FAULTS=all at every place
 * there is, with every error: until a scan ends without the call having failed.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DiskKiosk } from '../support/disk-kiosk.ts'
import { fileThreadOf, Strace, withoutStrace } from '../support/strace.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'

const all = process.env['TESTIGO_DISK_FAULTS'] === 'all'
const calls = ['mkdir', 'openat', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'unlink'] as const
const errors = all ? ['EIO', 'ENOSPC', 'EROFS'] : ['EIO']
/** A bound, far over what a scan needs: a test that runs wild ends. */
const mostPlaces = all ? 60 : 2

describe.skipIf(withoutStrace !== null)(
	`every write of a scan fails${withoutStrace === null ? '' : `: ${withoutStrace}`}`,
	() => {
		let kiosk: DiskKiosk
		let directory: string
		let thread: number
		let laid = 0

		beforeAll(async () => {
			directory = await temporaryFolderOf(afterAll)
			kiosk = new DiskKiosk(directory, {
				journal: join(directory, 'journal'),
				state: join(directory, 'state.json'),
			})
			await kiosk.enrol()
			await kiosk.start()
			thread = await fileThreadOf(kiosk.pid, join(directory, 'threads'))
		})
		afterAll(async () => {
			await kiosk.stop()
		})

		/** Lays down one acta while `call` fails; says whether it did. */
		async function scan(
			call: string,
			error: string,
			place: number,
			when: 'once' | 'from then on',
		): Promise<boolean> {
			const log = join(directory, `strace-${call}-${error}-${place}-${when}`)
			const times = when === 'once' ? String(place) : `${place}+`
			const strace = await Strace.attach(thread, log, [
				'-e',
				`trace=${calls.join(',')}`,
				'-e',
				`inject=${call}:error=${error}:when=${times}`,
			])
			try {
				laid++
				await kiosk.lay()
				if (when === 'from then on') {
					await kiosk.until(() => kiosk.shownAsRecorded.has(laid) || strace.injected.length >= 3)
					// With the journal failing still, nothing may have been shown as recorded; but after a fdatasync that
					// failed, an fsync of what was written again is as good.
					if (kiosk.shownAsRecorded.has(laid)) expect(strace.injected.filter(isFatal)).toEqual([])
					else await strace.detach()
				}
				await kiosk.untilRecordedOrToldToRepeat(laid)
				if (when === 'once' || call === 'fdatasync') expectWrittenAgain(strace.lines)
				return strace.injected.length > 0
			} finally {
				await strace.detach()
			}
		}

		test('a disk that is slow: the display says that it is still being recorded', {
			timeout: 240_000,
		}, async () => {
			// Ten minutes, or until the thread is let go of.
			const words = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:delay_enter=600000000']
			const strace = await Strace.attach(thread, join(directory, 'strace-slow'), words)
			try {
				laid++
				await kiosk.lay()
				await kiosk.untilShown('SIGUE GUARDANDO...', 'El disco va lento', 'No retire el acta')
				expect(kiosk.shownAsRecorded.has(laid)).toBe(false)
			} finally {
				await strace.detach()
			}
			await kiosk.untilRecorded(laid)
		})

		for (const error of errors) {
			for (const when of ['once', 'from then on'] as const) {
				test.each(calls)(`%s: ${error} ${when}`, { timeout: 1_200_000 }, async (call) => {
					let injected = 0
					for (let place = 1; place <= mostPlaces; place++) {
						if (!(await scan(call, error, place, when))) break
						injected++
					}
					process.stdout.write(`${call} ${error} ${when}: ${injected} scans in which it failed\n`)
					// The paper's file is unlinked after it was shown as recorded, when nobody watches any more.
					if (call !== 'unlink') expect(injected).toBeGreaterThan(0)
					expect(injected).toBeLessThan(60)
					await kiosk.expectKept(laid)
				})
			}
		}
	},
)

function isFatal(line: string): boolean {
	return !line.includes('fdatasync(') && (line.includes('/journal/') || line.includes('/journal>'))
}

/** A sync of the entries that failed is followed by writing them again and a sync that did not fail. */
function expectWrittenAgain(lines: readonly string[]): void {
	const isSync = (line: string) => /\bf(data)?sync\(.*entries\.jws/.test(line)
	const failed = lines.findIndex((line) => isSync(line) && line.includes('(INJECTED)'))
	if (failed < 0) return
	const written = lines.findIndex((line, index) => index > failed && /\bpwrite64\(.*entries\.jws/.test(line))
	const synced = lines.findIndex((line, index) => index > failed && isSync(line) && line.endsWith('= 0'))
	expect(written).toBeGreaterThan(failed)
	expect(synced).toBeGreaterThan(written)
}
