/** What booting takes beside root: debootstrap, systemd-nspawn, terminals, and disks whose power can be cut. */
import { whatIsMissing } from '../../support/installed.ts'
import { withoutMounts } from '../../support/mounts.ts'

const programs = {
	debootstrap: 'debootstrap',
	'systemd-nspawn': 'systemd-container',
	nsenter: 'util-linux',
	script: 'bsdutils',
}

/** Why it can't be done here; null where it can. */
export async function whyNoBoot(): Promise<string | null> {
	const missing = await whatIsMissing(programs)
	return missing === null ? withoutMounts : `nothing can be booted here: ${missing}`
}
