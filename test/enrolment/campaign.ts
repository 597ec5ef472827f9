/** A campaign's authority, and machines that ask it, in one directory. */
import { randomBytes, type X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CampaignAuthority, makeAuthority } from '#src/enrolment/authority.js'
import { certify } from '#src/enrolment/certify.js'
import { makeIdentity, type NewIdentity, type SignerRole } from '#src/enrolment/device-identity.js'
import { readRequest } from '#src/enrolment/request.js'
import { type EnrolmentResponse, responseAsPem } from '#src/enrolment/response.js'
import type { Result } from '#src/platform/result.js'

export const now = Date.parse('2026-11-23T12:00:00Z')
export const day = 86_400_000

export function gotten<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(`${result.fault.code}: ${result.fault.detail}`)
	return result.value
}

export class Campaign {
	readonly directory: string
	readonly authority: string

	private constructor(directory: string) {
		this.directory = directory
		this.authority = join(directory, 'authority')
	}

	static async make(directory: string, { at = now, days = 30 } = {}): Promise<Campaign> {
		const campaign = new Campaign(directory)
		gotten(await makeAuthority(campaign.authority, { now: at, random: randomBytes, days }))
		return campaign
	}

	/** Makes an identity in a folder of this name. */
	async machine(
		name: string,
		role: SignerRole = 'device',
	): Promise<NewIdentity & { readonly directory: string }> {
		const directory = join(this.directory, name)
		return { ...gotten(await makeIdentity(directory, role, randomBytes)), directory }
	}

	async use<T>(work: (authority: CampaignAuthority) => Promise<T>, at = now): Promise<T> {
		const authority = gotten(await CampaignAuthority.open(this.authority, at))
		try {
			return await work(authority)
		} finally {
			await authority.close()
		}
	}

	async certify(request: string, at = now): Promise<EnrolmentResponse> {
		return this.use(
			async (authority) =>
				gotten(await certify(authority, gotten(readRequest(request)), { now: at, random: randomBytes })),
			at,
		)
	}

	/** The response as it is carried, with what stands in `other` in place of its own. */
	async response(request: string, other: Partial<EnrolmentResponse> = {}): Promise<string> {
		return responseAsPem({ ...(await this.certify(request)), ...other })
	}
}

export async function pem(path: string): Promise<string> {
	return readFile(path, 'utf8')
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
