import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeBrokerIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import { installResponse } from '#src/enrolment/install.js'
import { signRequest } from '#src/enrolment/request.js'
import {
	type EnrolmentResponse,
	readResponse,
	responseAsCode,
	signResponse,
} from '#src/enrolment/response.js'
import { issueCertificate } from '#src/enrolment/x509.js'
import { CentreList } from '#src/evidence/authority/centre-list.js'
import { type Centres, signCentres } from '#src/evidence/authority/centres.js'
import { readCentreList } from '#src/evidence/authority/pinned-centre.js'
import { checkCertified, readCertificates } from '#src/evidence/keys/certificate.js'
import { KeyFileSigner } from '#src/evidence/signer.js'
import { Campaign, day, knowing, now } from '../support/campaign.ts'
import { inDirectory } from '../support/in-directory.ts'
import { codeOf, gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'

interface Scene {
	readonly campaign: Campaign
	readonly device: Awaited<ReturnType<Campaign['machine']>>
	readonly response: EnrolmentResponse
	readonly root: EnrolmentResponse['root']
	/** The response, or another text, put in by somebody who knows the campaign's root, or another one. */
	install(
		text?: string,
		root?: EnrolmentResponse['root'] | null,
		at?: number,
	): ReturnType<typeof installResponse>
	/** The code of the refusal, after which nothing was put in. */
	refusal(text?: string, root?: EnrolmentResponse['root'] | null, at?: number): Promise<string>
}

const inScene = (work: (scene: Scene) => Promise<void>, { centre = true, days = 30 } = {}) =>
	inDirectory(async (directory) => {
		const campaign = await Campaign.make(directory, { days })
		if (centre) await campaign.certify((await campaign.machine('centre', 'centre')).request)
		const device = await campaign.machine('kiosk')
		const response = await campaign.certify(device.request)
		const install: Scene['install'] = (text = response.text, root = response.root, at = now) =>
			installResponse(device.directory, text, { now: at, confirm: knowing(root).confirm })
		const refusal: Scene['refusal'] = async (...what) => {
			const before = await readdir(device.directory)
			const code = codeOf(await install(...what))
			expect(await readdir(device.directory)).toEqual(before)
			return code
		}
		await work({ campaign, device, response, root: response.root, install, refusal })
	})

describe('installing', () => {
	test.each([
		['station', 'transcriptions'],
		['officer', 'rulings'],
	] as const)('a %s gets one certificate, for %s, and no list of centres', (role, purpose) =>
		inScene(async ({ campaign }) => {
			const { directory, id, request } = await campaign.machine('laptop', role)
			const response = await campaign.certify(request)
			expect(response).toMatchObject({ tls: null, centres: null })
			expect(gotten(readResponse(responseAsCode(response))).text).toBe(response.text)
			const { confirm } = knowing(response.root)
			expect(gotten(await installResponse(directory, response.text, { now, confirm }))).toEqual({
				id,
				centres: null,
			})
			expect((await readdir(directory)).toSorted()).toEqual([
				...['authority.pem', 'certificate.pem', 'identity.json', 'key.pem', 'public.pem', 'request.txt'],
				'root.pem',
			])
			const certificate = gotten(readCertificates(await readFile(join(directory, 'certificate.pem'), 'utf8')))
			expect(gotten(checkCertified(certificate, response.root, purpose, now)).id).toBe(id)
			expect(codeOf(checkCertified(certificate, response.root, 'entries', now))).toBe('wrong-purpose')
			expect(gotten(await openIdentity(directory)).role).toBe(role)
		}),
	)

	test.each([
		['a file', ({ text }: EnrolmentResponse) => text],
		['a QR code', responseAsCode],
	])('from %s: certificates beside their keys, the root pinned, the centres known', (_, carried) =>
		inScene(async ({ device: { directory, id }, response }) => {
			const known = knowing(response.root)
			const installed = gotten(
				await installResponse(directory, carried(response), { now, confirm: known.confirm }),
			)
			expect(installed).toEqual({ id, centres: [expect.stringMatching(/^c-/)] })
			expect(known.asked).toHaveLength(1)

			const at = (name: string) => join(directory, name)
			const read = async (name: string) => gotten(readCertificates(await readFile(at(name), 'utf8')))
			const [root = response.root] = await read('root.pem')
			expect(root.raw).toEqual(response.root.raw)
			for (const [name, purpose] of [
				['certificate.pem', 'entries'],
				['tls.pem', 'client'],
			] as const) {
				expect(checkCertified(await read(name), root, purpose, now)).toMatchObject({ ok: true })
			}
			const { certificate } = gotten(await openIdentity(directory))
			expect(certificate).toBe(await readFile(at('certificate.pem'), 'utf8'))
			const list = gotten(await readCentreList({ publicKey: at('centre.pem'), root: at('root.pem') }))
			expect([list.issue, list.centres.map(({ id: one }) => one)]).toEqual([1, installed.centres])
		}),
	)

	test('again: the pinned root is not asked for, and another one refused', () =>
		inScene(async ({ device: { directory, request }, response, refusal }) => {
			const { asked, confirm } = knowing(response.root)
			for (const _ of [1, 2]) {
				gotten(await installResponse(directory, response.text, { now, confirm }))
			}
			expect(asked).toHaveLength(1)
			await inDirectory(async (elsewhere) => {
				const forged = await (await Campaign.make(elsewhere)).response(request)
				expect(await refusal(forged, gotten(readResponse(forged)).root)).toBe('foreign-root')
			})
		}))

	test.each(['root.pem', 'centres.jws', 'authority.pem', 'tls.pem', 'certificate.pem'])(
		'cut off at %s: what is there is whole, and doing it again completes it',
		(name) =>
			inScene(async ({ device: { directory }, install }) => {
				await mkdir(join(directory, `${name}.new`))
				expect(codeOf(await install())).toBe('not-writable')
				expect(await readdir(directory)).not.toContain(name)
				expect(codeOf(await openIdentity(directory))).toBe('ok')
				await rmdir(join(directory, `${name}.new`))
				expect(codeOf(await install())).toBe('ok')
				expect(gotten(await openIdentity(directory)).certificate).not.toBeNull()
			}),
	)

	test('a root that was put there before is not asked for', () =>
		inScene(async ({ campaign, device: { directory }, response }) => {
			await copyFile(join(campaign.authority, 'root.pem'), join(directory, 'root.pem'))
			const { asked, confirm } = knowing(null)
			gotten(await installResponse(directory, response.text, { now, confirm }))
			expect(asked).toEqual([])
		}))

	test('before there is a centre: no centre', () =>
		inScene(
			async ({ device: { directory, id }, install }) => {
				expect(gotten(await install())).toEqual({ id, centres: [] })
				expect(await readdir(directory)).not.toContain('centres.jws')
			},
			{ centre: false },
		))

	test('of a centre, and of a broker, which signs nothing', () =>
		inScene(async ({ campaign }) => {
			const broker = join(campaign.directory, 'b')
			const made = gotten(await makeBrokerIdentity(broker, ['localhost'], randomBytes))
			for (const { directory, request, id } of [
				await campaign.machine('c', 'centre'),
				{ ...made, directory: broker },
			]) {
				const response = await campaign.certify(request)
				const { confirm } = knowing(response.root)
				const installed = gotten(await installResponse(directory, response.text, { now, confirm }))
				// Of a centre's own response it is one of them.
				expect([installed.id, installed.centres?.includes(id) ?? false]).toEqual([id, id.startsWith('c-')])
			}
			expect((await readdir(broker)).sort()).toEqual(
				['identity.json', 'request.txt', 'root.pem', 'tls-key.pem', 'tls.pem'].sort(),
			)
		}))

	test.each([
		['1970', 0],
		['the hour before the certificates begin', now - 3_600_000],
		['their last day', now + 29 * day],
	])('by a clock that says %s', (_, at) =>
		inScene(async ({ install, root }) => {
			expect(codeOf(await install(undefined, root, at))).toBe('ok')
		}),
	)
})

describe('refused', () => {
	test('foreign-root: nobody knows the words', () =>
		inScene(async ({ refusal }) => expect(await refusal(undefined, null)).toBe('foreign-root')))

	test('other-key: the request was swapped for one with the same id, and nobody compared the words', () =>
		inDirectory(async (directory) => {
			const campaign = await Campaign.make(directory)
			const device = await campaign.machine('kiosk')
			const [signing, tls] = [makeSigner(device.id), makeSigner(device.id)]
			const response = await campaign.certify(await signRequest('device', signing, tls))
			const before = await readdir(device.directory)
			const { confirm } = knowing(response.root)
			const installed = await installResponse(device.directory, response.text, { now, confirm })
			expect(codeOf(installed)).toBe('other-key')
			expect(await readdir(device.directory)).toEqual(before)
		}))

	test('other-name: the response of another machine', () =>
		inScene(async ({ campaign, refusal }) => {
			const other = await campaign.response((await campaign.machine('other')).request)
			expect(await refusal(other)).toBe('other-name')
		}))

	test('certificate-expired: by the clock, and by the build where the clock says less', () =>
		inScene(async ({ refusal, root }) => {
			expect(await refusal(undefined, root, now + 31 * day)).toBe('certificate-expired')
		}))

	test('certificate-expired: issued by an authority that had run out, even at 1970', () =>
		inScene(async ({ campaign, device: { id, directory, request }, refusal, root }) => {
			const { publicKey } = gotten(await openIdentity(directory)).signer
			const validity = { from: now + 60 * day, to: now + 90 * day }
			const wanted = { id, validity, publicKey, serial: randomBytes(16), purpose: 'entries' as const }
			const signing = await campaign.use(({ signer }) => issueCertificate(wanted, signer))
			const text = await campaign.response(request, { signing })
			expect(await refusal(text, root, 0)).toBe('certificate-expired')
		}))

	test('foreign-certificate: one by another campaign among those of ours', () =>
		inScene(async ({ campaign, device: { request }, refusal }) =>
			inDirectory(async (elsewhere) => {
				const foreign = await (await Campaign.make(elsewhere)).certify(request)
				for (const other of [{ signing: foreign.signing }, { tls: foreign.tls }]) {
					expect(await refusal(await campaign.response(request, other))).toBe('foreign-certificate')
				}
			}),
		))

	test('bad-signature: put together by somebody else of certificates that are all good', () =>
		inScene(async ({ device: { request }, response, refusal }) =>
			inDirectory(async (elsewhere) => {
				const theirs = await Campaign.make(elsewhere)
				const signing = await theirs.use(({ signer }) =>
					signResponse(response, response.request, response.centres, signer),
				)
				expect(await refusal(signing.text)).toBe('bad-signature')
				const [header, payload, signature] = response.text.split('.')
				const altered = Buffer.from(payload ?? '', 'base64url')
					.toString()
					.replace('"v":1', '"v":1,"x":1')
				const spoilt = [header, Buffer.from(altered).toString('base64url'), signature].join('.')
				expect(await refusal(spoilt)).toBe('bad-signature')
				expect(await refusal(await theirs.response(request))).toBe('foreign-root')
			}),
		))

	test('other-request: the answer to a request that this machine made before', () =>
		inScene(async ({ device: { directory, id }, refusal }) => {
			const { signer } = gotten(await openIdentity(directory))
			const tls = gotten(await KeyFileSigner.open(id, join(directory, 'tls-key.pem')))
			const other = await signRequest('device', signer, tls)
			await writeFile(join(directory, 'request.txt'), `${other}\n`)
			expect(await refusal()).toBe('other-request')
		}))

	test('signed-in-parts: loose certificates, as earlier versions answered, with what to do', () =>
		inScene(async ({ response, install, refusal }) => {
			const { root, campaign, tls, signing } = response
			const loose = [signing, tls, campaign, root].join('')
			for (const text of [loose, 'TESTIGO-1:7Vd5']) expect(await refusal(text)).toBe('signed-in-parts')
			expect(await install(loose)).toMatchObject({ fault: { detail: expect.stringContaining('sign again') } })
		}))

	test("wrong-purpose: a device's certificate for a centre, a broker's for a client", () =>
		inScene(async ({ campaign, device, refusal }) => {
			const asked = await makeBrokerIdentity(join(campaign.directory, 'b'), ['localhost'], randomBytes)
			const { tls } = await campaign.certify(gotten(asked).request)
			expect(await refusal(await campaign.response(device.request, { tls }))).toBe('wrong-purpose')
			const asCentre = JSON.stringify({ id: device.id, role: 'centre' })
			await writeFile(join(device.directory, 'identity.json'), asCentre)
			expect(await refusal()).toBe('wrong-purpose')
		}))

	test('key-exposed, key-missing: a key that others can read, or that is gone', () =>
		inScene(async ({ device: { directory }, refusal }) => {
			for (const name of ['key.pem', 'tls-key.pem']) {
				await chmod(join(directory, name), 0o640)
				expect(await refusal()).toBe('key-exposed')
				await chmod(join(directory, name), 0o600)
			}
			await rm(join(directory, 'tls-key.pem'))
			expect(await refusal()).toBe('key-missing')
		}))

	test.each<[string, (response: EnrolmentResponse) => string]>([
		['not-a-response', () => 'yes'],
		['bad-signature', ({ text }) => text.replace(/.{8}(?=.{78}$)/, 'AAAAAAAA')],
		['foreign-typ', ({ centres }) => centres ?? ''],
		['not-a-response', () => 'TESTIGO-2:'],
		['not-a-response', (response) => responseAsCode(response).slice(0, -9)],
		['not-a-response', (response) => `${responseAsCode(response)}=`],
	])('%s: a response that is none', (code, spoil) =>
		inScene(async ({ response, refusal }) => expect(await refusal(spoil(response))).toBe(code)),
	)

	test('not-a-response: a certificate is missing, or stands twice', () =>
		inScene(async ({ campaign, device: { request }, response, refusal }) => {
			expect(await refusal(await campaign.response(request, { signing: null }))).toBe('not-a-response')
			const twice = await campaign.response(request, { root: response.campaign })
			expect(await refusal(twice)).toBe('not-a-response')
		}))
})

describe('the list of centres in a response', () => {
	/** A response with this list. */
	const listing = (
		{ campaign, device }: Scene,
		issue: number,
		said: Partial<Centres> = {},
	): Promise<string> =>
		campaign
			.use(async ({ signer }) => {
				const time = '2026-11-23T12:00:00Z'
				return (await signCentres({ v: 1, issue, time, centres: [], revoked: [], ...said }, signer)).text
			})
			.then((centres) => campaign.response(device.request, { centres }))

	test('a revoked centre is not trusted again by the response of before its revocation', () =>
		inScene(async (scene) => {
			const { campaign, device, response, install, refusal } = scene
			const [centre = ''] = gotten(await install()).centres ?? []
			await campaign.revoke({ id: centre })
			const { text } = await campaign.certify(device.request)
			expect(gotten(await install(text)).centres).toEqual([])
			expect(await refusal(response.text)).toBe('centres-rollback')
			const at = (name: string) => join(device.directory, name)
			const list = gotten(await readCentreList({ publicKey: at('centre.pem'), root: at('root.pem') }))
			expect(codeOf(list.counted(centre))).toBe('wrong-centre')
			expect(list.revoked).toEqual([{ id: centre, reason: 'lost' }])
		}))

	test('centres-rollback: an older number; the same one again is no matter', () =>
		inScene(async (scene) => {
			const text = await listing(scene, 5)
			for (const _ of [1, 2]) expect(codeOf(await scene.install(text))).toBe('ok')
			expect(await scene.refusal(await listing(scene, 4))).toBe('centres-rollback')
		}))

	test('centres-equivocation: another list with the number of the one that is here', () =>
		inScene(async (scene) => {
			expect(codeOf(await scene.install(await listing(scene, 5)))).toBe('ok')
			const revoked = [{ id: 'c-gone', reason: 'stolen' as const }]
			expect(await scene.refusal(await listing(scene, 5, { revoked }))).toBe('centres-equivocation')
		}))

	test('bad-signature: a list by somebody else in a response of ours', () =>
		inScene(async ({ campaign, device, refusal }) =>
			inDirectory(async (elsewhere) => {
				const theirs = await Campaign.make(elsewhere)
				const { centres } = await theirs.certify((await theirs.machine('c', 'centre')).request)
				expect(await refusal(await campaign.response(device.request, { centres }))).toBe('bad-signature')
			}),
		))

	test('one that a campaign under the same root has left says nothing of its numbers', () =>
		inScene(async (scene) => {
			await scene.install()
			const foreign = makeSigner('a-before')
			const time = '2026-11-23T12:00:00Z'
			const { text } = await signCentres({ v: 1, issue: 9, time, centres: [], revoked: [] }, foreign)
			await writeFile(join(scene.device.directory, 'centres.jws'), `${text}\n`)
			expect(gotten(await scene.install()).centres).toHaveLength(1)
		}))
})

test('the code of a response with one centre needs no more room than was tried before a camera', () =>
	inScene(async ({ response }) => {
		// 133 modules a side hold 1,628 bytes, or 2,369 of these letters.
		expect(responseAsCode(response).length).toBeLessThanOrEqual(2_369)
		expect(new CentreList(response.campaign.publicKey, null).take(response.centres ?? '')).toMatchObject({
			ok: true,
		})
	}))
