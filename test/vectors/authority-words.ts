/** Registries, revocations and lists of centres, good and bad. */
import {
	authority,
	type BadFields,
	badOnes,
	type Case,
	centre,
	device,
	foreignAuthority,
	offCurve,
	officer,
	otherDevice,
	otherOfficer,
	otherStation,
	station,
} from './object-vector.ts'
import { highTwin, type SeededKey, seededKey } from './seeded-key.ts'
import { base64url, headerOf, signed } from './signed.ts'

const revokedAt = '2024-07-29T06:00:00Z'

export function revocationPayload(of: string, last: number) {
	return { v: 1, device: of, last, reason: 'stolen', time: revokedAt }
}

function listed({ id, spki }: SeededKey) {
	return { id, spki: base64url(spki) }
}

function registryPayload(issue: number, devices: readonly SeededKey[], revocations: readonly object[] = []) {
	return { v: 1, issue, time: revokedAt, devices: devices.map(listed), revocations }
}

export function revocationOf(of: string, last: number, by: SeededKey = authority): string {
	return signed(by, headerOf('revocation', by.id), revocationPayload(of, last))
}

export function registryOf(
	issue: number,
	devices: readonly SeededKey[],
	revocations: readonly object[] = [],
	by: SeededKey = authority,
): string {
	return signed(by, headerOf('registry', by.id), registryPayload(issue, devices, revocations))
}

/** The same with stations and officers. */
export function registryWithPeople(
	issue: number,
	{ devices, stations = [], officers = [], revocations = [] }: ListedPeople,
): string {
	const payload = registryPayload(issue, devices, revocations)
	const people = { stations: stations.map(listed), officers: officers.map(listed) }
	return signed(authority, headerOf('registry', authority.id), { ...payload, ...people })
}

interface ListedPeople {
	readonly devices: readonly SeededKey[]
	readonly stations?: readonly SeededKey[]
	readonly officers?: readonly SeededKey[]
	readonly revocations?: readonly object[]
}

const header = headerOf('revocation', authority.id)
const revocation = revocationPayload(device.id, 12)
const impostor = seededKey(authority.id, 'impostor of the authority')

export const revocations: readonly Case[] = [
	['good', null, signed(authority, header, revocation)],
	['good: not one entry is', null, signed(authority, header, { ...revocation, last: 0 })],
	['good: with a field more', null, signed(authority, header, { ...revocation, note: 'x' })],
	['by another key', 'bad-signature', signed(impostor, header, revocation)],
	['by the authority of another campaign', 'bad-signature', revocationOf(device.id, 12, foreignAuthority)],
	['by the device itself', 'bad-signature', revocationOf(device.id, 12, device)],
	['malleable: the high twin', 'high-s', signed(authority, header, revocation, highTwin)],
	['version 2', 'unknown-version', signed(authority, header, { ...revocation, v: 2 })],
	[
		'key twice',
		'duplicate-key',
		signed(authority, header, JSON.stringify(revocation).replace('{', '{"last":99,')),
	],
	['a registry where a revocation should be', 'foreign-typ', registryOf(1, [device])],
	...badOnes(revocation, authority, 'revocation', [
		['device', undefined, 'K'],
		['last', undefined, -1, '12', 1.5, null],
		['reason', undefined, 'whim'],
		['time', 'now'],
	]),
]

const registryHeader = headerOf('registry', authority.id)
const registry = registryPayload(3, [device, otherDevice], [{ ...revocation, v: undefined }])
const compressed = Buffer.from(device.compressedPem.split('\n').slice(1, -2).join(''), 'base64')
const badFields: BadFields = [
	['issue', undefined, 0, '3'],
	['time', '2024-07-29'],
	['devices', undefined, {}, [listed(device), listed({ ...otherDevice, id: device.id })]],
	['devices.0.id', 'K'],
	['devices.0.spki', undefined, 'x', base64url(offCurve), base64url(compressed), `${listed(device).spki}==`],
	['revocations', undefined, [{ device: device.id }]],
	['revocations.0.reason', 'whim'],
	['revocations.0.last', -1],
]

const people = { devices: [device], stations: [station, otherStation], officers: [officer, otherOfficer] }
const withPeople = {
	...registry,
	stations: [listed(station), listed(otherStation)],
	officers: [listed(officer)],
}
const crowdOfPeople = (count: number) =>
	Array.from({ length: count }, (_, number) => ({ ...listed(station), id: `s-crowd-${number}` }))
