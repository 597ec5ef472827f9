/** What booting takes beside root: debootstrap, systemd-nspawn, terminals, and disks whose power can be cut. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { whyNoCuts } from '../power/volume.ts'

const run = promisify(execFile)

const programs = {
	debootstrap: 'debootstrap',
	'systemd-nspawn': 'systemd-container',
	nsenter: 'util-linux',
	script: 'bsdutils',
}

/** Why it can't be done here; null where it can. */
export async function whyNoBoot(root: string): Promise<string | null> {
	for (const [program, from] of Object.entries(programs)) {
		try {
			await run(program, ['--version'])
		} catch (error) {
			return `nothing can be booted here: ${(error as Error).message.trim()} (apt install ${from})`
		}
	}
	return await whyNoCuts(root)
}
