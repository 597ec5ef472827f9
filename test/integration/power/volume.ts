/**
 * A disk whose power can be cut: ext4 in a file, mounted by loop. The cut is the file system's own shutdown
 * call: from then on nothing reaches the file, neither data nor the file system's log, as when the power goes.
 * (What a disk's own cache would lose besides is not simulated: to the file, every write that came is there.)
 */
import { execFile } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from '../../support/until.ts'

/** How ext4 orders data and names (ext4(5), "data="). */
export type DataMode = 'ordered' | 'writeback' | 'journal'

const run = promisify(execFile)

/**
 * `EXT4_IOC_SHUTDOWN` is `_IOR('X', 125, __u32)`, and 2 is `EXT4_GOING_FLAGS_NOLOGFLUSH` (linux/fs/ext4/ext4.h).
 * Node has no ioctl; perl is on every Debian.
 */
const shutDown = `
	open(my $top, '<', $ARGV[0]) or die "open: $!\\n";
	my $flags = pack('L', 2);
	my $shown = -s $ARGV[1] || 0;
	defined(ioctl($top, 0x8004587d, $flags)) or die "ioctl: $!\\n";
	print $shown;`

/** Bytes of the file; only those that are used take room. */
const usualSize = 256 * 1024 * 1024

export class Volume {
	readonly image: string
	/** Where it is mounted, while it is. */
	readonly directory: string
	readonly #mode: DataMode
	readonly #size: number
	#device: string | undefined

	/** `directory` is there, and empty. */
	constructor(image: string, directory: string, mode: DataMode, size = usualSize) {
		this.image = image
		this.directory = directory
		this.#mode = mode
		this.#size = size
	}

	/** Makes the file and an empty file system in it. */
	async make(): Promise<void> {
		const file = await open(this.image, 'w')
		await file.truncate(this.#size)
		await file.close()
		await run('mkfs.ext4', ['-q', '-F', '-b', '4096', this.image])
	}

	async attach(): Promise<void> {
		const { stdout } = await run('losetup', ['--find', '--show', this.image])
		this.#device = stdout.trim()
		try {
			await run('mount', ['-o', `data=${this.#mode}`, this.#device, this.directory])
		} catch (error) {
			await this.#letGo()
			throw error
		}
	}

	/**
	 * From here on nothing reaches the disk, until it was detached and attached again. Says how many bytes the file
	 * `shown` had right before: what is shown later is shown by a machine that has no power any more. (That must
	 * be told apart: jbd2 lets a sync succeed that comes when its transaction has just been given up.)
	 */
	async cut(shown: string): Promise<number> {
		const { stdout } = await run('perl', ['-e', shutDown, this.directory, shown])
		return Number(stdout)
	}

	/** Unmounts, and takes the loop apart, so that no page of it stays in memory. Does nothing when not attached. */
	async detach(): Promise<void> {
		if (this.#device === undefined) return
		// Whoever was killed may take a moment to let go of the mount.
		let why = ''
		const unmounted = () =>
			run('umount', [this.directory]).then(
				() => true,
				(error: Error) => {
					why = error.message
					return false
				},
			)
		await until(unmounted, { everyMs: 50, explain: () => why })
		await this.#letGo()
	}

	/** Resolves when no loop device has the file: detaching comes late while somebody still looks at one. */
	async #letGo(): Promise<void> {
		if (this.#device !== undefined) await run('losetup', ['--detach', this.#device])
		this.#device = undefined
		const isGone = async () => (await run('losetup', ['--associated', this.image])).stdout === ''
		await until(isGone, { everyMs: 50, explain: () => 'the loop is still there' })
	}
}

/**
 * Why no power can be cut here; null where it can. Beside root it takes loop devices, ext4 with its shutdown call,
 * and strace for the control. Tries it once, in `root`.
 */
export async function whyNoCuts(root: string): Promise<string | null> {
	const volume = new Volume(join(root, 'trial.img'), join(root, 'trial'), 'ordered')
	try {
		await run('strace', ['-f', '-o', '/dev/null', '-e', 'trace=none', 'true'])
		await mkdir(volume.directory)
		await volume.make()
		await volume.attach()
		await volume.cut(volume.image)
		return null
	} catch (error) {
		return `no power can be cut here: ${(error as Error).message.trim()}`
	} finally {
		await volume.detach()
		await rm(volume.image, { force: true })
	}
}
