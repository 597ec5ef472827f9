/** A kiosk that is enrolled in a campaign, with its files, and the authority that signs settings for it. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from '#src/platform/result.js'
import type { SettingsFiles } from '#src/settings/changes.js'
import { installSettings, type Proposal } from '#src/settings/install.js'
import { issueSettings } from '#src/settings/issue-settings.js'
import type { WantedSettings } from '#src/settings/wanted-settings.js'
import { Campaign, now } from '../support/campaign.ts'
import { makeCustodian } from '../support/custodian.ts'
import { inDirectory } from '../support/in-directory.ts'
import { gotten } from '../support/result.ts'

export const recipient = async () => (await makeCustodian()).recipient

export const custodian = await recipient()
export const another = await recipient()

export const broker = { url: 'mqtts://new.example:8883' }

export class SetKiosk {
	readonly campaign: Campaign
	readonly places: SettingsFiles
	/** Everything that a person was asked. */
	readonly asked: (Proposal | string)[] = []

	private constructor(campaign: Campaign) {
		const at = (name: string) => join(campaign.directory, name)
		this.campaign = campaign
		this.places = {
			...{ identity: at('kiosk'), kiosk: at('kiosk.json'), uplink: at('uplink.json') },
			connections: at('connections'),
		}
	}

	static async make(directory: string, { centre = true, days = 30 } = {}): Promise<SetKiosk> {
		const campaign = await Campaign.make(directory, { days })
		if (centre) await campaign.member('centre', 'centre')
		await campaign.member('kiosk')
		const kiosk = new SetKiosk(campaign)
		await mkdir(kiosk.places.connections)
		return kiosk
	}

	/** As the authority signs it. */
	async issue(wanted: WantedSettings, at = now): Promise<{ readonly text: string; readonly code: string }> {
		return this.campaign.use(async (authority) => gotten(await issueSettings(authority, wanted, at)), at)
	}

	shown(carried: string, { at = now, yes = true } = {}): Promise<Result<Proposal>> {
		return installSettings(carried, this.places, {
			now: at,
			confirm: async (proposal) => {
				this.asked.push(proposal)
				return yes
			},
			passphraseOf: async (network) => {
				this.asked.push(network)
				return 'password'
			},
		})
	}

	/** The code of the refusal, after which all is as it was, and nobody was asked. */
	async refusal(carried: string, options: { readonly at?: number } = {}): Promise<string> {
		const asked = this.asked.length
		const before = await this.everything()
		const shown = await this.shown(carried, options)
		if (shown.ok) return 'installed'
		if ((await this.everything()) !== before) return `${shown.fault.code}, and something was changed`
		return this.asked.length === asked ? shown.fault.code : `${shown.fault.code}, and somebody was asked`
	}

	async has(which: 'kiosk' | 'uplink', settings: object): Promise<void> {
		await writeFile(this.places[which], JSON.stringify(settings))
	}

	async read(which: 'kiosk' | 'uplink'): Promise<unknown> {
		return JSON.parse(await readFile(this.places[which], 'utf8'))
	}

	/** As it was before any settings. */
	async clear(): Promise<void> {
		const { identity, kiosk, uplink, connections } = this.places
		await rm(connections, { recursive: true })
		await mkdir(connections)
		const { directory } = this.campaign
		const left = [join(directory, 'settings.json'), join(identity, 'centres.json')]
		for (const path of [kiosk, uplink, ...left]) await rm(path, { force: true })
	}

	/** The files of NetworkManager, by name. */
	async connections(): Promise<Record<string, string>> {
		const { connections } = this.places
		const names = (await readdir(connections)).sort()
		const texts = names.map(async (name) => [name, await readFile(join(connections, name), 'utf8')])
		return Object.fromEntries(await Promise.all(texts))
	}

	/** Every file of this kiosk's, to be compared. */
	async everything(): Promise<string> {
		const { directory } = this.campaign
		const entries = await readdir(directory, { recursive: true, withFileTypes: true })
		const files = entries
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name))
			.filter((path) => !path.startsWith(this.campaign.authority))
			.sort()
		return JSON.stringify(await Promise.all(files.map(async (path) => [path, await readFile(path, 'utf8')])))
	}
}

export const withKiosk = (
	work: (kiosk: SetKiosk) => Promise<void>,
	options: { readonly centre?: boolean; readonly days?: number } = {},
) => inDirectory(async (directory) => work(await SetKiosk.make(directory, options)))
