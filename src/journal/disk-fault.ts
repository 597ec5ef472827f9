/** What a disk that does not take our bytes says of itself, by the `errno` of the call that failed. */
import { NotOwnFile } from '../platform/files/own-file.ts'
import { type Fault, fail } from '../platform/result.ts'

/**
 * `disk-full` and `no-inodes` end when somebody makes room, `read-only` and `disk-error` when the disk is mounted
 * anew or comes back. `unwritable` is anything else, such as a missing permission, which waiting does not mend.
 */
export type DiskFault = Fault<'disk-full' | 'no-inodes' | 'read-only' | 'disk-error' | 'unwritable'>

/** `what` says in words what could not be done. */
export function diskFault(error: unknown, what: string): DiskFault {
	if (error instanceof NotOwnFile) return fail('unwritable', `${what}: ${error.message}`).fault
	const code = (error as NodeJS.ErrnoException).code ?? String(error)
	return fail(faultCodeOf(code), `${what} (${code})`).fault
}

/** True where trying again later, and nothing else, may help. */
export function isTransient({ code }: Fault): boolean {
	return code === 'disk-full' || code === 'no-inodes' || code === 'read-only' || code === 'disk-error'
}

function faultCodeOf(errno: string): DiskFault['code'] {
	switch (errno) {
		case 'ENOSPC':
		case 'EDQUOT':
			return 'disk-full'
		case 'EROFS':
			return 'read-only'
		case 'EIO':
		case 'ENXIO':
		case 'ENODEV':
		case 'ESTALE':
		case 'ESHUTDOWN':
		// Linux calls it "structure needs cleaning": the file system found itself damaged. Node has no name for it.
		case 'Unknown system error -117':
			return 'disk-error'
		default:
			return 'unwritable'
	}
}
