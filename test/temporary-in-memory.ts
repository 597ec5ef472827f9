/**
 * Where the temporary files of tests outside `integration/` lie: in memory, where there is room. What they prove does not
 * rest on a disk of this machine, whose syncs they would only wait for: that a sync is asked for is seen by strace, what one
 * does on disks made on the spot (`integration/power`, `disk-*`).
 */
import { readFileSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'

/** Short: the path of a socket has at most 107 bytes (unix(7)). */
const inMemory = '/dev/shm'
/** Many times what the suite ever has there at once. */
const room = 4 * 2 ** 30

/** For the environment; nothing where somebody has chosen a folder, or this machine has none that will do. */
export function temporaryInMemory(): { readonly TMPDIR?: string } {
	// Not of integration tests: a browser takes no folder below /dev.
	return process.env['TMPDIR'] === undefined && isFit() ? { TMPDIR: inMemory } : {}
}

function isFit(): boolean {
	try {
		const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
		const [, , system, options = ''] =
			mounts.findLast((line) => line.split(' ')[1] === inMemory)?.split(' ') ?? []
		const { bavail, bsize } = statfsSync(inMemory)
		// Stand-ins of programs are run from there.
		const isUsual = system === 'tmpfs' && /^rw\b/.test(options) && !/\bnoexec\b/.test(options)
		return isUsual && Math.min(bavail * bsize, freemem()) > room
	} catch {
		return false
	}
}
