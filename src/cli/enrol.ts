import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { makeIdentity, type Role, type TokenToUse } from '../enrolment/device-identity.ts'
import { TokenKey } from '../evidence/pkcs11/token.ts'
import { faultsOf } from '../platform/json-file.ts'
import { exit, Refusal } from './exit.ts'

interface Options {
	readonly dir: string
	readonly pkcs11Module?: string
	readonly token?: string
	readonly tokenSerial?: string
	readonly pinFile?: string
}

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
			.option('--pkcs11-module <library>', 'make the key in a token (TPM, secure element) instead of a file')
			.option('--token <label>', 'which token, by its label')
			.option('--token-serial <number>', 'and by its serial number, where several bear that label')
			.option('--pin-file <file>', "which holds the token's PIN, and only its owner can read; it stays there")
			.action(async (options: Options) => {
				const made = await makeIdentity(options.dir, role, randomBytes, tokenOf(options))
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

function tokenOf({ pkcs11Module, token, tokenSerial, pinFile }: Options): TokenToUse | undefined {
	if (pkcs11Module === undefined && token === undefined && pinFile === undefined) return undefined
	const read = TokenKey.omit({ label: true }).safeParse({
		kind: 'pkcs11',
		module: pkcs11Module,
		token,
		...(tokenSerial === undefined ? {} : { serial: tokenSerial }),
		pinFile: pinFile === undefined ? undefined : resolve(pinFile),
	})
	if (read.success) return read.data
	const flags = {
		module: '--pkcs11-module',
		token: '--token',
		serial: '--token-serial',
		pinFile: '--pin-file',
	}
	const wrong = Object.entries(flags).filter(([name]) =>
		read.error.issues.some(({ path }) => path[0] === name),
	)
	throw new Refusal(
		exit.usedWrongly,
		`a key in a token needs ${wrong.map(([, flag]) => flag).join(' and ')}: ${faultsOf(read.error).join('; ')}`,
	)
}
