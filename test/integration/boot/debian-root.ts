/** A bare Debian, as debootstrap makes it, kept as a tar file: made once, then only unpacked. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Beside what every Debian has: an init, its broker, and what the package depends on. `socat` is the cable of the
 * display that stands in.
 */
const included = ['systemd', 'systemd-sysv', 'udev', 'dbus', 'mosquitto', 'openssl', 'socat']

export type Suite = 'bookworm' | 'trixie'

/** Made anew where it is missing; takes the network then. */
export async function keptDebian(
	tar: string,
	work: string,
	say: (line: string) => void,
	suite: Suite = 'bookworm',
): Promise<void> {
	if (existsSync(tar)) return
	say(`debootstrap: a bare Debian, ${suite}`)
	const root = `${work}/debian`
	await run('debootstrap', ['--variant=minbase', `--include=${included.join(',')}`, suite, root], {
		maxBuffer: 64 * 1024 * 1024,
	})
	await pack(root, tar)
}

/**
 * The same for arm64, on a machine that runs its programs: they unpack it themselves. With a token of software, and
 * without what only a boot takes.
 */
export async function keptArm64Debian(tar: string, work: string, say: (line: string) => void): Promise<void> {
	if (existsSync(tar)) return
	say('debootstrap: a bare Debian 12 of arm64; minutes, under emulation')
	const root = `${work}/debian`
	const include = `--include=${['systemd', 'openssl', 'socat', 'softhsm2'].join(',')}`
	const most = { maxBuffer: 64 * 1024 * 1024 }
	await run(
		'debootstrap',
		['--arch=arm64', '--foreign', '--variant=minbase', include, 'bookworm', root],
		most,
	)
	// Without a sync for each file: nobody cuts this one's power.
	await writeFile(`${root}/etc/dpkg/dpkg.cfg.d/unsafe`, 'force-unsafe-io\n')
	const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
	await run('chroot', [root, '/debootstrap/debootstrap', '--second-stage'], { ...most, env })
	await pack(root, tar)
}

/** Takes the directory away. */
async function pack(root: string, tar: string): Promise<void> {
	const left = ['var/cache/apt/archives', 'var/lib/apt/lists'].map((path) => `${root}/${path}`)
	for (const path of left) await rm(path, { recursive: true, force: true })
	await run('tar', [
		'--create',
		'--file',
		`${tar}.part`,
		'--directory',
		root,
		'--numeric-owner',
		'--xattrs',
		'.',
	])
	await rename(`${tar}.part`, tar)
	await rm(root, { recursive: true })
}

export async function unpack(tar: string, directory: string): Promise<void> {
	await run('tar', ['--extract', '--file', tar, '--directory', directory, '--numeric-owner', '--xattrs'])
}
