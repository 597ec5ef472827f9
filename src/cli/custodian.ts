import { dirname } from 'node:path'
import { Command } from 'commander'
import { systemClock } from '../platform/clock.ts'
import { makeCustodian } from '../sealing/custodian-file.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'

export function custodianCommand(): Command {
	const custodian = new Command('custodian').description('make the keys that images are sealed to')
	custodian
		.command('new')
		.description("make a custodian's key and print its public half, for the kiosks' configuration")
		.requiredOption('--out <file>', 'the private key, as age keeps it; nothing is overwritten')
		.action(async ({ out }: { out: string }) => {
			await asOwnerOf(dirname(out))
			const made = await makeCustodian(out, systemClock.wall())
			if (!made.ok) {
				const { code, detail } = made.fault
				throw new CommandRefused(code === 'already-there' ? exit.usedWrongly : exit.environmentFailed, detail)
			}
			process.stdout.write(`${made.value}\n`)
			process.stderr.write(
				`Put the line above under "custodians" of each kiosk. ${out} opens the images: keep it and a copy far from every kiosk.\n`,
			)
		})
	return custodian
}
