/** Sticks as the kernel sees them: images on a loop device, mounted, and pulled out. Needs root. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Mount, run, withoutMounts } from '../../support/mounts.ts'
import { until } from '../../support/until.ts'

export type FileSystem = 'ext4' | 'exfat'

/** Why a file system can't be used here; null where it can. */
export function without(system: FileSystem): string | null {
	if (withoutMounts !== null || system === 'ext4') return withoutMounts
	if (!existsSync('/dev/fuse')) return 'skipped, there is no /dev/fuse'
	const there = ['mkfs.exfat', 'mount.exfat-fuse'].every((program) => existsSync(join('/usr/sbin', program)))
	return there ? null : 'skipped, exFAT is missing (apt install exfat-fuse exfatprogs)'
}

/** A stick that can be pulled: what was not synced by then is gone. */
export interface MountedStick {
	/** Where it is mounted. */
	readonly path: string
	mount(): Promise<void>
	/** Takes it out without a word to the kernel. What uses it gets errors from then on. */
	pull(): Promise<void>
	/** After it was pulled, or to take it out properly. A file that is still open there is a defect to be shown. */
	unmount(): Promise<void>
}

const megabytes = 64

export async function makeStick(folder: string, system: FileSystem): Promise<MountedStick> {
	const [path, image] = [join(folder, 'mounted'), join(folder, 'stick.img')]
	mkdirSync(folder, { recursive: true })
	if (system === 'exfat') return new ExfatStick(path, image)
	const mount = Mount.ext4(path, image, megabytes)
	const unmount = () => mount.unmount('at once')
	await unmount()
	return { path, mount: async () => mount.mount(), pull: async () => mount.pullOut(), unmount }
}

/** Its file system is a process, which is killed. */
class ExfatStick implements MountedStick {
	readonly path: string
	readonly #image: string
	#loop = ''
	#daemon: ChildProcess | undefined
	#pulled = false

	constructor(path: string, image: string) {
		this.path = path
		this.#image = image
		mkdirSync(path)
		writeFileSync(image, '')
		truncateSync(image, megabytes * 1024 * 1024)
		run('mkfs.exfat', image)
	}

	async mount(): Promise<void> {
		this.#loop = run('losetup', '--find', '--show', this.#image).trim()
		const daemon = spawn('mount.exfat-fuse', ['-d', this.#loop, this.path], { stdio: 'ignore' })
		this.#daemon = daemon
		await until(() => this.#isMounted || daemon.exitCode !== null)
		if (!this.#isMounted) throw new Error('exFAT can not be mounted')
	}

	async pull(): Promise<void> {
		this.#daemon?.kill('SIGKILL')
		// What has reached the image by now is all that there is: the loop device may still hold more in memory.
		run('cp', '--sparse=always', this.#image, `${this.#image}.pulled`)
		this.#pulled = true
	}

	async unmount(): Promise<void> {
		if (this.#isMounted) run('umount', this.path)
		const daemon = this.#daemon
		if (daemon && daemon.exitCode === null && daemon.signalCode === null) await once(daemon, 'exit')
		run('losetup', '--detach', this.#loop)
		if (this.#pulled) renameSync(`${this.#image}.pulled`, this.#image)
		this.#pulled = false
	}

	get #isMounted(): boolean {
		return readFileSync('/proc/self/mounts', 'utf8').includes(` ${this.path} `)
	}
}
