import { join } from 'node:path'
import type { ElectionDefinition } from '../acta/election.ts'
import { longestRegister, parseRegister } from '../acta/register/canonical.ts'
import type { Register } from '../acta/register/register.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { CommandRefused, exit } from './exit.ts'

/** The register in the file at `path`; without a path `register.csv` in the directory, null where it has none. */
export async function registerFrom(
	path: string | undefined,
	directory: string,
	election: ElectionDefinition,
): Promise<Register | null> {
	const file = path ?? join(directory, 'register.csv')
	const bytes = await readCapped(file, longestRegister)
	if (!bytes.ok && bytes.fault.code === 'file-missing' && path === undefined) return null
	if (!bytes.ok) throw new CommandRefused(exit.usedWrongly, `register ${file}: ${bytes.fault.detail}`)
	const parsed = parseRegister(bytes.value, election)
	if (parsed.ok) return parsed.value
	throw new CommandRefused(exit.usedWrongly, `register ${file}: ${parsed.fault.detail}`)
}
