import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { ElectionDefinition } from '../acta/election.ts'
import { presidential2024 } from '../acta/presidential-2024.ts'
import { printable } from '../platform/printable.ts'
import { exit, Refusal } from './exit.ts'

/** The election that a command works on: the file given with `--election`, or the one of 2024. */
export async function electionFrom(path: string | undefined): Promise<ElectionDefinition> {
	if (path === undefined) return presidential2024
	const refuse = (why: string) => new Refusal(exit.usedWrongly, `election ${printable(path, 200)}: ${why}`)
	let json: unknown
	try {
		json = JSON.parse(await readFile(path, 'utf8'))
	} catch (error) {
		throw refuse(error instanceof SyntaxError ? 'it is not JSON' : `it can't be read (${String(error)})`)
	}
	const parsed = ElectionDefinition.safeParse(json)
	if (!parsed.success) throw refuse(`\n${z.prettifyError(parsed.error)}`)
	return parsed.data
}
