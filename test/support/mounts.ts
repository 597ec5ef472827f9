/** Small file systems of their own for tests: tmpfs, and ext4 in an image on a loop device. Needs root. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statfsSync,
	writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execute } from './processes.ts'
import { until } from './until.ts'

export function run(program: string, ...words: string[]): string {
	return execFileSync(program, words, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
}

/**
 * `EXT4_IOC_SHUTDOWN`, `_IOR('X', 125, __u32)`, with `EXT4_GOING_FLAGS_NOLOGFLUSH` (linux/fs/ext4/ext4.h): nothing
 * reaches the disk any more, neither data nor the file system's log. Node has no ioctl; perl is on every Debian.
 */
const goDown = `open(my $top, '<', $ARGV[0]) or die; my $flags = pack('L', 2);
	my $shown = -s ($ARGV[1] // '') || 0;
	defined(ioctl($top, 0x8004587d, $flags)) or die "ioctl: $!";
	print $shown`

/** How ext4 orders data and names (ext4(5), "data="). */
export type DataMode = 'ordered' | 'writeback' | 'journal'

export class Mount {
	readonly path: string
	readonly #words: readonly string[]
	/** Folders of other disks in its own: where they are, and their place here. */
	readonly #bound: (readonly [from: string, to: string])[] = []

	private constructor(path: string, words: readonly string[]) {
		this.path = path
		this.#words = words
		mkdirSync(path, { recursive: true })
		this.mount()
	}

	static tmpfs(path: string, options: string): Mount {
		return new Mount(path, ['-t', 'tmpfs', '-o', options, 'tmpfs'])
	}

	/** Small enough to be filled: the ext4 on which a kiosk stands that meets every trouble of a disk. */
	static small(directory: string): Mount {
		const options = ['-N', '300', '-m', '0']
		return Mount.ext4(join(directory, 'disk'), join(directory, 'image'), 24, ...options)
	}

	/** `megabytes` large, all of them written; `format`: more words for mkfs.ext4. */
	static ext4(path: string, image: string, megabytes: number, ...format: string[]): Mount {
		// Without "lazy" the kernel zeroes nothing later on, which would give blocks back to what is below.
		const whole = ['-E', 'nodiscard,lazy_itable_init=0,lazy_journal_init=0']
		run('mkfs.ext4', '-q', '-b', '4096', ...whole, ...format, `${image}.sparse`, `${megabytes}M`)
		run('cp', '--sparse=never', `${image}.sparse`, image)
		rmSync(`${image}.sparse`)
		return new Mount(path, ['-o', 'loop,errors=remount-ro', image])
	}

	/** A new disk whose power is cut; only what is used of it takes room. */
	static cuttable(path: string, image: string, megabytes: number, data: DataMode): Mount {
		rmSync(image, { force: true })
		run('mkfs.ext4', '-q', '-b', '4096', image, `${megabytes}M`)
		return new Mount(path, ['-o', `loop,data=${data}`, image])
	}

