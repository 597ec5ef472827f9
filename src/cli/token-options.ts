/** Naming a token that a key is to be made in. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { TokenToUse } from '../enrolment/signing-key.ts'
import { TokenKey } from '../evidence/pkcs11/token.ts'
import { faultsOf } from '../platform/files/json-file.ts'
import { CommandRefused, exit } from './exit.ts'

export interface TokenOptions {
	readonly pkcs11Module?: string
	readonly token?: string
	readonly tokenSerial?: string
	readonly pinFile?: string
}

export function withToken(command: Command): Command {
	return command
		.option(
			'--pkcs11-module <library>',
			'make the signing key in a token (TPM, secure element), not in a file',
		)
		.option('--token <label>', 'which token, by its label')
		.option('--token-serial <number>', 'and by its serial number, where several bear that label')
		.option('--pin-file <file>', "which holds the token's PIN, and only its owner can read; it stays there")
}

/** Undefined where none is named; throws a CommandRefused where it is half named. */
export function tokenOf({ pkcs11Module, token, tokenSerial, pinFile }: TokenOptions): TokenToUse | undefined {
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
	throw new CommandRefused(
		exit.usedWrongly,
		`a key in a token needs ${wrong.map(([, flag]) => flag).join(' and ')}: ${faultsOf(read.error).join('; ')}`,
	)
}
