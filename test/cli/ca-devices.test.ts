/** From the authority's laptop to the centre, by the files that a technician carries. */
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readResponse } from '#src/enrolment/response.js'
import { CentreList } from '#src/evidence/authority/centre-list.js'
import { DeviceRegistry } from '#src/evidence/authority/registry.js'
import { Revocation } from '#src/evidence/authority/revocation.js'
import { readAuthority, readVouchedKey } from '#src/evidence/keys/certified-key.js'
import { openObject } from '#src/evidence/open.js'
import { testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('testigo ca revoke, list, registry: what is carried to the centre and its broker', {
	timeout: 120_000,
}, async () => {
	const directory = await temporaryFolder()
	const at = (...names: string[]) => join(directory, ...names)
	const ca = (...words: string[]) => testigo('ca', ...words, '--dir', at('ca'))
	const [, campaign = ''] = (await ca('init')).out.split('\n')
	const certified: string[] = []
	for (const [role, name] of [
		['request', 'kiosk'],
		['request', 'lost'],
		['centre', 'centre'],
		['station', 'station'],
		['officer', 'officer'],
	] as const) {
		const [id = '', , request = '', words = ''] = (await testigo('enrol', role, '--dir', at(name))).out.split(
			'\n',
		)
		expect(await ca('sign', request, '--words', words)).toMatchObject({ status: 0 })
		certified.push(id)
	}
	const [kiosk = '', lost = '', centre = '', station = '', officer = ''] = certified

	expect(await ca('registry')).toMatchObject({
		status: 0,
		out: ['registry.jws', 'authority.pem', 'crl.pem', 'centres.jws', '']
			.map((name) => name && at('ca', name))
			.join('\n'),
	})
	expect(await ca('revoke', lost, '--last', '12', '--reason', 'stolen')).toMatchObject({ status: 0 })
	expect(await ca('revoke', centre, '--reason', 'key-exposed')).toMatchObject({ status: 0 })
	expect(await ca('revoke', 'k-nobody', '--last', '1', '--reason', 'lost')).toMatchObject({
		status: 1,
		out: '',
	})
	// Nothing undoes a revocation; an earlier one may still follow.
	expect(await ca('revoke', lost, '--last', '13', '--reason', 'lost')).toMatchObject({ status: 1, out: '' })
	expect(await ca('revoke', lost, '--last', '7', '--reason', 'key-exposed')).toMatchObject({ status: 0 })

	expect(await ca('revoke', station, '--reason', 'lost')).toMatchObject({
		status: 2,
		err: expect.stringContaining('last good answer'),
	})
	expect(await ca('revoke', station, '--last', '3', '--reason', 'lost')).toMatchObject({ status: 0 })

	const authority = readAuthority(await readFile(at('ca', 'authority.pem'), 'utf8'))
	if (!authority.ok) throw new Error(authority.fault.detail)
	const by = { id: campaign, publicKey: authority.value.publicKey }
	const registry = openObject(
		(await readFile(at('ca', 'registry.jws'), 'utf8')).trimEnd(),
		'registry',
		by,
		DeviceRegistry,
	)
	expect(registry).toMatchObject({
		ok: true,
		value: {
			payload: {
				issue: 5,
				devices: [kiosk, lost].toSorted().map((id) => ({ id })),
				stations: [{ id: station }],
				officers: [{ id: officer }],
				revocations: [
					{ device: lost, last: 7, reason: 'key-exposed' },
					{ device: station, last: 3, reason: 'lost' },
				],
			},
		},
	})
	const revocation = (await readFile(at('ca', 'revocations', `${lost}.jws`), 'utf8')).trimEnd()
	expect(openObject(revocation, 'revocation', by, Revocation)).toMatchObject({
		ok: true,
		value: { payload: { last: 7 } },
	})
	const centres = new CentreList(authority.value.publicKey, null)
	expect(gotten(centres.take((await readFile(at('ca', 'centres.jws'), 'utf8')).trimEnd()))).toBe(true)
	expect([centres.issue, centres.centres, centres.revoked]).toEqual([
		...[2, []],
		[{ id: centre, reason: 'key-exposed' }],
	])
	// Its number rises only when it changes.
	expect(await ca('centres')).toMatchObject({ status: 0, out: `${at('ca', 'centres.jws')}\n` })
	expect(JSON.parse((await ca('list', '--json')).out)).toMatchObject({ registry: 5, centres: 2 })

	const crl = execFileSync('openssl', ['crl', '-in', at('ca', 'crl.pem'), '-noout', '-text'], {
		encoding: 'utf8',
	})
	// Of device and centre the certificate to sign with, and that for connections; a station has none of these.
	expect(crl.match(/Serial Number: /g)).toHaveLength(5)

	const list = JSON.parse((await ca('list', '--json')).out)
	expect(list).toMatchObject({
		campaign,
		registry: 5,
		issued: [
			{ id: kiosk, role: 'device', revoked: null },
			{ id: lost, role: 'device', revoked: { last: 7, reason: 'key-exposed' } },
			{ id: centre, role: 'centre', revoked: { last: null, reason: 'key-exposed' } },
			{ id: station, role: 'station', revoked: { last: 3, reason: 'lost' } },
			{ id: officer, role: 'officer', revoked: null },
		],
	})
	expect((await ca('list')).out).toMatch(
		new RegExp(`${lost}  device  .*REVOKED .* \\(key-exposed, good up to 7\\)\n`),
	)

	// The certificates are what the verifiers take beside authority.pem, and for nothing else.
	const answered = await readFile(at('ca', 'responses', `${kiosk}.jws`), 'utf8')
	const { root, campaign: issuer, tls, signing } = gotten(readResponse(answered.trimEnd()))
	const codes = [root, issuer, tls, signing].map((certificate) => {
		const read = readVouchedKey(String(certificate), authority.value, 'entries')
		return read.ok ? read.value.id : read.fault.code
	})
	expect(codes).toContain(kiosk)
	expect(new Set(codes)).toEqual(new Set([kiosk, 'wrong-purpose', 'foreign-certificate']))
})

test('testigo ca revoke and registry, used wrongly', { timeout: 60_000 }, async () => {
	const directory = await temporaryFolder()
	expect(await testigo('ca', 'registry', '--dir', directory)).toMatchObject({ status: 3, out: '' })
	const whim = await testigo('ca', 'revoke', 'k-one', '--last', '1', '--reason', 'whim', '--dir', directory)
	expect(whim).toMatchObject({ status: 2, out: '' })
})
