/** What the image of this test has beside that of the field: stand-ins of the devices, and an ear for commands. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { program } from '../../support/camera-programs.ts'
import { installStandIns } from '../boot/stand-ins.ts'

/** Where the stand-ins keep their files: here a folder of this machine, so that both sides can write. */
export const shared = '/dev/shm/stand-ins'
export const sharedTag = 'stand-ins'
/** The display hangs at a serial port, whose far end writes what it gets to the file of this name in that folder. */
export const displayPort = '/dev/ttyS1'
export const displayFile = 'display'
export const agentPort = 'of-this-test'

/** Lines of `<id> <command in base64>` come in, `<id> <status> <what it printed in base64>` goes out. */
const agent = `#!/bin/bash
exec 3<>/dev/virtio-ports/${agentPort}
echo started >&3
while read -r id words <&3; do
	said=$(eval "$(base64 -d <<<"$words")" 2>&1 </dev/null 3>&-)
	printf '%s %s %s\\n' "$id" "$?" "$(base64 -w 0 <<<"$said")" >&3
done
`

/** Into an empty folder, for \`build --add\`. */
export async function makeOverlay(directory: string): Promise<void> {
	const units = join(directory, 'etc/systemd/system')
	await mkdir(join(units, 'multi-user.target.wants'), { recursive: true })
	await mkdir(join(units, 'stand-ins.service.d'))
	await mkdir(join(directory, 'usr/local/bin'), { recursive: true })
	await installStandIns(directory)
	// Nobody tells the kernel in there of what was written out here.
	const monitor = join(directory, 'usr/local/bin/gpiomon')
	const text = await readFile(monitor, 'utf8')
	await writeFile(monitor, text.replace('exec tail', 'exec tail ---disable-inotify'))
	const prepare = `mkdir -p ${shared} && mount -t 9p -o trans=virtio,version=9p2000.L,cache=none ${sharedTag} ${shared} && cd ${shared} && rm -rf taken-* && echo good >behaviour && echo 1 >level && : >edges && chmod 777 . && chmod 666 [!d]*`
	await writeFile(
		join(units, 'stand-ins.service.d/shared.conf'),
		`[Service]\nType=oneshot\nExecStartPre=\nExecStart=\nExecStart=/bin/sh -c '${prepare}'\n`,
	)
	await program(join(directory, 'usr/local/bin/of-this-test'), agent)
	const unit = `[Unit]
After=dev-virtio\\x2dports-of\\x2dthis\\x2dtest.device
Wants=dev-virtio\\x2dports-of\\x2dthis\\x2dtest.device
[Service]
Type=exec
ExecStart=/usr/local/bin/of-this-test
Restart=always
`
	await writeFile(join(units, 'of-this-test.service'), unit)
	await symlink('../of-this-test.service', join(units, 'multi-user.target.wants/of-this-test.service'))
}
