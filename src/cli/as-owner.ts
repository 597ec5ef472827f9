/** How the commands give up root (`platform/process/give-up-root.ts`). */
import { giveUpRoot, isOthers } from '../platform/process/give-up-root.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside } from './output.ts'

/**
 * To be called before a command touches the first file in a directory or at a path that it was told of. From then on
 * it may do what the owner may, which it says. Throws a CommandRefused.
 */
export async function asOwnerOf(...paths: readonly string[]): Promise<void> {
	const given = await giveUpRoot(paths)
	if (!given.ok) throw new CommandRefused(exit.environmentFailed, given.fault.detail)
	if (given.value === null) return
	const { name, path } = given.value
	printAside(`testigo: goes on as ${name}, who owns what is on the way to ${path}`)
}

/**
 * What only root can read at `paths`, as a key, is read now and handed out later, when root was given up; and what
 * somebody else could exchange only then.
 */
export async function readBefore<T>(
	paths: readonly (string | undefined)[],
	read: () => Promise<T>,
): Promise<() => Promise<T>> {
	for (const path of paths) if (path !== undefined && (await isOthers(path))) return read
	const value = await read()
	return async () => value
}
