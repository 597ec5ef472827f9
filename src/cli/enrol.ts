import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { makeIdentity, type Role } from '../enrolment/device-identity.ts'
import { exit, Refusal } from './exit.ts'

export function enrolCommand(): Command {
	const enrol = new Command('enrol').description('make the keys that devices and centres sign with')
	for (const { name, role, what, next } of [
		{
			name: 'request',
			role: 'device',
			what: 'make the key and pseudonym of this device',
			next: 'Carry the public key to the centre.',
		},
		{
			name: 'centre',
			role: 'centre',
			what: 'make the key and pseudonym of a centre',
			next: 'Carry the public key to every device.',
		},
	] as const satisfies readonly { name: string; role: Role; what: string; next: string }[]) {
		enrol
			.command(name)
			.description(what)
			.requiredOption('--dir <directory>', 'where to keep it; nothing there is overwritten')
			.action(async ({ dir }: { dir: string }) => {
				const made = await makeIdentity(dir, role, randomBytes)
				if (!made.ok) {
					const { code, detail } = made.fault
					throw new Refusal(code === 'already-there' ? exit.usedWrongly : exit.environmentFailed, detail)
				}
				const { id, publicKeyPath } = made.value
				process.stdout.write(`${id}\n${publicKeyPath}\n`)
				process.stderr.write(`${next}\n`)
			})
	}
	return enrol
}
