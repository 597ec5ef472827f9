/** A bare Debian, as debootstrap makes it, kept as a tar file: made once, then only unpacked. */
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { execute } from '../../support/processes.ts'

/**
 * Beside what every Debian has: an init, its broker, and what the package depends on. `socat` is the cable of the
 * display that stands in.
 */
const included = 'systemd,systemd-sysv,udev,dbus,mosquitto,openssl,socat'

/** With a token of software, and without what only a boot takes. */
const includedOnArm64 = 'systemd,openssl,socat,softhsm2'

export type Suite = 'bookworm' | 'trixie'

/**
 * Made anew where it is missing; takes the network then. `arm64` takes a machine that runs its programs: they unpack
 * it themselves.
 */
export async function keptDebian(
	tar: string,
	work: string,
	say: (line: string) => void,
	suite: Suite | 'arm64' = 'bookworm',
): Promise<void> {
	if (existsSync(tar)) return
	say(`debootstrap: a bare Debian, ${suite}${suite === 'arm64' ? '; minutes, under emulation' : ''}`)
	const root = `${work}/debian`
	const words = ['--variant=minbase', `--include=${suite === 'arm64' ? includedOnArm64 : included}`]
	if (suite === 'arm64') {
		await debootstrap([...words, '--arch=arm64', '--foreign', 'bookworm', root], root, say)
		// Without a sync for each file: nobody cuts this one's power.
		await writeFile(`${root}/etc/dpkg/dpkg.cfg.d/unsafe`, 'force-unsafe-io\n')
		const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
		await execute('chroot', [root, '/debootstrap/debootstrap', '--second-stage'], { env })
	} else await debootstrap([...words, suite, root], root, say)
	await pack(root, tar)
}

/** A mirror may be out of reach for a moment: a second try, which is said, with what the first one said. */
async function debootstrap(
	words: readonly string[],
	root: string,
	say: (line: string) => void,
): Promise<void> {
	try {
		await execute('debootstrap', [...words])
	} catch (error) {
		const { stdout = '' } = error as { stdout?: string }
		for (const line of stdout.trim().split('\n').slice(-5)) say(`debootstrap: ${line}`)
		say('debootstrap failed: once more')
		await rm(root, { recursive: true, force: true })
		await execute('debootstrap', [...words])
	}
}

/** Takes the directory away. */
async function pack(root: string, tar: string): Promise<void> {
	const left = ['var/cache/apt/archives', 'var/lib/apt/lists'].map((path) => `${root}/${path}`)
	for (const path of left) await rm(path, { recursive: true, force: true })
	const kept = ['--numeric-owner', '--xattrs']
	await execute('tar', ['--create', '--file', `${tar}.part`, '--directory', root, ...kept, '.'])
	await rename(`${tar}.part`, tar)
	await rm(root, { recursive: true })
}

export async function unpack(tar: string, directory: string): Promise<void> {
	await execute('tar', ['--extract', '--file', tar, '--directory', directory, '--numeric-owner', '--xattrs'])
}
