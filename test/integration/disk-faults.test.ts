/**
 * A kiosk of which one system call that writes fails, another each time: in each start once; and in scan after scan
 * once, and from there on until the disk is well again. It starts all the same; no success is shown without a record,
 * nothing crashes, and the paper that was in hand is recorded without anybody's doing.
 *
 * In the suite each call fails at its first place or two, with EIO; with TESTIGO_DISK_FAULTS=all at every place
 * there is, in scans with every error: until a start or a scan ends without the call having failed.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DiskKiosk } from '../support/disk-kiosk.ts'
import { fileThreadOf, injectedIn, Strace, withoutStrace } from '../support/strace.ts'
import { temporaryFolderOf } from '../support/temporary-folder.ts'

const all = process.env['TESTIGO_DISK_FAULTS'] === 'all'
const callsOfScans = ['mkdir', 'openat', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'unlink'] as const
/** Those that Node makes only for files, in whatever thread. */
const callsOfStarts = ['mkdir', 'pwrite64', 'fsync', 'fdatasync', 'rename'] as const
const errors = all ? ['EIO', 'ENOSPC', 'EROFS'] : ['EIO']
const slow = { timeout: 1_200_000 }

/** Tries it at the first place, the second, and so on, while the call fails there; says how many there were. */
async function atEachPlace(what: string, most: number, fails: (place: number) => Promise<boolean>) {
	let injected = 0
	// A bound, far over what a scan or a start needs: a test that runs wild ends.
	while (injected < (all ? 60 : most) && (await fails(injected + 1))) injected++
	process.stdout.write(`${what}: it failed in ${injected}\n`)
	expect(injected).toBeLessThan(60)
	return injected
}

describe.skipIf(withoutStrace !== null)(`a write fails ${withoutStrace ?? ''}`, () => {
	let kiosk: DiskKiosk
	let directory: string
	let thread: number
	let laid = 0

	beforeAll(async () => {
		directory = await temporaryFolderOf(afterAll)
		const [journal, state] = [join(directory, 'journal'), join(directory, 'state.json')]
		kiosk = new DiskKiosk(directory, { journal, state })
		await kiosk.enrol()
	})
	afterAll(() => kiosk.stop())

	test.each(callsOfStarts)('of a start, %s: EIO once', slow, async (call) => {
		const injected = await atEachPlace(`starts, ${call} EIO`, 1, async (place) => {
			// Begun anew, so that everything is made that a first start makes.
			await kiosk.clear()
			const log = join(directory, `strace-${call}-${place}`)
			const strace = ['strace', '-D', '-f', '-o', log, '-e', `trace=${call}`]
			await kiosk.start([...strace, '-e', `inject=${call}:error=EIO:when=${place}`])
			await kiosk.scan(1)
			await kiosk.expectKept(1)
			return injectedIn(log).length > 0
		})
		expect(injected).toBeGreaterThan(0)
	})

	describe('of a scan', () => {
		beforeAll(async () => {
			await kiosk.clear()
			await kiosk.start()
			thread = await fileThreadOf(kiosk.pid, join(directory, 'threads'))
		})

		/** Lays down one acta while `call` fails; says whether it did. */
		async function scan(call: string, error: string, place: number, when: 'once' | 'from then on') {
			const log = join(directory, `strace-${call}-${error}-${place}-${when}`)
			const inject = `inject=${call}:error=${error}:when=${place}${when === 'once' ? '' : '+'}`
			const words = ['-e', `trace=${callsOfScans.join(',')}`, '-e', inject]
			const strace = await Strace.attach(thread, log, words)
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

		const cases = errors.flatMap((error) =>
			(['once', 'from then on'] as const).flatMap((when) =>
				callsOfScans.map((call) => ({ call, error, when })),
			),
		)
		test.each(cases)('$call: $error $when', slow, async ({ call, error, when }) => {
			const injected = await atEachPlace(`scans, ${call} ${error} ${when}`, 2, (place) =>
				scan(call, error, place, when),
			)
			// The paper's file is unlinked after it was shown as recorded, when nobody watches any more.
			if (call !== 'unlink') expect(injected).toBeGreaterThan(0)
			await kiosk.expectKept(laid)
		})
	})
})

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
