/** The broker as shipped, the centre's configuration and honest devices; and the order in which processes have the processor. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Campaign, type Member } from '../../support/campaign.ts'
import { freePort, Mosquitto } from '../../support/mosquitto.ts'
import { execute } from '../../support/processes.ts'

/** Where this may be set, these come before all others of this machine; the higher first. */
export async function takePriority(priority: number, ...pids: readonly number[]): Promise<void> {
	if (process.getuid?.() !== 0) return
	for (const pid of pids) await execute('chrt', ['-a', '-r', '-p', String(priority), String(pid)])
}

/** A campaign, the broker as `set-up-broker` leaves it, and the centre's configuration. */
export async function furnish(folder: string, devices: number) {
	await execute('chmod', ['755', folder])
	const campaign = await Campaign.make(folder, { at: Date.now() })
	const centre = await campaign.member('centre', 'centre')
	const honest: Member[] = []
	for (let number = 1; number <= devices; number++) honest.push(await campaign.member(`honest-${number}`))
	const { directory: identity } = await campaign.broker('broker', 'localhost', '127.0.0.1')
	const port = await freePort()
	const configuration = join(folder, 'mosquitto.conf')
	await execute(fileURLToPath(new URL('../../../provisioning/broker/set-up-broker', import.meta.url)), [
		...['--identity', identity, '--centre', centre.id, '--crl', await campaign.revocationList()],
		...['--to', join(folder, 'place'), '--conf', configuration, '--port', String(port)],
	])
	const broker = new Mosquitto(port, '', configuration)
	await broker.up()
	const url = `mqtts://localhost:${port}`
	const directory = join(folder, 'central')
	await mkdir(join(directory, 'devices'), { recursive: true })
	const known = async (member: Member): Promise<Member> => {
		const key = await readFile(join(member.directory, 'public.pem'))
		await writeFile(join(directory, 'devices', `${member.id}.pem`), key)
		return member
	}
	for (const member of honest) await known(member)
	const config = join(folder, 'central.json')
	const credentials = {
		ca: join(centre.directory, 'root.pem'),
		certificate: join(centre.directory, 'tls.pem'),
		key: join(centre.directory, 'tls-key.pem'),
	}
	await writeFile(
		config,
		JSON.stringify({ identity: centre.directory, directory, broker: { url, ...credentials } }),
	)
	/** One more, known to the centre. */
	const member = async (name: string) => known(await campaign.member(name))
	return { broker, url, centre, honest, member, config, directory }
}
