import { ElectionDefinition } from '../acta/election.ts'
import { presidential2024 } from '../acta/presidential-2024.ts'
import { type JsonFileFault, readJsonFile } from '../platform/files/json-file.ts'
import { ok, type Result } from '../platform/result.ts'
import { CommandRefused, exit } from './exit.ts'

/** The election that a command works on: the one defined in the file at `path`, or without it that of 2024. */
export async function readElection(
	path: string | undefined,
): Promise<Result<ElectionDefinition, JsonFileFault>> {
	return path === undefined ? ok(presidential2024) : readJsonFile(path, ElectionDefinition)
}

/** The same, or a CommandRefused. */
export async function electionFrom(path: string | undefined): Promise<ElectionDefinition> {
	const read = await readElection(path)
	if (read.ok) return read.value
	throw new CommandRefused(exit.usedWrongly, `election ${read.fault.detail}`)
}
