/** What making and running an image takes beside root. */
import { existsSync } from 'node:fs'
import { whatIsMissing } from '../../support/installed.ts'
import { firmware } from './computer.ts'

const programs = {
	'qemu-system-x86_64': 'qemu-system-x86',
	debootstrap: 'debootstrap',
	debugfs: 'e2fsprogs',
	sfdisk: 'fdisk',
	'mkfs.vfat': 'dosfstools',
	mcopy: 'mtools',
} as const

/** Why it can't be done here; null where it can. */
export async function whyNoImage(): Promise<string | null> {
	let missing = await whatIsMissing(programs)
	if (!existsSync(firmware)) missing ??= `there is no ${firmware} (apt install ovmf)`
	if (process.arch !== 'x64') missing ??= 'the test has an amd64 one'
	return missing === null ? null : `no image can be tried here: ${missing}`
}
