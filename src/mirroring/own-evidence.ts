/** The signed texts that somebody keeps: of a journal, a stick, a person's chain, or a file such as a head. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { stickFolder } from '../stick/layout.ts'

/** Names beside a chain that hold signed texts, a line each. */
const evidenceFile = /^(?:entries|head|transcriptions|rulings|receipts|receipts-[\w-]{1,64}|carried)\.jws$/
const mostNames = 100_000

/** The files with signed texts at `path`. Rejects when the disk fails. */
export async function evidenceFiles(path: string): Promise<readonly string[]> {
	if (!(await stat(path)).isDirectory()) return [path]
	const found: string[] = []
	const names = await namesIn(path)
	const folder = names.includes(stickFolder) ? join(path, stickFolder) : path
	for (const name of folder === path ? names : await namesIn(folder)) {
		const at = join(folder, name)
		if (evidenceFile.test(name)) found.push(at)
		else if ((await stat(at).catch(() => null))?.isDirectory() === true) {
			const below = await namesIn(at)
			found.push(...below.filter((one) => evidenceFile.test(one)).map((one) => join(at, one)))
		}
	}
	return found
}

/** Whole lines; what is torn or none is left out. Rejects when the disk fails. */
export async function* evidenceTexts(files: readonly string[]): AsyncGenerator<string> {
	for (const path of files) {
		for await (const line of evidenceLines(filePieces(path))) if (line.ok) yield line.text
	}
}

async function namesIn(folder: string): Promise<readonly string[]> {
	return (await readdir(folder)).slice(0, mostNames).sort()
}
