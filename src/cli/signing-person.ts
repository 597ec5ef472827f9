/** The identity by which a reading station or an officer signs. */
import { join } from 'node:path'
import { openIdentityOf } from '../enrolment/device-identity.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import type { Signer } from '../evidence/signer.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import type { PublishedSigner } from '../stick/people-export.ts'
import { identityRefused } from './identity-refused.ts'

export interface SigningPerson extends PublishedSigner {
	readonly signer: Signer
}

/** Throws a CommandRefused where `directory` holds no identity of this role. */
export async function signingPerson(directory: string, role: 'station' | 'officer'): Promise<SigningPerson> {
	const opened = await openIdentityOf(role, directory)
	if (!opened.ok) throw identityRefused(opened.fault)
	const { id, signer, certificate } = opened.value
	const authority = await readCapped(join(directory, authorityFile), 64 * 1024)
	return {
		...{ id, publicKey: signer.publicKey, signer, certificate },
		authority: authority.ok ? authority.value.toString('latin1') : null,
	}
}
