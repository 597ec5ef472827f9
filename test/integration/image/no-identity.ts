/** What an image that was never started must not have, as read from its file. */

import { execute } from '../../support/processes.ts'
import type { Checks } from '../package/checks.ts'

/** `start`: the byte at which its root begins. */
export async function hasNoIdentity(image: string, start: number, checks: Checks): Promise<void> {
	const ask = async (command: string) =>
		(await execute('debugfs', ['-R', command, `${image}?offset=${start}`])).stdout
	const id = await ask('stat /etc/machine-id')
	checks.hold('the image has no id', /Size: 0\b/.test(id), id)
	const files = (await ask('ls -p /etc/testigo')).split('\n').map((line) => line.split('/')[5] ?? '')
	const own = files.filter((name) => !['', '.', '..'].includes(name))
	checks.hold('of Testigo it has the key of updates alone', own.join() === 'updates.pem', own.join())
	const keys = await ask('ls -p /etc/ssh')
	checks.hold("it has no host's keys", !keys.includes('ssh_host_'), keys)
	const accounts = (await ask('cat /etc/shadow')).split('\n').filter((line) => line !== '')
	const open = accounts.filter((line) => !/^[^:]+:[!*]/.test(line))
	checks.hold('nobody can log in', accounts.length > 0 && open.length === 0, String(open.length))
}
