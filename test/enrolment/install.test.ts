import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeBrokerIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import { installResponse } from '#src/enrolment/install.js'
import { signRequest } from '#src/enrolment/request.js'
import {
	type EnrolmentResponse,
	readResponse,
	responseAsCode,
	responseAsPem,
} from '#src/enrolment/response.js'
import { issueCertificate } from '#src/enrolment/x509.js'
import { checkCertified, readCertificates } from '#src/evidence/certificate.js'
import { readPinnedCentre } from '#src/evidence/pinned-centre.js'
import { inDirectory } from '../support/in-directory.ts'
import { makeSigner } from '../support/test-identity.ts'
import { Campaign, day, gotten, knowing, now, pem } from './campaign.ts'

interface Scene {
	readonly campaign: Campaign
	readonly device: Awaited<ReturnType<Campaign['machine']>>
	readonly response: EnrolmentResponse
}

const inScene = (work: (scene: Scene) => Promise<void>, { centre = true, days = 30 } = {}) =>
	inDirectory(async (directory) => {
		const campaign = await Campaign.make(directory, { days })
		if (centre) await campaign.certify((await campaign.machine('centre', 'centre')).request)
		const device = await campaign.machine('kiosk')
		await work({ campaign, device, response: await campaign.certify(device.request) })
	})

/** The code of the refusal, after which nothing was put in. */
async function refusal(
	directory: string,
	text: string,
	{ root, at = now }: { readonly root: EnrolmentResponse['root'] | null; readonly at?: number },
): Promise<string> {
	const before = await readdir(directory)
	const installed = await installResponse(directory, text, { now: at, confirm: knowing(root).confirm })
	expect(await readdir(directory)).toEqual(before)
	return installed.ok ? 'installed' : installed.fault.code
}

