/** Where a centre that runs can be spoken to. */
import type { PlainFile } from '../../platform/files/plain-file.ts'

/** In the centre's directory; open to its owner alone. */
export const handInFolder = 'import'

/** By the folder's handle: no link is followed on the way, and no path is too long for a socket (unix(7): 107 bytes). */
export function socketIn({ handle }: PlainFile): string {
	return `/proc/self/fd/${handle.fd}/socket`
}
