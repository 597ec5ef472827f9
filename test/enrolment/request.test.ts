import { describe, expect, test } from 'vitest'
import { readRequest, signBrokerRequest, signRequest } from '#src/enrolment/request.js'
import { signJws } from '#src/evidence/jws.js'
import { codeOf, gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'

const id = 'k-abcdefghij'
const signing = makeSigner(id)
const tls = makeSigner(id)

async function payloadOf(text: Promise<string>): Promise<Record<string, unknown>> {
	return JSON.parse(Buffer.from((await text).split('.')[1] ?? '', 'base64url').toString())
}

describe('a request', () => {
	test("of a device says id and both keys, and fits a QR code of a terminal's width", async () => {
		const text = await signRequest('device', signing, tls)
		const read = gotten(readRequest(text))
		expect(read).toMatchObject({ text, id, role: 'device', names: [] })
		expect(read.signing?.equals(signing.publicKey)).toBe(true)
		expect(read.tls?.equals(tls.publicKey)).toBe(true)
		expect(text.length).toBeLessThan(560)
	})

	test('of a broker says its names, and has a TLS key only', async () => {
		const broker = makeSigner('b-abcdefghij')
		const names = ['broker.example', '192.0.2.7', 'fd00::1']
		const read = readRequest(await signBrokerRequest(names, broker))
		expect(read).toMatchObject({ ok: true, value: { id: broker.kid, role: 'broker', names, signing: null } })
	})

	test.each(['station', 'officer'] as const)('of a %s has a signing key only', async (role) => {
		const own = makeSigner(`${role === 'station' ? 's' : 'o'}-abcdefghij`)
		const read = gotten(readRequest(await signRequest(role, own, null)))
		expect(read).toMatchObject({ id: own.kid, role, names: [], tls: null })
		expect(read.signing?.equals(own.publicKey)).toBe(true)
	})

	test('bad-payload: a station that asks for a network, a device that asks for none', async () => {
		expect(codeOf(readRequest(await signRequest('station', makeSigner('s-abcdefghij'), tls)))).toBe(
			'bad-payload',
		)
		expect(codeOf(readRequest(await signRequest('device', signing, null)))).toBe('bad-payload')
	})

	test.each(['UPPER.example', 'a b', '', '*.example', 'a..b', '-a', `${'a'.repeat(64)}.b`, 'a\nb'])(
		'bad-payload: a broker that calls itself %j',
		async (name) => {
			expect(codeOf(readRequest(await signBrokerRequest([name], makeSigner('b-abcdefghij'))))).toBe(
				'bad-payload',
			)
		},
	)

	test.each([
		['too-large', async () => 'a'.repeat(5_000)],
		['not-a-jws', async () => 'a request'],
		['foreign-typ', async () => (await signJws('head', await payloadOf(own()), signing)).text],
		['bad-signature', async () => resigned({}, makeSigner(id))],
		['bad-payload', async () => resigned({ extra: 1 })],
		['bad-payload', async () => resigned({ role: 'root' })],
		['bad-payload', async () => resigned({ signing: 'A'.repeat(43) })],
		['unknown-version', async () => resigned({ v: 2 })],
		['bad-name', async () => resigned({ id: 'k-aaaaaaaaaa' })],
		['bad-name', async () => resigned({ role: 'centre' })],
		['bad-key', async () => resigned({ tls: pointAt(0x02, 0xff) })],
		['bad-key', async () => resigned({ tls: pointAt(0x04, 0x05) })],
		['bad-key', async () => resigned({ tls: (await payloadOf(own()))['signing'] })],
		[
			'no-possession',
			async () => resigned({ tls: (await payloadOf(signRequest('device', signing, makeSigner(id))))['tls'] }),
		],
		['no-possession', async () => resigned({ tlsProof: 'A'.repeat(86) })],
	])('%s', async (code, make) => {
		expect(codeOf(readRequest(await make()))).toBe(code)
	})

	test('no-possession: the proof of another id', async () => {
		const other = { ...signing, kid: 'k-aaaaaaaaaa' }
		const { tlsProof } = await payloadOf(signRequest('device', other, tls))
		expect(codeOf(readRequest(await resigned({ tlsProof })))).toBe('no-possession')
	})
})

function own(): Promise<string> {
	return signRequest('device', signing, tls)
}

/** What `own` says, with changes, signed again. */
async function resigned(changes: object, by = signing): Promise<string> {
	return (await signJws('request', { ...(await payloadOf(own())), ...changes }, by)).text
}

function pointAt(first: number, filling: number): string {
	return Buffer.from([first, ...new Uint8Array(32).fill(filling)]).toString('base64url')
}
