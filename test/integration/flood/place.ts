/** The broker as shipped, the centre's configuration and honest devices; and the order in which processes have the processor. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Member } from '../../support/campaign.ts'
import { campaignBroker } from '../../support/campaign-broker.ts'
import { execute } from '../../support/processes.ts'

/** Where this may be set, these come before all others of this machine; the higher first. */
export async function takePriority(priority: number, ...pids: readonly number[]): Promise<void> {
	if (process.getuid?.() !== 0) return
	for (const pid of pids) await execute('chrt', ['-a', '-r', '-p', String(priority), String(pid)])
}

/** A campaign, the broker as `set-up-broker` leaves it, and the centre's configuration. */
export async function furnish(folder: string, devices: number) {
	const { campaign, broker, url, centre, directory, config } = await campaignBroker(folder)
	/** One more, known to the centre. */
	const member = async (name: string): Promise<Member> => {
		const made = await campaign.member(name)
		const key = await readFile(join(made.directory, 'public.pem'))
		await writeFile(join(directory, 'devices', `${made.id}.pem`), key)
		return made
	}
	const honest: Member[] = []
	for (let number = 1; number <= devices; number++) honest.push(await member(`honest-${number}`))
	await broker.up()
	return { broker, url, centre, honest, member, config, directory }
}
