/** What a replay runs on: a campaign with its kiosks and stations, the broker as set up by its script, the centre. */
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { issueRegistry } from '#src/enrolment/publish-devices.js'
import type { Campaign, Member } from '../../support/campaign.ts'
import { type CampaignBroker, campaignBroker } from '../../support/campaign-broker.ts'
import type { Mosquitto } from '../../support/mosquitto.ts'
import { RunningProcess, testigo, testigoCommand } from '../../support/processes.ts'

export class Country {
	readonly campaign: Campaign
	readonly broker: Mosquitto
	readonly url: string
	readonly centre: Member
	readonly kiosks: readonly Member[]
	readonly stations: readonly Member[]
	/** The centre's directory. */
	readonly directory: string
	readonly #folder: string
	readonly #config: string
	#central: RunningProcess | undefined

	private constructor(
		folder: string,
		{ campaign, broker, url, centre, directory, config }: CampaignBroker,
		{ kiosks, stations }: { readonly kiosks: readonly Member[]; readonly stations: readonly Member[] },
	) {
		this.#folder = folder
		this.campaign = campaign
		this.broker = broker
		this.url = url
		this.centre = centre
		this.directory = directory
		this.#config = config
		this.kiosks = kiosks
		this.stations = stations
	}

	/** Everybody enrolled, the broker up, the centre not started yet. */
	static async found(
		folder: string,
		{ kiosks: wanted, stations: reading }: { readonly kiosks: number; readonly stations: number },
	): Promise<Country> {
		const place = await campaignBroker(folder)
		const { campaign, centre, directory } = place
		const kiosks: Member[] = []
		for (let number = 1; number <= wanted; number++) kiosks.push(await campaign.member(`kiosk-${number}`))
		const stations: Member[] = []
		for (let number = 1; number <= reading; number++) {
			stations.push(await campaign.member(`station-${number}`, 'station'))
		}
		await copyFile(join(centre.directory, 'authority.pem'), join(directory, 'authority.pem'))
		const country = new Country(folder, place, { kiosks, stations })
		await country.publishRegistry()
		await country.broker.up()
		return country
	}

	/** As the authority's laptop signs it and somebody carries it to the centre. */
	async publishRegistry(): Promise<void> {
		const { text } = await this.campaign.use((authority) => issueRegistry(authority, Date.now()))
		await writeFile(join(this.directory, 'devices', 'registry.jws'), `${text}\n`)
	}

	/** Seconds from its start to the broker, with what it holds read again. */
	async startCentre(): Promise<number> {
		const log = join(this.#folder, `central-${performance.now()}.log`)
		const central = new RunningProcess(testigoCommand('central', '--config', this.#config), { log })
		this.#central = central
		await central.until(() => central.count('connected') > 0)
		return (performance.now() - central.begunAt) / 1_000
	}

	/** As somebody types it at the centre, which runs. */
	async importStick(stick: string): Promise<void> {
		const { status, out, err } = await testigo('import', stick, '--config', this.#config)
		if (status !== 0) throw new Error(`import ended with ${status}: ${out}${err}`)
	}

	/** The figures that `testigo tally` gives of the centre's directory. */
	async tally(): Promise<unknown> {
		const { out, err } = await testigo('tally', this.directory, '--json')
		const said: unknown = JSON.parse(out === '' ? 'null' : out)
		if (typeof said !== 'object' || said === null || !('figures' in said)) throw new Error(`tally: ${err}`)
		return said.figures
	}

	/** Disowns what it signed after `last`, at the authority and then at the centre. */
	async revoke(who: Member, last: number): Promise<void> {
		await this.campaign.revoke(who, last)
		await this.publishRegistry()
		await this.central.until(() => this.central.said.includes(`"event":"revoked","device":"${who.id}"`))
	}

	get central(): RunningProcess {
		if (this.#central === undefined) throw new Error('the centre was not started')
		return this.#central
	}

	async end(): Promise<void> {
		if (this.#central?.ended === false) await this.#central.stop()
		await this.broker.clear()
	}
}