describe('installing', () => {
	test.each([
		['a file', responseAsPem],
		['a QR code', responseAsCode],
	])('from %s: certificates beside their keys, the root pinned, the centre known', (_, carried) =>
		inScene(async ({ device, response }) => {
			const { directory } = device
			const known = knowing(response.root)
			const installed = gotten(
				await installResponse(directory, carried(response), { now, confirm: known.confirm }),
			)
			expect(installed).toEqual({ id: device.id, centre: expect.stringMatching(/^c-/) })
			expect(known.asked).toHaveLength(1)

			const [root = response.tls] = gotten(readCertificates(await pem(join(directory, 'root.pem'))))
			expect(root.raw).toEqual(response.root.raw)
			for (const [name, purpose] of [
				['certificate.pem', 'entries'],
				['tls.pem', 'client'],
				['centre.pem', 'receipts'],
			] as const) {
				const chain = gotten(readCertificates(await pem(join(directory, name))))
				expect(checkCertified(chain, root, purpose, now)).toMatchObject({ ok: true })
			}
			expect(gotten(await openIdentity(directory)).certificate).toBe(
				await pem(join(directory, 'certificate.pem')),
			)
			expect(
				gotten(
					await readPinnedCentre({
						publicKey: join(directory, 'centre.pem'),
						root: join(directory, 'root.pem'),
					}),
				).id,
			).toBe(installed.centre)
		}),
	)

	test('again: the pinned root is not asked for, and another one refused', () =>
		inScene(async ({ device: { directory, request }, response }) => {
			const known = knowing(response.root)
			for (const _ of [1, 2]) {
				gotten(await installResponse(directory, responseAsPem(response), { now, confirm: known.confirm }))
			}
			expect(known.asked).toHaveLength(1)
			await inDirectory(async (elsewhere) => {
				const foreign = await Campaign.make(elsewhere)
				const forged = await foreign.response(request)
				const { root } = gotten(readResponse(forged))
				expect(await refusal(directory, forged, { root })).toBe('foreign-root')
			})
		}))

	test.each(['root.pem', 'centre.pem', 'tls.pem', 'certificate.pem'])(
		'cut off at %s: what is there is whole, and doing it again completes it',
		(name) =>
			inScene(async ({ device: { directory }, response }) => {
				const text = responseAsPem(response)
				const { confirm } = knowing(response.root)
				await mkdir(join(directory, `${name}.new`))
				expect(await installResponse(directory, text, { now, confirm })).toMatchObject({
					fault: { code: 'not-writable' },
				})
				expect(await readdir(directory)).not.toContain(name)
				expect((await openIdentity(directory)).ok).toBe(true)
				await rmdir(join(directory, `${name}.new`))
				expect((await installResponse(directory, text, { now, confirm })).ok).toBe(true)
				expect(gotten(await openIdentity(directory)).certificate).not.toBeNull()
			}),
	)

	test('a root that was put there before is not asked for', () =>
		inScene(async ({ campaign, device: { directory }, response }) => {
			await copyFile(join(campaign.authority, 'root.pem'), join(directory, 'root.pem'))
			const known = knowing(null)
			gotten(await installResponse(directory, responseAsPem(response), { now, confirm: known.confirm }))
			expect(known.asked).toEqual([])
		}))

	test('before there is a centre: no centre', () =>
		inScene(
			async ({ device: { directory, id }, response }) => {
				const { confirm } = knowing(response.root)
				const installed = await installResponse(directory, responseAsPem(response), { now, confirm })
				expect(gotten(installed)).toEqual({ id, centre: null })
				expect(await readdir(directory)).not.toContain('centre.pem')
			},
			{ centre: false },
		))

	test('of a centre, and of a broker, which signs nothing', () =>
		inScene(async ({ campaign }) => {
			const centre = await campaign.machine('c', 'centre')
			const broker = join(campaign.directory, 'b')
			const { request, id } = gotten(await makeBrokerIdentity(broker, ['localhost'], randomBytes))
			for (const [directory, asked, expected] of [
				[centre.directory, centre.request, centre.id],
				[broker, request, id],
			] as const) {
				const response = await campaign.certify(asked)
				const { confirm } = knowing(response.root)
				const installed = await installResponse(directory, responseAsPem(response), { now, confirm })
				expect(gotten(installed)).toEqual({ id: expected, centre: null })
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
		inScene(async ({ device: { directory }, response }) => {
			const { confirm } = knowing(response.root)
			expect(await installResponse(directory, responseAsPem(response), { now: at, confirm })).toMatchObject({
				ok: true,
			})
		}),
	)
})

describe('refused', () => {
	test('foreign-root: nobody knows the words', () =>
		inScene(async ({ device, response }) => {
			expect(await refusal(device.directory, responseAsPem(response), { root: null })).toBe('foreign-root')
		}))

	test('other-key: the request was swapped for one with the same id, and nobody compared the words', () =>
		inDirectory(async (directory) => {
			const campaign = await Campaign.make(directory)
			const { id, ...device } = await campaign.machine('kiosk')
			const swapped = await signRequest('device', makeSigner(id), makeSigner(id))
			const response = await campaign.certify(swapped)
			expect(await refusal(device.directory, responseAsPem(response), response)).toBe('other-key')
		}))

	test('other-name: the response of another machine', () =>
		inScene(async ({ campaign, device, response: { root } }) => {
			const other = await campaign.machine('other')
			expect(await refusal(device.directory, await campaign.response(other.request), { root })).toBe(
				'other-name',
			)
		}))

	test('certificate-expired: by the clock, and by the build where the clock says less', () =>
		inScene(async ({ device, response }) => {
			const { root } = response
			const text = responseAsPem(response)
			expect(await refusal(device.directory, text, { root, at: now + 31 * day })).toBe('certificate-expired')
		}))

	test('certificate-expired: issued by an authority that had run out, even at 1970', () =>
		inScene(async ({ campaign, device, response: { root } }) => {
			const late = await campaign.use(async (authority) => {
				const identity = gotten(await openIdentity(device.directory))
				const wanted = { id: device.id, validity: { from: now + 60 * day, to: now + 90 * day } }
				return issueCertificate(
					{ ...wanted, publicKey: identity.signer.publicKey, serial: randomBytes(16), purpose: 'entries' },
					authority.signer,
				)
			})
			const text = await campaign.response(device.request, { signing: late })
			expect(await refusal(device.directory, text, { root, at: 0 })).toBe('certificate-expired')
		}))

	test('foreign-certificate: one by another campaign among those of ours', () =>
		inScene(async ({ campaign, device, response: { root } }) =>
			inDirectory(async (elsewhere) => {
				const foreign = await (await Campaign.make(elsewhere)).certify(device.request)
				for (const other of [
					{ signing: foreign.signing },
					{ tls: foreign.tls },
					{ campaign: foreign.campaign },
				]) {
					const text = await campaign.response(device.request, other)
					expect(await refusal(device.directory, text, { root })).toBe('foreign-certificate')
				}
				const centre = await foreignCentre()
				const text = await campaign.response(device.request, { centre })
				expect(await refusal(device.directory, text, { root })).toBe('foreign-certificate')
			}),
		))

	test("wrong-purpose: a device's certificate for a centre, a broker's for a client", () =>
		inScene(async ({ campaign, device, response }) => {
			const { root } = response
			const broker = gotten(
				await makeBrokerIdentity(join(campaign.directory, 'b'), ['localhost'], randomBytes),
			)
			const { tls } = await campaign.certify(broker.request)
			const text = await campaign.response(device.request, { tls })
			expect(await refusal(device.directory, text, { root })).toBe('wrong-purpose')
			await writeFile(
				join(device.directory, 'identity.json'),
				JSON.stringify({ id: device.id, role: 'centre' }),
			)
			expect(await refusal(device.directory, responseAsPem(response), { root })).toBe('wrong-purpose')
		}))

	test('key-exposed, key-missing: a key that others can read, or that is gone', () =>
		inScene(async ({ device: { directory }, response }) => {
			const text = responseAsPem(response)
			for (const name of ['key.pem', 'tls-key.pem']) {
				await chmod(join(directory, name), 0o640)
				expect(await refusal(directory, text, { root: response.root })).toBe('key-exposed')
				await chmod(join(directory, name), 0o600)
			}
			await rm(join(directory, 'tls-key.pem'))
			expect(await refusal(directory, text, { root: response.root })).toBe('key-missing')
		}))

	test.each<[string, (response: EnrolmentResponse) => string]>([
		['not-a-certificate', () => 'yes'],
		['not-a-certificate', (response) => responseAsPem(response).replace(/[A-Z]{8}/, 'AAAAAAAA')],
		['not-a-certificate', (response) => responseAsPem(response).repeat(2)],
		['not-a-response', ({ root }) => root.toString()],
		['not-a-response', (response) => responseAsPem(response).replace(response.tls.toString(), '')],
		['not-a-response', (response) => responseAsPem(response).replace(String(response.signing), '')],
		['not-a-response', () => 'TESTIGO-1:'],
		['not-a-response', (response) => responseAsCode(response).slice(0, -9)],
		['not-a-response', (response) => `${responseAsCode(response)}=`],
	])('%s: a response that is none', (code, spoil) =>
		inScene(async ({ device, response }) => {
			expect(await refusal(device.directory, spoil(response), { root: response.root })).toBe(code)
		}),
	)
})

async function foreignCentre() {
	return inDirectory(async (directory) => {
		const foreign = await Campaign.make(directory)
		return (await foreign.certify((await foreign.machine('centre', 'centre')).request)).signing
	})
}
