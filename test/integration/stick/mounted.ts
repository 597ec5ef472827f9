/** Sticks as the kernel sees them: images on a loop device, mounted, and pulled out. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

export type FileSystem = 'ext4' | 'exfat'

/** Why a file system can't be used here; null where it can. */
export function without(system: FileSystem | 'tmpfs'): string | null {
	if (process.getuid?.() !== 0) return 'skipped, only root can mount'
	if (!works(mountNothing)) return 'skipped, nothing may be mounted here (a container without CAP_SYS_ADMIN?)'
	if (system === 'tmpfs') return null
	if (!works(useLoopDevice)) return 'skipped, there are no loop devices to be had'
	if (system === 'ext4') {
		const there = has('mkfs.ext4') && has('perl')
		return there ? null : 'skipped, mkfs.ext4 or perl is missing (apt install e2fsprogs perl)'
	}
	if (!existsSync('/dev/fuse')) return 'skipped, there is no /dev/fuse'
	const there = has('mkfs.exfat') && has('mount.exfat-fuse')
	return there ? null : 'skipped, exFAT is missing (apt install exfat-fuse exfatprogs)'
}

/** In a folder of its own, whether it can be done. */
function works(attempt: (folder: string) => void): boolean {
	const folder = mkdtempSync(join(tmpdir(), 'testigo-attempt-'))
	try {
		attempt(folder)
		return true
	} catch {
		return false
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

function mountNothing(folder: string): void {
	run('mount', '-t', 'tmpfs', 'tmpfs', folder)
	run('umount', folder)
}

function useLoopDevice(folder: string): void {
	const image = join(folder, 'image')
	writeFileSync(image, '')
	truncateSync(image, 1024 * 1024)
	run('losetup', '--detach', run('losetup', '--find', '--show', image).trim())
}

function has(program: string): boolean {
	return ['/usr/sbin', '/sbin', '/usr/bin', '/bin'].some((folder) => existsSync(join(folder, program)))
}

function run(program: string, ...words: string[]): string {
	return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** `_IOR('X', 125, __u32)` with flag 2: ext4 stops at once, without writing what it holds in memory. */
const shutDown = `
open(my $stick, '<', $ARGV[0]) or die $!;
my $flag = pack('L', 2);
ioctl($stick, 0x8004587d, $flag) or die $!;
`

/** A stick that can be pulled: what was not synced by then is gone. */
export class MountedStick {
	readonly system: FileSystem
	/** Where it is mounted. */
	readonly path: string
	readonly #image: string
	#loop: string | undefined
	/** The process that is the file system, where the kernel is not. */
	#daemon: ChildProcess | undefined
	#pulled = false

	constructor(folder: string, system: FileSystem, megabytes: number) {
		this.system = system
		this.path = join(folder, 'mounted')
		this.#image = join(folder, 'stick.img')
		mkdirSync(this.path, { recursive: true })
		writeFileSync(this.#image, '')
		truncateSync(this.#image, megabytes * 1024 * 1024)
		run(`mkfs.${system}`, ...(system === 'ext4' ? ['-q'] : []), this.#image)
	}

	async mount(): Promise<void> {
		this.#loop = run('losetup', '--find', '--show', this.#image).trim()
		if (this.system === 'ext4') {
			run('mount', '-o', 'nosuid,nodev', this.#loop, this.path)
			return
		}
		const daemon = spawn('mount.exfat-fuse', ['-d', this.#loop, this.path], { stdio: 'ignore' })
		this.#daemon = daemon
		while (!this.#mounted()) {
			if (daemon.exitCode !== null) throw new Error('exFAT can not be mounted')
			await after(10)
		}
	}

	/** Takes it out without a word to the kernel. What uses it gets errors from then on. */
	async pull(): Promise<void> {
		if (this.system === 'ext4') {
			run('perl', '-e', shutDown, this.path)
			return
		}
		this.#daemon?.kill('SIGKILL')
		// What has reached the image by now is all that there is: the loop device may still hold more in memory.
		run('cp', '--sparse=always', this.#image, `${this.#image}.pulled`)
		this.#pulled = true
	}

	/** After it was pulled, or to take it out properly. */
	async unmount(): Promise<void> {
		try {
			if (this.#mounted()) run('umount', this.path)
		} catch (error) {
			// Something still holds a file open, which is a defect to be shown; the mount must go all the same.
			run('umount', '--lazy', this.path)
			throw error
		}
		if (this.#daemon !== undefined && this.#daemon.exitCode === null && this.#daemon.signalCode === null) {
			await once(this.#daemon, 'exit')
		}
		this.#daemon = undefined
		if (this.#loop !== undefined) run('losetup', '--detach', this.#loop)
		this.#loop = undefined
		if (this.#pulled) renameSync(`${this.#image}.pulled`, this.#image)
		this.#pulled = false
	}

	#mounted(): boolean {
		return readFileSync('/proc/self/mounts', 'utf8').includes(` ${this.path} `)
	}
}
