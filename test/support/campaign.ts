/** A campaign's authority, and the machines that ask it, in one directory. */
import { randomBytes, type X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { revocationList } from '#src/cli/ca-authority.js'
import { CampaignAuthority, makeAuthority } from '#src/enrolment/authority.js'
import { certify } from '#src/enrolment/certify.js'
import {
	makeBrokerIdentity,
	makeIdentity,
	type NewIdentity,
	openIdentity,
} from '#src/enrolment/device-identity.js'
import { installResponse } from '#src/enrolment/install.js'
import { readRequest } from '#src/enrolment/request.js'
import { type EnrolmentResponse, type ResponseParts, signResponse } from '#src/enrolment/response.js'
import type { SignerRole } from '#src/enrolment/roles.js'
import type { Signer } from '#src/evidence/signer.js'
import { instant } from '#src/platform/clock.js'
import { Broker } from '#src/platform/mqtt/broker.js'
import { gotten } from './result.ts'

export const now = Date.parse('2026-11-23T12:00:00Z')
export const day = 86_400_000

/** A machine with the certificates of its campaign. */
export interface Member {
	readonly id: string
	readonly directory: string
}

export class Campaign {
	readonly directory: string
	readonly authority: string
	/** The time of all that is done here, where nothing else is said. */
	readonly at: number

	private constructor(directory: string, at: number) {
		this.directory = directory
		this.authority = join(directory, 'authority')
		this.at = at
	}

	static async make(directory: string, { at = now, days = 30 } = {}): Promise<Campaign> {
		const campaign = new Campaign(directory, at)
		gotten(await makeAuthority(campaign.authority, { now: at, random: randomBytes, days }))
		return campaign
	}

	/** Makes an identity in a folder of this name. */
	async machine(name: string, role: SignerRole = 'device'): Promise<NewIdentity & Member> {
		const directory = join(this.directory, name)
		return { ...gotten(await makeIdentity(directory, role, randomBytes)), directory }
	}

	/** Makes it, and puts its certificates beside it. */
	async member(name: string, role: SignerRole = 'device'): Promise<Member> {
		return this.#enrol(await this.machine(name, role))
	}

	async broker(name: string, ...names: readonly string[]): Promise<Member> {
		const directory = join(this.directory, name)
		const made = gotten(await makeBrokerIdentity(directory, names, randomBytes))
		return this.#enrol({ ...made, directory })
	}

	async use<T>(work: (authority: CampaignAuthority) => Promise<T>, at = this.at): Promise<T> {
		const authority = gotten(await CampaignAuthority.open(this.authority, at))
		try {
			return await work(authority)
		} finally {
			await authority.close()
		}
	}

	async certify(request: string, at = this.at): Promise<EnrolmentResponse> {
		const asked = gotten(readRequest(request))
		return this.use(
			async (authority) => gotten(await certify(authority, asked, { now: at, random: randomBytes })),
			at,
		)
	}

	/** The response as it is carried, with what stands in `other` in place of its own. */
	async response(
		request: string,
		other: Partial<ResponseParts> & { centres?: string | null } = {},
	): Promise<string> {
		const whole = { ...(await this.certify(request)), ...other }
		return this.use(
			async ({ signer }) => (await signResponse(whole, whole.request, whole.centres, signer)).text,
		)
	}

	revoke({ id }: { readonly id: string }, last = 0): Promise<void> {
		const at = instant(this.at)
		return this.use(({ log }) => log.append({ kind: 'revoked', id, at, last, reason: 'lost' }))
	}

	/** The list of revoked certificates as of `at`; gives its path. */
	async revocationList(at = this.at): Promise<string> {
		const path = join(this.directory, 'crl.pem')
		await writeFile(path, await this.use(revocationList(at)))
		return path
	}

	async #enrol({ id, directory, request }: Member & { readonly request: string }): Promise<Member> {
		const confirm = async () => true
		gotten(await installResponse(directory, await this.response(request), { now: this.at, confirm }))
		return { id, directory }
	}
}

/** Says yes to one root and no to any other; counts how often it was asked. */
export function knowing(root: X509Certificate | null) {
	const asked: X509Certificate[] = []
	return {
		asked,
		confirm: async (shown: X509Certificate) => {
			asked.push(shown)
			return root !== null && shown.raw.equals(root.raw)
		},
	}
}

export async function signerOf({ directory }: Member): Promise<Signer> {
	return gotten(await openIdentity(directory)).signer
}

/** As in the configuration of uplink and centre. */
export function brokerFor({ directory }: Member, url: string): Broker {
	const at = (name: string) => join(directory, name)
	return Broker.parse({ url, ca: at('root.pem'), certificate: at('tls.pem'), key: at('tls-key.pem') })
}

/** PEM, as a TLS client wants them. */
export async function credentialsOf({ directory }: Member, certificate = 'tls.pem', key = 'tls-key.pem') {
	const read = (name: string) => readFile(join(directory, name))
	return { ca: await read('root.pem'), cert: await read(certificate), key: await read(key) }
}
