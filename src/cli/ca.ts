import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { makeAuthority } from '../enrolment/authority.ts'
import { buildTime } from '../platform/build-time.ts'
import { wholeNumber } from './arguments.ts'
import { exit, Refusal } from './exit.ts'

/** On a laptop without a network: who belongs to a campaign. Everything it knows is in one directory. */
export function caCommand(): Command {
	const ca = new Command('ca').description("a campaign's authority, on a laptop without a network")
	ca.addCommand(initCommand())
	return ca
}

function initCommand(): Command {
	return new Command('init')
		.description('make the root and the campaign that certify devices')
		.requiredOption('--dir <directory>', 'where to keep it; nothing there is overwritten')
		.option('--days <number>', "how long the campaign's certificates hold", wholeNumber(1, 3653), 731)
		.action(async ({ dir, days }: { dir: string; days: number }) => {
			const made = await makeAuthority(dir, { now: timeOfDay(), random: randomBytes, days })
			if (!made.ok) {
				const { code, detail } = made.fault
				throw new Refusal(code === 'already-there' ? exit.usedWrongly : exit.environmentFailed, detail)
			}
			process.stdout.write(`${made.value.root.subject.slice(3)}\n${made.value.campaign.subject.slice(3)}\n`)
		})
}

/** An authority's clock counts: what it issues says when. */
export function timeOfDay(now = Date.now()): number {
	if (now >= buildTime) return now
	throw new Refusal(exit.environmentFailed, "this machine's clock is wrong: set it, then try again")
}
