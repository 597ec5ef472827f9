/** A bare Debian, as debootstrap makes it, kept as a tar file: made once, then only unpacked. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Beside what every Debian has: an init, its broker, and what the package depends on. `socat` is the cable of the
 * display that stands in.
 */
const included = ['systemd', 'systemd-sysv', 'udev', 'dbus', 'mosquitto', 'openssl', 'socat']

/** Made anew where it is missing; takes the network then. */
export async function keptDebian(tar: string, work: string, say: (line: string) => void): Promise<void> {
	if (existsSync(tar)) return
	say('debootstrap: a bare Debian 12')
	const root = `${work}/debian`
	await run('debootstrap', ['--variant=minbase', `--include=${included.join(',')}`, 'bookworm', root], {
		maxBuffer: 64 * 1024 * 1024,
	})
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
