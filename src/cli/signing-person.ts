/** The identity by which a reading station or an officer signs. */
import { join } from 'node:path'
import { openIdentity } from '../enrolment/device-identity.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import type { Signer } from '../evidence/signer.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import type { PublishedSigner } from '../stick/people-export.ts'
import { CommandRefused, exit } from './exit.ts'

export interface SigningPerson extends PublishedSigner {
	readonly signer: Signer
}

const commands = { station: 'testigo enrol station', officer: 'testigo enrol officer' } as const

/** Throws a CommandRefused where `directory` holds no identity of this role. */
export async function signingPerson(directory: string, role: keyof typeof commands): Promise<SigningPerson> {
	const opened = await openIdentity(directory)
	if (!opened.ok) throw new CommandRefused(exit.environmentFailed, `identity: ${opened.fault.detail}`)
	const { id, signer, certificate } = opened.value
	if (opened.value.role !== role) {
		throw new CommandRefused(
			exit.usedWrongly,
			`${directory}: not the identity of ${role === 'station' ? 'a reading station' : 'an officer'}; "${commands[role]}" makes one`,
		)
	}
	const authority = await readCapped(join(directory, authorityFile), 64 * 1024)
	return {
		...{ id, publicKey: signer.publicKey, signer, certificate },
		authority: authority.ok ? authority.value.toString('latin1') : null,
	}
}
