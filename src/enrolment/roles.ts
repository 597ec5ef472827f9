/** For what an authority certifies machines and people's laptops, and how each is named, certified and revoked. */
import type { Purpose } from '../evidence/keys/certificate.ts'

/** `station`: where people read pictures; `officer`: who rules which entries of a table count. */
export const roles = ['device', 'centre', 'broker', 'station', 'officer'] as const
export type Role = (typeof roles)[number]

/** Who signs evidence. */
export type SignerRole = Exclude<Role, 'broker'>

export interface RoleProfile {
	/** As people call one. */
	readonly name: string
	/** After `testigo enrol`. */
	readonly enrol: string
	/** The letter before the hyphen of its id. */
	readonly prefix: string
	/** Of the certificate of its signing key; null for who signs nothing. */
	readonly signing: Purpose | null
	/** Of that of its key for connections; null for who has no network. */
	readonly tls: Purpose | null
	/** Of what it signs a chain: the registry lists it, and it is revoked after the last good one. Null for who signs none. */
	readonly chainOf: 'entry' | 'answer' | 'ruling' | null
	/** It is told whose receipts count. */
	readonly hearsOfCentres: boolean
}

export const profiles: Readonly<Record<Role, RoleProfile>> = {
	device: {
		...{ name: 'a kiosk', enrol: 'request', prefix: 'k' },
		...{ signing: 'entries', tls: 'client', chainOf: 'entry', hearsOfCentres: true },
	},
	centre: {
		...{ name: 'a centre', enrol: 'centre', prefix: 'c' },
		...{ signing: 'receipts', tls: 'client', chainOf: null, hearsOfCentres: true },
	},
	broker: {
		...{ name: 'a broker', enrol: 'broker', prefix: 'b' },
		...{ signing: null, tls: 'server', chainOf: null, hearsOfCentres: false },
	},
	station: {
		...{ name: 'a reading station', enrol: 'station', prefix: 's' },
		...{ signing: 'transcriptions', tls: null, chainOf: 'answer', hearsOfCentres: false },
	},
	officer: {
		...{ name: 'an officer', enrol: 'officer', prefix: 'o' },
		...{ signing: 'rulings', tls: null, chainOf: 'ruling', hearsOfCentres: false },
	},
}
