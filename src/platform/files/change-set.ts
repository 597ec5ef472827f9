/**
 * Several files replaced and removed, all or none of them, also across a power cut.
 *
 * INVARIANTS
 * - Before the journal of the change is there, no file was touched: what is new lies beside each, as `.<name>.next`.
 * - Once it is there, the change counts: who reads a file by `inForce` reads the new one, however far the renames got.
 *   They are done again at the next opportunity, in any order and any number of times.
 */
import { chown, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { replaceFile, syncDirectory } from './durable.ts'
import { readJsonFile } from './json-file.ts'

export interface NewFile {
	readonly path: string
	readonly text: string
	readonly mode: number
}

export interface ChangeSet {
	readonly files: readonly NewFile[]
	/** Paths. */
	readonly removed: readonly string[]
}

const Journal = z.object({ v: z.literal(1), replaced: z.array(z.string()), removed: z.array(z.string()) })

/** In the folder of the files whose readers are to see all or none of a change. */
const journalName = 'change.json'

/** Throws when the disk fails; then nothing was changed, or all of it counts and the rest is done later. */
export async function applyChanges(directory: string, { files, removed }: ChangeSet): Promise<void> {
	await finishChanges(directory)
	const journal = join(directory, journalName)
	const replaced = files.map(({ path }) => path)
	try {
		for (const file of files) await putBeside(file)
		for (const folder of foldersOf(replaced)) await syncDirectory(folder)
		await replaceFile(journal, `${JSON.stringify({ v: 1, replaced, removed })}\n`)
	} catch (error) {
		await rm(journal, { force: true })
		for (const next of replaced.map(nextOf)) {
			for (const left of [next, `${next}.new`]) await rm(left, { force: true }).catch(() => {})
		}
		throw error
	}
	await finishChanges(directory)
}

/** Does what is left of a change that counts. Throws when the disk fails. */
export async function finishChanges(directory: string): Promise<void> {
	const journal = join(directory, journalName)
	const read = await readJsonFile(journal, Journal)
	if (!read.ok) {
		if (read.fault.code === 'file-missing') return
		throw Object.assign(new Error(read.fault.detail), { syscall: 'read' })
	}
	const { replaced, removed } = read.value
	for (const path of replaced) {
		await rename(nextOf(path), path).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'ENOENT') throw error
		})
	}
	for (const path of removed) await rm(path, { force: true })
	for (const folder of foldersOf([...replaced, ...removed])) await syncDirectory(folder)
	await rm(journal)
	await syncDirectory(directory)
}

/**
 * The path at which the file that counts lies: of a change that is not done to its end the new one. The journal of the
 * change lies beside the file, or beside its folder.
 */
export async function inForce(path: string): Promise<string> {
	for (const directory of [dirname(path), dirname(dirname(path))]) {
		const read = await readJsonFile(join(directory, journalName), Journal)
		if (!read.ok || !read.value.replaced.includes(path)) continue
		const next = nextOf(path)
		return await stat(next).then(
			() => next,
			() => path,
		)
	}
	return path
}

/** Hidden: NetworkManager reads what lies in its folder, whatever its ending. */
function nextOf(path: string): string {
	return join(dirname(path), `.${basename(path)}.next`)
}

async function putBeside({ path, text, mode }: NewFile): Promise<void> {
	await replaceFile(nextOf(path), text, mode)
	// Root leaves it to whom the one before belongs.
	if (process.getuid?.() !== 0) return
	const before = await stat(path).catch(() => null)
	if (before !== null) await chown(nextOf(path), before.uid, before.gid)
}

function foldersOf(paths: readonly string[]): Set<string> {
	return new Set(paths.map((path) => dirname(path)))
}
