/** What making and running an image takes beside root. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { firmware } from './computer.ts'

const run = promisify(execFile)

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
	for (const [program, from] of Object.entries(programs)) {
		const found = await run('sh', ['-c', `command -v ${program}`]).then(
			() => true,
			() => false,
		)
		if (!found) return `no image can be tried here: there is no ${program} (apt install ${from})`
	}
	if (!existsSync(firmware)) return `no image can be tried here: there is no ${firmware} (apt install ovmf)`
	return process.arch === 'x64' ? null : 'no image can be tried here: the test has an amd64 one'
}