const badPeople: BadFields = (['stations', 'officers'] as const).flatMap((role) => [
	[role, null, {}, [listed(station), listed(station)]] as const,
	[`${role}.0.id`, undefined, 'S', device.id, role === 'stations' ? officer.id : station.id] as const,
	[`${role}.0.spki`, undefined, base64url(offCurve)] as const,
])

/** Longer than any other object may be. */
const crowd = Array.from({ length: 320 }, (_, number) => ({ ...device, id: `k-crowd-${number}` }))

export const registries: readonly Case[] = [
	['good', null, signed(authority, registryHeader, registry)],
	['good: of nobody', null, registryOf(1, [])],
	['good: of three hundred and twenty', null, registryOf(1, crowd)],
	['by another key', 'bad-signature', signed(impostor, registryHeader, registry)],
	['by the authority of another campaign', 'bad-signature', registryOf(3, [device], [], foreignAuthority)],
	['version 2', 'unknown-version', signed(authority, registryHeader, { ...registry, v: 2 })],
	['a revocation where a registry should be', 'foreign-typ', revocationOf(device.id, 12)],
	...badOnes(registry, authority, 'registry', badFields),
	['good: with stations and officers', null, registryWithPeople(3, people)],
	['good: with stations and officers that are nobody', null, registryWithPeople(3, { devices: [device] })],
	[
		'with more stations than may be',
		'bad-payload',
		signed(authority, registryHeader, { ...registry, stations: crowdOfPeople(501) }),
	],
	...badOnes(withPeople, authority, 'registry', badPeople, 'with people, '),
]

interface RevokedCentre {
	readonly id: string
	readonly reason: string
}

function centresPayload(issue: number, centres: readonly SeededKey[], revoked: readonly RevokedCentre[]) {
	return { v: 1, issue, time: revokedAt, centres: centres.map(listed), revoked }
}

export function centresOf(
	issue: number,
	centres: readonly SeededKey[],
	revoked: readonly RevokedCentre[] = [],
	by: SeededKey = authority,
): string {
	return signed(by, headerOf('centres', by.id), centresPayload(issue, centres, revoked))
}

const secondCentre = seededKey('c-vectors-b')
const exposed = { id: 'c-exposed', reason: 'key-exposed' }
const centres = centresPayload(3, [centre, secondCentre], [exposed])
const manyCentres = Array.from({ length: 65 }, (_, number) => ({ ...centre, id: `c-crowd-${number}` }))
const manyRevoked = Array.from({ length: 257 }, (_, number) => ({ ...exposed, id: `c-gone-${number}` }))

export const centreLists: readonly Case[] = [
	['good', null, signed(authority, headerOf('centres', authority.id), centres)],
	['good: of nobody', null, centresOf(1, [])],
	['good: of as many as may be', null, centresOf(1, manyCentres.slice(1), manyRevoked.slice(1))],
	[
		'good: with a field more',
		null,
		signed(authority, headerOf('centres', authority.id), { ...centres, note: 'x' }),
	],
	['by another key', 'bad-signature', signed(impostor, headerOf('centres', authority.id), centres)],
	['by the authority of another campaign', 'bad-signature', centresOf(3, [centre], [], foreignAuthority)],
	['by the centre itself', 'bad-signature', centresOf(3, [centre], [], centre)],
	[
		'malleable: the high twin',
		'high-s',
		signed(authority, headerOf('centres', authority.id), centres, highTwin),
	],
	[
		'version 2',
		'unknown-version',
		signed(authority, headerOf('centres', authority.id), { ...centres, v: 2 }),
	],
	['a registry where a list of centres should be', 'foreign-typ', registryOf(1, [device])],
	...badOnes(centres, authority, 'centres', [
		['issue', undefined, 0, '3', 1.5],
		['time', undefined, '2024-07-29'],
		['centres', undefined, {}, manyCentres.map(listed), [listed(centre), listed(centre)]],
		['centres.0.id', undefined, 'C', exposed.id],
		['centres.0.spki', undefined, 'x', base64url(offCurve), base64url(compressed)],
		['revoked', undefined, {}, manyRevoked, [exposed, exposed]],
		['revoked.0.id', undefined, 'C'],
		['revoked.0.reason', undefined, 'whim'],
	]),
]
