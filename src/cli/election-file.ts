import { ElectionDefinition } from '../acta/election.ts'
import { presidential2024 } from '../acta/presidential-2024.ts'
import { readJsonFile } from '../platform/json-file.ts'
import { exit, Refusal } from './exit.ts'

/** The election that a command works on: the one defined in the file at `path`, or without it that of 2024. */
export async function electionFrom(path: string | undefined): Promise<ElectionDefinition> {
	if (path === undefined) return presidential2024
	const read = await readJsonFile(path, ElectionDefinition)
	if (read.ok) return read.value
	throw new Refusal(exit.usedWrongly, `election ${read.fault.detail}`)
}
