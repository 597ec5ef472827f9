/**
 * The devices of a campaign as its authority has published them so far: which it knows, and which it has revoked. Built from
 * signed registries and revocations, a JWS each, in the order in which they were issued. Whatever was learnt stays:
 * a device that a later registry leaves out is still known, and nothing undoes a revocation.
 */
import type { KeyObject } from 'node:crypto'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { Identity } from '../identity.ts'
import { type Jws, type JwsFault, parseJws, verifyJws } from '../jws.ts'
import { type MeaningFault, readPayload } from '../open.ts'
import { DeviceRegistry, keyOf } from './registry.ts'
import { Revocation, type RevokedDevice } from './revocation.ts'

/**
 * `registry-rollback`: not newer than the registry before it. `id-reused`: lists a device under another key than
 * before. `wrong-authority`: by the same key, but under another id than before.
 */
export type DeviceListFault =
	| JwsFault
	| MeaningFault
	| Fault<'wrong-authority' | 'registry-rollback' | 'id-reused'>

/** Devices that one registry or revocation revokes anew. */
export type NewlyRevoked = readonly RevokedDevice[]

export type ListedRole = 'device' | 'station' | 'officer'

export class DeviceList {
	readonly publicKey: KeyObject
	readonly #devices = new Map<string, Identity>()
	readonly #stations = new Map<string, Identity>()
	readonly #officers = new Map<string, Identity>()
	readonly #revoked = new Map<string, RevokedDevice>()
	#id: string | null = null
	#issue = 0

	/** `publicKey` is the authority's, as it was pinned. */
	constructor(publicKey: KeyObject) {
		this.publicKey = publicKey
	}

	/** The number of the latest registry; 0 before the first. */
	get issue(): number {
		return this.#issue
	}

	known(device: string): Identity | undefined {
		return this.#devices.get(device)
	}

	/** Where people read: an answer counts by its key only. */
	station(id: string): Identity | undefined {
		return this.#stations.get(id)
	}

	/** Who rules. */
	officer(id: string): Identity | undefined {
		return this.#officers.get(id)
	}

	listed(role: ListedRole, id: string): Identity | undefined {
		switch (role) {
			case 'device':
				return this.known(id)
			case 'station':
				return this.station(id)
			case 'officer':
				return this.officer(id)
		}
	}

	/** In which of its lists it stands; null for a stranger. */
	roleOf(id: string): ListedRole | null {
		if (this.#devices.has(id)) return 'device'
		if (this.#stations.has(id)) return 'station'
		return this.#officers.has(id) ? 'officer' : null
	}

	/** The ids of all stations and officers that were ever listed. */
	people(): readonly string[] {
		return [...this.#stations.keys(), ...this.#officers.keys()]
	}

	/** The ids of all devices that were ever listed. */
	ids(): Iterable<string> {
		return this.#devices.keys()
	}

	/** Of a device, a station or an officer. */
	revocationOf(id: string): RevokedDevice | undefined {
		return this.#revoked.get(id)
	}

	/** Of all that are revoked. */
	revocations(): Iterable<RevokedDevice> {
		return this.#revoked.values()
	}

	/** The device is revoked, and this comes after its last good entry. */
	isRevoked(device: string, seq: number): boolean {
		return seq > (this.#revoked.get(device)?.last ?? seq)
	}

	/** Whether one is listed in this role, under this key; null before the first registry. */
	lists({ id, publicKey }: Identity, role: ListedRole): boolean | null {
		return this.#issue === 0 ? null : this.listed(role, id)?.publicKey.equals(publicKey) === true
	}

	/** Takes in a signed registry or revocation; what is refused changes nothing. */
	take(text: string): Result<NewlyRevoked, DeviceListFault> {
		const revocation = parseJws(text, 'revocation')
		const isOther = !revocation.ok && ['foreign-typ', 'too-large'].includes(revocation.fault.code)
		const parsed = isOther ? parseJws(text, 'registry') : revocation
		if (!parsed.ok) return parsed
		const jws = parsed.value
		const verified = verifyJws(jws, { id: jws.kid, publicKey: this.publicKey })
		if (!verified.ok) return verified
		if (this.#id !== null && this.#id !== jws.kid) {
			return fail('wrong-authority', `signed as ${jws.kid}, what came before as ${this.#id}`)
		}
		return isOther ? this.#takeRegistry(jws) : this.#takeRevocation(jws)
	}

	#takeRevocation(jws: Jws): Result<NewlyRevoked, MeaningFault> {
		const read = readPayload(jws, Revocation)
		if (!read.ok) return read
		this.#id = jws.kid
		return ok(this.#revoke([read.value]))
	}

	#takeRegistry(jws: Jws): Result<NewlyRevoked, DeviceListFault> {
		const read = readPayload(jws, DeviceRegistry)
		if (!read.ok) return read
		const { issue, devices, stations = [], officers = [], revocations } = read.value
		if (issue <= this.#issue) {
			return fail('registry-rollback', `registry ${issue} is not newer than ${this.#issue}, which is known`)
		}
		const listed = [
			{ keys: devices, known: this.#devices },
			{ keys: stations, known: this.#stations },
			{ keys: officers, known: this.#officers },
		]
		const added: { readonly identity: Identity; readonly known: Map<string, Identity> }[] = []
		for (const { keys, known } of listed) {
			for (const { id, spki } of keys) {
				const publicKey = keyOf(spki)
				if (publicKey === null) throw new Error('the schema takes keys only')
				const before = this.#devices.get(id) ?? this.#stations.get(id) ?? this.#officers.get(id)
				const isReused = before !== undefined && (!known.has(id) || !before.publicKey.equals(publicKey))
				if (isReused) return fail('id-reused', `registry ${issue} lists ${id} otherwise than before`)
				added.push({ identity: { id, publicKey }, known })
			}
		}
		this.#id = jws.kid
		this.#issue = issue
		for (const { identity, known } of added) known.set(identity.id, identity)
		return ok(this.#revoke(revocations))
	}

	#revoke(revocations: readonly RevokedDevice[]): NewlyRevoked {
		return revocations.filter((revocation) => {
			const before = this.#revoked.get(revocation.device)
			if (before !== undefined && before.last <= revocation.last) return false
			this.#revoked.set(revocation.device, revocation)
			return true
		})
	}
}
