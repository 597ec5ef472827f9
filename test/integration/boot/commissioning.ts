/** From a bare Debian to a kiosk beside its centre: the commands of provisioning/install/README.md, in their order. */
import { writeFile } from 'node:fs/promises'
import { someCustodian } from '../../custodian.ts'
import type { Machine } from './machine.ts'
import { devices } from './stand-ins.ts'

/** Where the technician's stick is mounted. */
export const stick = '/media/stick'

/** Resolves when the units were started. Gives how many commands that took. */
export async function commission(machine: Machine): Promise<number> {
	let commands = 0
	const command = async (...words: string[]) => {
		commands++
		return (await machine.run(...words)).split('\n')
	}
	const settings = async (name: string, value: object) => {
		commands++
		await writeFile(machine.path(`/etc/testigo/${name}.json`), JSON.stringify(value))
	}
	await command('sh', `${stick}/install.sh`, 'kiosk', 'centre')
	const [centreId = ''] = await command('testigo', 'enrol', 'centre', '--dir', '/etc/testigo/centre')
	const [id = ''] = await command('testigo', 'enrol', 'request', '--dir', '/etc/testigo/identity')
	await command('install', '-m644', '/etc/testigo/centre/public.pem', '/etc/testigo/centre.pem')
	const known = `/var/lib/testigo/central/devices/${id}.pem`
	await command('install', '-Dm644', '/etc/testigo/identity/public.pem', known)
	const centre = { id: centreId, publicKey: '/etc/testigo/centre.pem' }
	await settings('kiosk', { production: true, centre, custodians: [someCustodian], ...devices, glance: 0 })
	await settings('uplink', { centre })
	await command('systemctl', 'start', 'testigo.target', 'testigo-central.service')
	return commands
}
