/**
 * The word of an authority beside a journal or a ledger, where there is any: authority.pem, its key; registry.jws, the
 * registries and revocations that it signed, one a line, in the order in which they were issued; and centres.jws, in
 * the same way its lists of the centres whose receipts count, of which the last counts.
 */
import { fromBase64url, longest, longestRegistry } from './bytes.js'
import { codeOf, Faults, refuse } from './faults.js'
import { contentOfKey, linesOf } from './files.js'
import { keyOfSpki, readAuthorityKey } from './keys.js'
import { parse, read, verify } from './objects.js'
import { roles } from './shapes.js'

/** Whatever was learnt stays: who was once listed is known, in that role, and nothing undoes a revocation. */
export class Authority {
	faults = new Faults()
	id = null
	issue = 0
	/** Id to role and key, as the registry spells it. */
	listed = new Map()
	revoked = new Map()
	constructor(pinned) {
		this.pinned = pinned
		this.centres = new Centres(pinned)
	}

	async take(jws) {
		const signed = await parse(jws, 'revocation').catch((error) => {
			if (!['foreign-typ', 'too-large'].includes(codeOf(error))) throw error
			return parse(jws, 'registry')
		})
		await verify(signed, this.pinned.key)
		if (this.id !== null && this.id !== signed.kid) refuse('wrong-authority')
		const payload = read(signed)
		if (signed.kind === 'registry') this.takeRegistry(payload)
		else this.revoke(payload)
		this.id = signed.kid
	}

	takeRegistry(registry) {
		if (registry.issue <= this.issue) refuse('registry-rollback')
		const listed = roles.flatMap((role) => (registry[role] ?? []).map(({ id, spki }) => ({ id, role, spki })))
		const isOther = ({ id, role, spki }) => {
			const before = this.listed.get(id)
			return before !== undefined && (before.role !== role || before.spki !== spki)
		}
		if (listed.some(isOther)) refuse('id-reused')
		this.issue = registry.issue
		for (const one of listed) this.listed.set(one.id, one)
		for (const revocation of registry.revocations) this.revoke(revocation)
	}

	revoke(revocation) {
		const before = this.revoked.get(revocation.device)
		if (before === undefined || revocation.last < before.last) this.revoked.set(revocation.device, revocation)
	}

	/** Undefined for one that is not listed. */
	roleOf(one) {
		return this.listed.get(one)?.role
	}

	/** Null for one that is not listed in this role. */
	async key(one, role) {
		return this.roleOf(one) === role ? keyOfSpki(fromBase64url(this.listed.get(one).spki)) : null
	}

	/** Whether it is listed in this role, under this key. */
	lists(one, role, key) {
		return this.roleOf(one) === role && this.listed.get(one).spki === key.spki
	}
}

/** Whose receipts count, as the newest list says. */
class Centres {
	kid = null
	id = null
	issue = 0
	/** Id to key, as the list spells it. */
	listed = new Map()
	known = new Map()
	revoked = new Set()
	constructor(pinned) {
		this.pinned = pinned
	}

	async take(jws) {
		const signed = await parse(jws, 'centres')
		await verify(signed, this.pinned.key)
		if (this.kid !== null && this.kid !== signed.kid) refuse('wrong-authority')
		const { issue, centres, revoked } = read(signed)
		if (issue === this.issue && signed.id !== this.id) refuse('centres-equivocation')
		if (issue === this.issue) return
		if (issue < this.issue) refuse('centres-rollback')
		if (centres.some((centre) => (this.known.get(centre.id) ?? centre.spki) !== centre.spki))
			refuse('id-reused')
		this.kid = signed.kid
		this.id = signed.id
		this.issue = issue
		this.listed = new Map(centres.map((centre) => [centre.id, centre.spki]))
		this.revoked = new Set(revoked.map((centre) => centre.id))
		for (const [centre, spki] of this.listed) this.known.set(centre, spki)
	}

	async key(centre) {
		const spki = this.listed.get(centre) ?? refuse('wrong-centre')
		return keyOfSpki(fromBase64url(spki))
	}
}

/** Null where no authority is named. */
export async function authorityBeside(files) {
	if (!files.has('authority.pem')) return null
	const authority = new Authority(await readAuthorityKey(await contentOfKey(files, 'authority.pem')))
	const takeAll = async (name, most, take) => {
		for await (const { number, code, jws } of linesOf(files.get(name) ?? new Blob(), undefined, most)) {
			try {
				if (code !== null) refuse(code)
				await take(jws)
			} catch (error) {
				authority.faults.add(number, codeOf(error), undefined, undefined, name)
			}
		}
	}
	await takeAll('registry.jws', longestRegistry, (jws) => authority.take(jws))
	await takeAll('centres.jws', longest, (jws) => authority.centres.take(jws))
	return authority
}

/** Whether this comes after the last good entry of a revoked device. */
export function isRevoked(authority, device, seq) {
	const revocation = authority?.revoked.get(device)
	return revocation !== undefined && seq > revocation.last
}

export function revocationReport(authority, device) {
	const revocation = authority?.revoked.get(device)
	if (revocation === undefined) return null
	const { last, reason, time } = revocation
	return { last, reason, time }
}

export function authorityReport(authority) {
	if (authority === null) return null
	const { pinned, issue, centres } = authority
	return { key: pinned.key.genesis, issue, centres: centres.issue }
}
