import { stat } from 'node:fs/promises'
import { replaceFile } from '../platform/files/durable.ts'
import { kindOf } from '../platform/files/plain-file.ts'
import { CommandRefused, exit } from './exit.ts'

/** Writes the file that a person named. What is none is refused: root would put a file in the place of a device. */
export async function writeOut(path: string, bytes: string | Uint8Array, mode = 0o644): Promise<void> {
	const there = await stat(path).catch(() => null)
	if (there !== null && !there.isFile())
		throw new CommandRefused(exit.usedWrongly, `${path}: ${kindOf(there)}; name a file`)
	await replaceFile(path, bytes, mode).catch((error: NodeJS.ErrnoException) => {
		if (error.syscall === undefined) throw error
		throw new CommandRefused(exit.environmentFailed, `${path}: can't be written: ${error.message}`)
	})
}
