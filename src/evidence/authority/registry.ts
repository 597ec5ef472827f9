/**
 * The registry: which devices, reading stations and officers the authority of a campaign knows, and which of them it
 * has revoked, so that
 * centres and strangers need no other list. Each issue bears a higher number than the one before; an older one
 * never takes the place of a newer.
 */
import type { KeyObject } from 'node:crypto'
import * as z from 'zod'
import { decodeBase64url } from '../base64url.ts'
import { Instant, Seq } from '../fields.ts'
import { Id, type Identity, spkiOf } from '../identity.ts'
import { signJws } from '../jws.ts'
import { publicKeyOfSpki, uncompressedSpkiLength } from '../p256.ts'
import type { Signer } from '../signer.ts'
import { RevokedDevice } from './revocation.ts'

/** The most devices that are listed: with them the longest registry stays within `longestOf('registry')`. */
const mostDevices = 10_000

/** A device's public key: base64url of its SPKI in DER, the point uncompressed (RFC 5480). */
const Spki = z
	.string()
	.length(122)
	.refine((text) => keyOf(text) !== null, 'base64url of a P-256 SPKI, uncompressed')

/** An id, and the key that it stands for. */
export const ListedKey = z.looseObject({ id: Id, spki: Spki })

/** The most stations, and the most officers. */
const mostPeople = 500

/** The most of each that a registry lists. */
export const mostListed = { device: mostDevices, station: mostPeople, officer: mostPeople } as const

export const DeviceRegistry = z
	.looseObject({
		v: z.literal(1),
		/** 1, 2, 3 …: the number of this issue. */
		issue: Seq,
		time: Instant,
		devices: z.array(ListedKey).max(mostDevices),
		/** `s-…`: where people read. */
		stations: z.array(ListedKey).max(mostPeople).optional(),
		/** `o-…`: who rules. */
		officers: z.array(ListedKey).max(mostPeople).optional(),
		/** Of devices, stations and officers. */
		revocations: z.array(RevokedDevice).max(mostDevices),
	})
	.refine(
		({ devices, stations = [], officers = [] }) => areDistinct([...devices, ...stations, ...officers]),
		'an id stands twice',
	)
export type DeviceRegistry = z.infer<typeof DeviceRegistry>

export interface SignedRegistry {
	readonly text: string
	readonly id: string
	readonly registry: DeviceRegistry
}

/** Throws (a bug) on a registry that is not of the schema. */
export async function signRegistry(registry: DeviceRegistry, signer: Signer): Promise<SignedRegistry> {
	DeviceRegistry.parse(registry)
	const { text, id } = await signJws('registry', registry, signer)
	return { text, id, registry }
}

/** Who reads is nobody whose entries are read, and who rules neither: an id stands in one list. */
function areDistinct(listed: readonly { readonly id: string }[]): boolean {
	return new Set(listed.map(({ id }) => id)).size === listed.length
}

/** As a registry lists a device. */
export function registered({ id, publicKey }: Identity): { readonly id: string; readonly spki: string } {
	return { id, spki: spkiOf(publicKey).toString('base64url') }
}

/** The key that `spki` of a registry spells; null when it is none. */
export function keyOf(spki: string): KeyObject | null {
	const der = decodeBase64url(spki)
	const key = der?.length === uncompressedSpkiLength ? publicKeyOfSpki(Buffer.from(der)) : null
	return key?.ok ? key.value : null
}
