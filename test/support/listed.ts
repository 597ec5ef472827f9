/** Whom a campaign's authority lists, put beside a centre's ledger. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { registered, signRegistry } from '#src/evidence/authority/registry.js'
import type { RevokedDevice } from '#src/evidence/authority/revocation.js'
import { type Identity, publicKeyPem } from '#src/evidence/identity.js'
import { makeSigner } from './test-identity.ts'

export interface Listed {
	readonly devices?: readonly Identity[]
	readonly stations?: readonly Identity[]
	readonly officers?: readonly Identity[]
}

const time = '2024-07-29T12:00:00Z'

export class Authority {
	readonly signer = makeSigner('a-campaign')
	#issue = 0
	#listed: Listed = {}

	/** Puts its key and a registry of these (without any: of the same as before) into a centre's directory. */
	async publish(directory: string, listed = this.#listed, revoked: readonly Revoked[] = []): Promise<void> {
		this.#listed = listed
		this.#issue++
		const { devices = [], stations = [], officers = [] } = listed
		const revocations = revoked.map((one) => ({ ...one, reason: 'stolen' as const, time }))
		const { text } = await signRegistry(
			{
				...{ v: 1, issue: this.#issue, time },
				devices: devices.map(registered),
				stations: stations.map(registered),
				officers: officers.map(registered),
				revocations,
			},
			this.signer,
		)
		mkdirSync(join(directory, 'devices'), { recursive: true })
		writeFileSync(join(directory, 'authority.pem'), publicKeyPem(this.signer.publicKey))
		writeFileSync(join(directory, 'devices', 'registry.jws'), `${text}\n`)
	}
}

type Revoked = Pick<RevokedDevice, 'device' | 'last'>
