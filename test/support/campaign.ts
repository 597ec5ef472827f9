/** A campaign with its authority, made the way its commands make it, and the directories of whoever belongs to it. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { revocationList } from '#src/cli/ca-authority.js'
import { CampaignAuthority, makeAuthority } from '#src/enrolment/authority.js'
import { certify } from '#src/enrolment/certify.js'
import { makeBrokerIdentity, makeIdentity } from '#src/enrolment/device-identity.js'
import { installResponse } from '#src/enrolment/install.js'
import { readRequest } from '#src/enrolment/request.js'
import { responseAsPem } from '#src/enrolment/response.js'
import { instant } from '#src/platform/clock.js'
import { Broker } from '#src/platform/mqtt/broker.js'
import type { Result } from '#src/platform/result.js'

/** What one of them needs to reach the broker. */
export interface Member {
	readonly id: string
	readonly directory: string
}

export class Campaign {
	readonly #directory: string
	readonly #authority: CampaignAuthority

	private constructor(directory: string, authority: CampaignAuthority) {
		this.#directory = directory
		this.#authority = authority
	}

	static async begin(directory: string): Promise<Campaign> {
		const at = join(directory, 'authority')
		orThrow(await makeAuthority(at, { now: Date.now(), random: randomBytes, days: 30 }))
		return new Campaign(directory, orThrow(await CampaignAuthority.open(at, Date.now())))
	}

	end(): Promise<void> {
		return this.#authority.close()
	}

	async member(name: string, role: 'device' | 'centre'): Promise<Member> {
		const directory = join(this.#directory, name)
		return this.#certified(directory, orThrow(await makeIdentity(directory, role, randomBytes)))
	}

	async broker(name: string, ...names: readonly string[]): Promise<Member> {
		const directory = join(this.#directory, name)
		return this.#certified(directory, orThrow(await makeBrokerIdentity(directory, names, randomBytes)))
	}

	/** The list as of now; gives its path. */
	async revocationList(): Promise<string> {
		const path = join(this.#directory, 'crl.pem')
		await writeFile(path, await revocationList(Date.now())(this.#authority))
		return path
	}

	async revoke({ id }: Member): Promise<void> {
		await this.#authority.log.append({
			kind: 'revoked',
			id,
			at: instant(Date.now()),
			last: 0,
			reason: 'lost',
		})
	}

	async #certified(directory: string, { id, request }: { id: string; request: string }): Promise<Member> {
		const circumstances = { now: Date.now(), random: randomBytes }
		const response = orThrow(await certify(this.#authority, orThrow(readRequest(request)), circumstances))
		orThrow(
			await installResponse(directory, responseAsPem(response), {
				now: Date.now(),
				confirm: async () => true,
			}),
		)
		return { id, directory }
	}
}

/** As in the configuration of uplink and centre. */
export function brokerFor({ directory }: Member, url: string): Broker {
	return Broker.parse({
		url,
		ca: join(directory, 'root.pem'),
		certificate: join(directory, 'tls.pem'),
		key: join(directory, 'tls-key.pem'),
	})
}

/** PEM, as a TLS client wants them. */
export async function credentialsOf({ directory }: Member, certificate = 'tls.pem', key = 'tls-key.pem') {
	const read = (name: string) => readFile(join(directory, name))
	return { ca: await read('root.pem'), cert: await read(certificate), key: await read(key) }
}

function orThrow<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(result.fault.detail)
	return result.value
}
