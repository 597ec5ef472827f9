import { generateKeyPairSync, randomBytes, type X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { issueAuthority, issueCertificate } from '#src/enrolment/x509.js'
import { checkCertified, type Purpose, readCertificates } from '#src/evidence/keys/certificate.js'
import type { Signer } from '#src/evidence/signer.js'
import { makeSigner } from '../../support/test-identity.ts'

const day = 86_400_000
const now = Date.parse('2026-11-23T12:00:00Z')
const month = { from: now, to: now + 30 * day }

const root = makeSigner('r-aaaaaaaaaa')
const campaign = makeSigner('a-aaaaaaaaaa')
const device = makeSigner('k-aaaaaaaaaa')

const authority = (of: Signer, by: Signer, validity = month, pathLength: 0 | 1 = 0) =>
	issueAuthority({ id: of.kid, publicKey: of.publicKey, validity, serial: randomBytes(16), pathLength }, by)
const leaf = (
	of: Pick<Signer, 'kid' | 'publicKey'>,
	purpose: Purpose,
	by: Signer = campaign,
	validity = month,
) => issueCertificate({ id: of.kid, publicKey: of.publicKey, validity, serial: randomBytes(16), purpose }, by)

const rootCertificate = await authority(root, root, { from: now, to: now + 60 * day }, 1)
const campaignCertificate = await authority(campaign, root)

function verdict(
	chain: readonly X509Certificate[],
	{
		purpose = 'entries',
		at = now,
		anchor = rootCertificate,
	}: { purpose?: Purpose; at?: number; anchor?: X509Certificate },
): string {
	const checked = checkCertified(chain, anchor, purpose, at)
	return checked.ok ? checked.value.id : checked.fault.code
}

describe('a certificate', () => {
	test.each<[Purpose, string]>([
		['entries', 'k-aaaaaaaaaa'],
		['receipts', 'c-aaaaaaaaaa'],
		['client', 'k-aaaaaaaaaa'],
		['client', 'c-aaaaaaaaaa'],
		['server', 'b-aaaaaaaaaa'],
	])('for %s of %s counts for this, and for nothing else', async (purpose, id) => {
		const chain = [await leaf({ ...device, kid: id }, purpose), campaignCertificate]
		expect(verdict(chain, { purpose })).toBe(id)
		for (const other of (['entries', 'receipts', 'client', 'server'] as const).filter(
			(one) => one !== purpose,
		)) {
			expect(verdict(chain, { purpose: other })).toBe('wrong-purpose')
		}
	})

	test.each<[Purpose, string]>([
		['entries', 'c-aaaaaaaaaa'],
		['entries', 'kiosk'],
		['receipts', 'k-aaaaaaaaaa'],
		['client', 'b-aaaaaaaaaa'],
		['server', 'k-aaaaaaaaaa'],
		['entries', 'k-AAAAAAAAAA'],
	])('bad-name: for %s of %s', async (purpose, id) => {
		const chain = [await leaf({ ...device, kid: id }, purpose), campaignCertificate]
		expect(verdict(chain, { purpose })).toBe('bad-name')
	})

	test('foreign-certificate: by a stranger under the name of our campaign, by the root itself, by a device', async () => {
		const stranger = makeSigner(campaign.kid)
		expect(verdict([await leaf(device, 'entries', stranger), campaignCertificate], {})).toBe(
			'foreign-certificate',
		)
		expect(verdict([await leaf(device, 'entries', root), campaignCertificate], {})).toBe(
			'foreign-certificate',
		)
		expect(verdict([await leaf(device, 'entries', root), rootCertificate], {})).not.toBe(device.kid)
		const other = makeSigner('k-bbbbbbbbbb')
		const below = [await leaf(other, 'entries', device), await leaf(device, 'entries')]
		expect(verdict(below, {})).toBe('foreign-certificate')
	})

	test('foreign-certificate: of a campaign by another root, or below a root that is none', async () => {
		const stranger = makeSigner(root.kid)
		const theirs = await authority(campaign, stranger)
		expect(verdict([await leaf(device, 'entries'), theirs], {})).toBe('foreign-certificate')
		const chain = [await leaf(device, 'entries'), campaignCertificate]
		expect(verdict(chain, { anchor: campaignCertificate })).toBe('foreign-certificate')
	})

	test("wrong-purpose: an authority's own, used like a device's", async () => {
		const second = makeSigner('k-bbbbbbbbbb')
		expect(verdict([await authority(second, campaign), campaignCertificate], {})).toBe('wrong-purpose')
	})

	test('not-p256: a key of another curve', async () => {
		const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
		const chain = [await leaf({ kid: device.kid, publicKey }, 'entries'), campaignCertificate]
		expect(verdict(chain, {})).toBe('not-p256')
	})

	test('not-a-certificate: without its campaign', async () => {
		expect(verdict([await leaf(device, 'entries')], {})).toBe('not-a-certificate')
		expect(verdict([], {})).toBe('not-a-certificate')
	})

	test('certificate-expired: itself, its campaign or the root, by the latest time that has surely passed', async () => {
		const short = { from: now, to: now + day }
		const chain = [await leaf(device, 'entries', campaign, short), campaignCertificate]
		expect(verdict(chain, { at: now + day })).toBe(device.kid)
		expect(verdict(chain, { at: now + 2 * day })).toBe('certificate-expired')
		expect(verdict(chain, { at: 0 })).toBe(device.kid)

		const ended = await authority(campaign, root, short)
		const outlasting = await leaf(device, 'entries', campaign, { from: now, to: now + 20 * day })
		expect(verdict([outlasting, ended], { at: now + 2 * day })).toBe('certificate-expired')
		const issuedAfter = await leaf(device, 'entries', campaign, { from: now + 2 * day, to: now + 20 * day })
		expect(verdict([issuedAfter, ended], { at: 0 })).toBe('certificate-expired')

		const oldRoot = await authority(root, root, short, 1)
		const later = await authority(campaign, root, { from: now + 2 * day, to: now + 20 * day })
		expect(verdict([await leaf(device, 'entries'), later], { at: 0, anchor: oldRoot })).toBe(
			'certificate-expired',
		)
	})
})

describe('a file of certificates', () => {
	const codeOf = (text: string) => {
		const read = readCertificates(text)
		return read.ok ? read.value.length : read.fault.code
	}
	const one = rootCertificate.toString()

	test('one to eight, and nothing else', () => {
		expect(codeOf(one)).toBe(1)
		expect(codeOf(`${one}${one}`)).toBe(2)
		expect(codeOf(one.repeat(8))).toBe(8)
	})

	test.each([
		['nothing', ''],
		['nine', one.repeat(9)],
		['a key among them', `${one}${makeKey('pkcs8')}`],
		['a public key', makeKey('spki')],
		['words between them', `subject: r\n${one}\nissuer: r\n${one}`],
		['CR LF', one.replaceAll('\n', '\r\n')],
		['a damaged one', one.replace(/[A-Za-z]{10}/, 'AAAAAAAAAA')],
	])('not-a-certificate: %s', (_, text) => {
		expect(codeOf(text)).toBe('not-a-certificate')
	})
})

function makeKey(type: 'spki' | 'pkcs8'): string {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	if (type === 'spki') return publicKey.export({ type, format: 'pem' }).toString()
	return privateKey.export({ type, format: 'pem' }).toString()
}
