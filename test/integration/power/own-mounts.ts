/**
 * Runs this program again where no other process has a copy of what it mounts: whoever makes such a copy keeps
 * the file system alive after it was unmounted here, and would write to the disk later.
 */
import { spawn } from 'node:child_process'
import { readlink } from 'node:fs/promises'

/** Set for the run in mounts of its own: the name of the mounts that it came from. */
const cameFrom = 'TESTIGO_CAME_FROM_MOUNTS'

const status = { lost: 1, environmentFailed: 3 } as const

/** The exit status of the other run; null in that run itself, which has its work to do. */
export async function runInOwnMounts(): Promise<number | null> {
	const mounts = await readlink('/proc/self/ns/mnt')
	if ((process.env[cameFrom] ?? mounts) !== mounts) return null
	const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
	const child = spawn('unshare', ['--mount', '--propagation', 'slave', ...again], {
		stdio: 'inherit',
		env: { ...process.env, [cameFrom]: mounts },
	})
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
	return await new Promise((resolve) => {
		child.once('error', (error) => {
			process.stderr.write(`no mounts of its own: ${error.message} (package util-linux)\n`)
			resolve(status.environmentFailed)
		})
		child.once('exit', (code) => resolve(code ?? status.lost))
	})
}
