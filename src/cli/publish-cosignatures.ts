/** `testigo publish --cosignatures`: what witnesses gave back goes below an archive's checkpoints. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { longestNote } from '../log/note.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { takeCosignatures } from '../publishing/cosignatures.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printJson } from './output.ts'

/** Of one folder. */
const mostFiles = 1_000

export async function publishCosignatures(out: string | undefined, paths: readonly string[]): Promise<void> {
	if (out === undefined) throw new CommandRefused(exit.usedWrongly, '--out: name the archive')
	await asOwnerOf(out)
	const files = (await Promise.all(paths.map(filesAt))).flat()
	const notes: Buffer[] = []
	for (const path of files) {
		const bytes = await readCapped(path, longestNote)
		// What is none is left out, and said, as a note that verifies by nobody.
		notes.push(bytes.ok ? bytes.value : Buffer.alloc(0))
	}
	const taken = await takeCosignatures(out, notes)
	if (!taken.ok) {
		const { code, detail } = taken.fault
		const isMachine = ['unreadable', 'locked', 'unwritable', 'no-flock'].includes(code)
		throw new CommandRefused(isMachine ? exit.environmentFailed : exit.foundWrong, `${detail} (${code})`)
	}
	const { added, refused } = taken.value
	for (const [index, { code, detail }] of refused)
		printAside(`${files[index]}: ${detail} (${code}); left out`)
	printAside(added === 1 ? 'One line of a witness was added.' : `${added} lines of witnesses were added.`)
	printJson({ added, refused: refused.size })
	process.exitCode = refused.size > 0 ? exit.foundWrong : exit.done
}

async function filesAt(path: string): Promise<readonly string[]> {
	const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOTDIR') return null
		throw new CommandRefused(exit.environmentFailed, `${path}: can't be read (${error.code})`)
	})
	if (names === null) return [path]
	if (names.length > mostFiles) throw new CommandRefused(exit.usedWrongly, `${path}: over ${mostFiles} files`)
	return names.sort().map((name) => join(path, name))
}
