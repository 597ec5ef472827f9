/** What booting takes beside root: debootstrap, systemd-nspawn, terminals, and disks whose power can be cut. */
import { whatIsMissing } from '../../support/installed.ts'
import { whyNoCuts } from '../power/volume.ts'

const programs = {
	debootstrap: 'debootstrap',
	'systemd-nspawn': 'systemd-container',
	nsenter: 'util-linux',
	script: 'bsdutils',
}

/** Why it can't be done here; null where it can. */
export async function whyNoBoot(root: string): Promise<string | null> {
	const missing = await whatIsMissing(programs)
	return missing === null ? await whyNoCuts(root) : `nothing can be booted here: ${missing}`
}
