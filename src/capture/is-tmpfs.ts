import { statfs } from 'node:fs/promises'

/** f_type of file systems that live in memory (statfs(2)): tmpfs, ramfs. */
const memoryFileSystems: readonly number[] = [0x01021994, 0x858458f6]

/** Whether what lies in `directory` is gone with the power, but for swap. Throws when it can't be looked at. */
export async function isTmpfs(directory: string): Promise<boolean> {
	const { type } = await statfs(directory)
	return memoryFileSystems.includes(type)
}
