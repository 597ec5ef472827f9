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
	responseAsPem,
} from '#src/enrolment/response.js'
import { issueCertificate } from '#src/enrolment/x509.js'
import { checkCertified, readCertificates } from '#src/evidence/certificate.js'
import { readPinnedCentre } from '#src/evidence/pinned-centre.js'
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
		const install: Scene['install'] = (text = responseAsPem(response), root = response.root, at = now) =>
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
		['a file', responseAsPem],
		['a QR code', responseAsCode],
	])('from %s: certificates beside their keys, the root pinned, the centre known', (_, carried) =>
		inScene(async ({ device: { directory, id }, response }) => {
			const known = knowing(response.root)
			const installed = gotten(
				await installResponse(directory, carried(response), { now, confirm: known.confirm }),
			)
			expect(installed).toEqual({ id, centre: expect.stringMatching(/^c-/) })
			expect(known.asked).toHaveLength(1)

			const at = (name: string) => join(directory, name)
			const read = async (name: string) => gotten(readCertificates(await readFile(at(name), 'utf8')))
			const [root = response.tls] = await read('root.pem')
			expect(root.raw).toEqual(response.root.raw)
			for (const [name, purpose] of [
				['certificate.pem', 'entries'],
				['tls.pem', 'client'],
				['centre.pem', 'receipts'],
			] as const) {
				expect(checkCertified(await read(name), root, purpose, now)).toMatchObject({ ok: true })
			}
			const { certificate } = gotten(await openIdentity(directory))
			expect(certificate).toBe(await readFile(at('certificate.pem'), 'utf8'))
			const pinned = await readPinnedCentre({ publicKey: at('centre.pem'), root: at('root.pem') })
			expect(gotten(pinned).id).toBe(installed.centre)
		}),
	)

	test('again: the pinned root is not asked for, and another one refused', () =>
		inScene(async ({ device: { directory, request }, response, refusal }) => {
			const { asked, confirm } = knowing(response.root)
			for (const _ of [1, 2]) {
				gotten(await installResponse(directory, responseAsPem(response), { now, confirm }))
			}
			expect(asked).toHaveLength(1)
			await inDirectory(async (elsewhere) => {
				const forged = await (await Campaign.make(elsewhere)).response(request)
				expect(await refusal(forged, gotten(readResponse(forged)).root)).toBe('foreign-root')
			})
		}))

	test.each(['root.pem', 'centre.pem', 'tls.pem', 'certificate.pem'])(
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
			gotten(await installResponse(directory, responseAsPem(response), { now, confirm }))
			expect(asked).toEqual([])
		}))

	test('before there is a centre: no centre', () =>
		inScene(
			async ({ device: { directory, id }, install }) => {
				expect(gotten(await install())).toEqual({ id, centre: null })
				expect(await readdir(directory)).not.toContain('centre.pem')
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
				const installed = await installResponse(directory, responseAsPem(response), { now, confirm })
				expect(gotten(installed)).toEqual({ id, centre: null })
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
			const installed = await installResponse(device.directory, responseAsPem(response), { now, confirm })
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
				const theirs = await Campaign.make(elsewhere)
				const foreign = await theirs.certify(request)
				const { signing: centre } = await theirs.certify((await theirs.machine('c', 'centre')).request)
				for (const other of [
					...[{ signing: foreign.signing }, { tls: foreign.tls }, { campaign: foreign.campaign }],
					{ centre },
				]) {
					expect(await refusal(await campaign.response(request, other))).toBe('foreign-certificate')
				}
			}),
		))

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
		inScene(async ({ response, refusal }) => expect(await refusal(spoil(response))).toBe(code)),
	)
})
