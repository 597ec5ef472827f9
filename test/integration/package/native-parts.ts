import type { Checks } from './checks.ts'
import type { Root } from './root.ts'

/**
 * Loaded by the Node that the package brings; a watcher of `epoll` is one that its native part makes. It starts a
 * thread, and Node unloads native parts when it ends: a thread that is only just beginning then has no code left,
 * and the process dies by SIGSEGV (a third of the runs without the wait).
 */
const script = `const { Gpio } = require('onoff')
const { Epoll } = require('epoll')
require('pkcs11js')
const watcher = new Epoll(() => {})
setTimeout(() => {
	console.log(typeof Gpio, watcher.closed)
	watcher.close()
}, 500)`

/** What the package's build compiles for its Node. */
export async function holdNativeParts(root: Root, checks: Checks): Promise<void> {
	const command = 'cd /usr/lib/testigo && exec bin/node -e "$1"'
	const said = await root.run('sh', '-c', command, 'sh', script)
	checks.hold('onoff and pkcs11js load with their native parts', said === 'function false', said)
}
