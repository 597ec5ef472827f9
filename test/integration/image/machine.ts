/** What a locked machine is to be, and whether it is, asked by commands as a technician would type them. */
import { socketsOf } from '../boot/records.ts'
import type { Checks } from '../package/checks.ts'
import type { Computer } from './computer.ts'

/** Gives what a command says, whatever its status. */
const asked = (computer: Computer) => async (command: string) =>
	(await computer.tryToRun('sh', '-c', command)).text

export async function holdsAfterFirstStart(
	computer: Computer,
	checks: Checks,
	flashed: number,
): Promise<void> {
	const ask = asked(computer)
	await computer.tryToRun('systemctl', 'is-system-running', '--wait')
	const failed = await ask('systemctl --failed --plain --no-legend')
	checks.hold('no unit failed', failed === '', failed)
	checks.hold(
		'its id is its own, and kept',
		(await ask('! mountpoint -q /etc/machine-id && cat /etc/machine-id')).length === 32,
	)
	const size = Number(await ask('df --output=size -B1 /var/lib/testigo | tail -n 1'))
	checks.hold(
		`the records have the rest of the card: ${Math.round(size / 1e6)} MB`,
		size > flashed,
		String(size),
	)
	const password = await ask('passwd --status technician')
	checks.hold('the technician has a password', password.startsWith('technician P '), password)
	const left = await ask('mount -o ro /boot/firmware && ls /boot/firmware; umount /boot/firmware')
	checks.hold('its hash is gone from the first partition', !left.includes('technician'), left)
	checks.hold(
		'the kiosk waits to be enrolled',
		(await ask('systemctl is-active testigo-kiosk')) === 'inactive',
	)
}

export async function holdsAtEachStart(computer: Computer, checks: Checks): Promise<void> {
	const ask = asked(computer)
	await computer.tryToRun('systemctl', 'is-system-running', '--wait')
	const root = await ask('findmnt --noheadings --output OPTIONS /')
	checks.hold('/ is read-only', /^ro,/.test(root), root)
	const written = await computer.tryToRun('touch', '/etc/anything')
	checks.hold('/ takes no file', written.status !== 0 && written.text.includes('Read-only'), written.text)
	const logs = await ask(
		'journalctl --header | grep "File path"; ls /var/log/journal; findmnt -no FSTYPE /var/log',
	)
	checks.hold(
		'logs are in memory',
		/path: \/run\/log\/journal/m.test(logs) && !/path: \/var/m.test(logs),
		logs,
	)
	const clock = await ask('echo $(($(date +%s) - $(stat -c %Y /usr/lib/clock-epoch)))')
	checks.hold(`the clock is past the package's, by ${clock} s`, Number(clock) >= 0 && Number(clock) < 86_400)
	const watchdog = await ask(
		'systemctl show --property=RuntimeWatchdogUSec; cd /sys/class/watchdog/watchdog0 && cat identity state timeout',
	)
	checks.hold('systemd feeds the watchdog', watchdog.includes('=15s') && /^active$/m.test(watchdog), watchdog)
	const open: string[] = []
	for await (const { protocol, port } of socketsOf(computer)) open.push(`${protocol} ${port}`)
	// The client of DHCP is bound to its port.
	checks.hold(
		`nothing listens: ${open.join(', ')}`,
		open.every((socket) => socket === 'udp 68'),
		open.join(', '),
	)
}

/** The stick is plugged in, and has a file `hello` on its first and only file system. */
export async function holdsForSticks(computer: Computer, checks: Checks): Promise<void> {
	const ask = asked(computer)
	const sticks = 'ls /sys/block | grep ^sd'
	await computer.until('sh', '-c', 'cat /sys/bus/usb/devices/*/product | grep -i "qemu usb harddrive"')
	await computer.run('udevadm', 'settle')
	const authorized = await ask(
		'for d in /sys/bus/usb/devices/*/product; do grep -qi harddrive $d && cat $(dirname $d)/authorized; done',
	)
	checks.hold('locked: the stick is off the bus', authorized === '0', authorized)
	checks.hold('locked: there is no stick', (await ask(sticks)) === '')
	const module = await ask('grep -E "^(usb_storage|uas) " /proc/modules')
	checks.hold('locked: its module is not loaded', module === '', module)
	await computer.run('testigo-technician', 'on')
	await computer.until('sh', '-c', sticks)
	await computer.until('test', '-b', '/dev/sda')
	const hello = await ask(
		'mkdir -p /run/stick && mount -o ro /dev/sda /run/stick && cat /run/stick/hello; umount /run/stick',
	)
	checks.hold('open: the stick can be read', hello === 'hello', hello)
	checks.hold(
		'open: / can be written',
		(await computer.tryToRun('sh', '-c', 'touch /etc/x && rm /etc/x')).status === 0,
	)
	await computer.run('testigo-technician', 'off')
	await computer.run('udevadm', 'settle')
	checks.hold('locked again: there is no stick', (await ask(sticks)) === '')
	checks.hold(
		'locked again: / takes no file',
		(await computer.tryToRun('touch', '/etc/anything')).status !== 0,
	)
}
