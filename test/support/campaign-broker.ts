/** A campaign, the broker as `set-up-broker` leaves it, and the configuration of the centre that it serves. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brokerFor, Campaign, type Member } from './campaign.ts'
import { freePort, Mosquitto } from './mosquitto.ts'
import { execute } from './processes.ts'

const setUp = fileURLToPath(new URL('../../provisioning/broker/set-up-broker', import.meta.url))

export interface CampaignBroker {
	readonly campaign: Campaign
	/** Not up yet. */
	readonly broker: Mosquitto
	readonly url: string
	readonly centre: Member
	/** The centre's, with nothing in it but an empty `devices/`. */
	readonly directory: string
	/** For `testigo central --config`. */
	readonly config: string
}

export async function campaignBroker(folder: string): Promise<CampaignBroker> {
	// mosquitto gives up root.
	await execute('chmod', ['755', folder])
	const campaign = await Campaign.make(folder, { at: Date.now() })
	const centre = await campaign.member('centre', 'centre')
	const { directory: identity } = await campaign.broker('broker', 'localhost', '127.0.0.1')
	const port = await freePort()
	const configuration = join(folder, 'mosquitto.conf')
	await execute(setUp, [
		...['--identity', identity, '--centre', centre.id, '--crl', await campaign.revocationList()],
		...['--to', join(folder, 'place'), '--conf', configuration, '--port', String(port)],
	])
	const url = `mqtts://localhost:${port}`
	const directory = join(folder, 'central')
	await mkdir(join(directory, 'devices'), { recursive: true })
	const config = join(folder, 'central.json')
	const broker = brokerFor(centre, url)
	await writeFile(config, JSON.stringify({ identity: centre.directory, directory, broker }))
	return { campaign, broker: new Mosquitto(port, '', configuration), url, centre, directory, config }
}
