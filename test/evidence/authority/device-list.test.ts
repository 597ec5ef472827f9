import { expect, test } from 'vitest'
import { DeviceList } from '#src/evidence/authority/device-list.js'
import { DeviceRegistry, registered } from '#src/evidence/authority/registry.js'
import { signRevocation } from '#src/evidence/authority/revocation.js'
import { signJws } from '#src/evidence/jws.js'
import { codeOf, gotten } from '../../support/result.ts'
import { makeSigner } from '../../support/test-identity.ts'

const authority = makeSigner('a-campaign')
const [kiosk, station, officer] = [makeSigner('k-kiosk'), makeSigner('s-reads'), makeSigner('o-rules')]
const time = '2024-07-28T23:00:00Z'

interface Said {
	readonly devices?: readonly object[]
	readonly stations?: readonly object[]
	readonly officers?: readonly object[]
}

async function registry(issue: number, { devices = [], ...people }: Said): Promise<string> {
	return (await signJws('registry', { v: 1, issue, time, devices, ...people, revocations: [] }, authority))
		.text
}

const listed = {
	devices: [registered(kiosk)],
	stations: [registered(station)],
	officers: [registered(officer)],
}

test('each is known in its own list only', async () => {
	const list = new DeviceList(authority.publicKey)
	gotten(list.take(await registry(1, listed)))
	const roles = [kiosk, station, officer].map(({ id }) =>
		[list.known(id), list.station(id), list.officer(id)].map((known) => known?.id ?? null),
	)
	expect(roles).toEqual([
		[kiosk.id, null, null],
		[null, station.id, null],
		[null, null, officer.id],
	])
	expect([...list.ids()]).toEqual([kiosk.id])
})

test('a registry of before, without stations and officers, is taken as it was', async () => {
	const list = new DeviceList(authority.publicKey)
	gotten(list.take(await registry(1, { devices: listed.devices })))
	gotten(list.take(await registry(2, listed)))
	expect(list.station(station.id)?.publicKey.equals(station.publicKey)).toBe(true)
})

test.each<[string, Said]>([
	['a device and a station', { devices: [registered(kiosk)], stations: [registered(kiosk)] }],
	['a device and an officer', { devices: [registered(kiosk)], officers: [registered(kiosk)] }],
	['a station and an officer', { stations: [registered(station)], officers: [registered(station)] }],
	[
		'two under other keys',
		{ stations: [registered(station)], officers: [registered({ ...officer, id: station.id })] },
	],
	['one twice', { stations: [registered(station), registered(station)] }],
])('bad-payload: a registry in which one id is %s', async (_, said) => {
	const list = new DeviceList(authority.publicKey)
	expect(list.take(await registry(1, said))).toMatchObject({
		fault: { code: 'bad-payload', detail: expect.stringContaining('an id stands twice') },
	})
	expect(
		DeviceRegistry.safeParse({ v: 1, issue: 1, time, devices: [], ...said, revocations: [] }).success,
	).toBe(false)
})

test('id-reused: what was a device is no station later, nor an officer', async () => {
	const list = new DeviceList(authority.publicKey)
	gotten(list.take(await registry(1, listed)))
	expect(codeOf(list.take(await registry(2, { stations: [registered(kiosk)] })))).toBe('id-reused')
	expect(codeOf(list.take(await registry(2, { officers: [registered(station)] })))).toBe('id-reused')
	expect(
		codeOf(list.take(await registry(2, { stations: [registered({ ...officer, id: station.id })] }))),
	).toBe('id-reused')
})

test('a station and an officer are revoked as a device is', async () => {
	const list = new DeviceList(authority.publicKey)
	gotten(list.take(await registry(1, listed)))
	for (const { id } of [station, officer]) {
		const revocation = { v: 1, device: id, last: 3, reason: 'lost', time } as const
		expect(gotten(list.take((await signRevocation(revocation, authority)).text))).toHaveLength(1)
		expect([3, 4].map((seq) => list.isRevoked(id, seq))).toEqual([false, true])
	}
})