	mount(): void {
		run('mount', ...this.#words, this.path)
		for (const words of this.#bound) run('mount', '--bind', ...words)
	}

	/** Puts a folder of another disk at `to`, also when this one is mounted anew. */
	bind(from: string, to: string): void {
		mkdirSync(to)
		run('mount', '--bind', from, to)
		this.#bound.push([from, to])
	}

	remount(options: string): void {
		run('mount', '-o', `remount,${options}`, this.path)
	}

	/**
	 * What the kernel holds of it in memory goes with it. Whoever was killed may take a moment to let go, and so may
	 * another process that runs in a copy of our mounts (`unshare --mount`): for it the file system is mounted still,
	 * and as damaged as it was.
	 */
	async unmount(when: 'at once' | 'when let go' = 'when let go'): Promise<void> {
		const source = run('findmnt', '-no', 'SOURCE', this.path).trim()
		const image = imageOn(source)
		for (const [, to] of this.#bound) await until(() => attempt(() => run('umount', to)), letGo)
		const unmounted = () => attempt(() => run('umount', this.path))
		if (when === 'when let go') await until(unmounted, letGo)
		else if (!unmounted()) {
			this.clear()
			throw new Error(`something holds ${this.path}`)
		}
		await until(() => image === null || imageOn(source) !== image, {
			...letGo,
			explain: () => `${image} is mounted still in other mounts than ours`,
		})
	}

	/** What the disk holds, and not what the kernel remembers. */
	async mountAnew(): Promise<void> {
		await this.unmount()
		this.mount()
	}

	/** Gives free blocks back to whatever is below the loop device. */
	trim(): void {
		run('fstrim', this.path)
	}

	/** As when the file system finds itself damaged: it becomes read-only until it is mounted anew. */
	damage(): void {
		const device = run('findmnt', '-no', 'SOURCE', this.path).trim().replace('/dev/', '')
		writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, 'test')
	}

	/** No write returns from now on, until it is thawed. */
	freeze(): void {
		run('fsfreeze', '--freeze', this.path)
	}

	thaw(): void {
		run('fsfreeze', '--unfreeze', this.path)
	}

	/** As when the disk is pulled out: every write fails from now on, until it is mounted anew. ext4 only. */
	pullOut(): void {
		run('perl', '-e', goDown, this.path)
	}

	/**
	 * The same as when the power goes; what this process does meanwhile goes on. Gives how many bytes the file `shown`
	 * had right before: what is shown later is shown by a machine that has no power any more. (That must be told apart:
	 * jbd2 lets a sync succeed that comes when its transaction has just been given up. What a disk's own cache would
	 * lose besides is not simulated: to the image, every write that came is there.)
	 */
	async cutPower(shown: string): Promise<number> {
		return Number((await execute('perl', ['-e', goDown, this.path, shown])).stdout)
	}

	/** Bytes of it that are not in use. */
	get free(): number {
		const { bavail, bsize } = statfsSync(this.path)
		return bavail * bsize
	}

	/** Writes a file until nothing more fits but `left` bytes. */
	fill(name: string, left = 0): void {
		// Blocks of what was deleted before are free with the next sync only, and so is what ext4 held back for a
		// file whose size it did not know yet: a disk that is full now would not be in five seconds.
		for (let times = 0; times < 3; times++) {
			run('sync', '--file-system', this.path)
			this.#append(name, left)
		}
	}

	#append(name: string, left: number): void {
		try {
			for (let more = this.free - left; more > 0; more = this.free - left) {
				appendFileSync(join(this.path, name), Buffer.alloc(more, 1))
			}
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
		}
	}

	/** Makes empty files in a folder until no inode is left but `left`. */
	fillInodes(name: string, left = 0): void {
		const folder = join(this.path, name)
		mkdirSync(folder)
		const { ffree } = statfsSync(this.path)
		for (let index = 0; index < ffree - left; index++) writeFileSync(join(folder, String(index)), '')
	}

	remove(name: string): void {
		rmSync(join(this.path, name), { recursive: true })
	}

	/** For good, also when it is in use or not mounted. */
	clear(): void {
		spawnSync('umount', ['--lazy', this.path])
	}
}

/** The file behind a loop device; null where there is none. */
function imageOn(device: string): string | null {
	const path = `/sys/block/${device.replace('/dev/', '')}/loop/backing_file`
	return existsSync(path) ? readFileSync(path, 'utf8').trim() : null
}

const letGo = { timeoutMs: 120_000, everyMs: 50 }

function attempt(action: () => unknown): boolean {
	try {
		action()
		return true
	} catch {
		return false
	}
}

function whyNot(what: string, mount: (folder: string) => Mount): string | null {
	if (process.getuid?.() !== 0) return 'skipped, needs root'
	const folder = mkdtempSync(join(tmpdir(), 'testigo-mount-'))
	try {
		mount(folder).clear()
		return null
	} catch (error) {
		return `skipped, no ${what} here (${(error as Error).message.split('\n')[0]})`
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

/** Why tests are skipped that mount tmpfs only; null where they can. */
export const withoutTmpfs = whyNot('mount', (folder) => Mount.tmpfs(join(folder, 'disk'), 'size=1m'))

/** Why tests that mount are skipped; null where they can. */
export const withoutMounts =
	withoutTmpfs ??
	whyNot('mount by loop', (folder) => Mount.ext4(join(folder, 'disk'), join(folder, 'image'), 8))
