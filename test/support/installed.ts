import { execute } from './processes.ts'

/** Of programs by name, each with the package of Debian that has it, why the first that is missing can't be had. */
export async function whatIsMissing(programs: Readonly<Record<string, string>>): Promise<string | null> {
	for (const [program, from] of Object.entries(programs)) {
		const found = await execute('sh', ['-c', `command -v ${program}`]).catch(() => null)
		if (found === null) return `there is no ${program} (apt install ${from})`
	}
	return null
}
