/**
 * Puts the certificates of a response beside the keys that they belong to, after everything about them was
 * checked and each key was tried.
 *
 *     root.pem          the pinned root; never replaced
 *     certificate.pem   of key.pem, then the campaign's: what `journal/device.pem` becomes
 *     tls.pem           of tls-key.pem, then the campaign's: for the connection to the broker
 *     centre.pem        of the centre whose receipts count, then the campaign's; for a device
 *
 * Each file is replaced in one durable step, and each is good beside any of the others' former ones, since all
 * hang on one root: a power cut leaves old or new ones, never a half one, and doing it again completes it.
 */
import type { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import {
	type CertificateFault,
	type Certified,
	checkCertified,
	type Purpose,
	readCertificateFile,
} from '../evidence/certificate.ts'
import { verifies } from '../evidence/p256.ts'
import { type KeyFileFault, KeyFileSigner, type Signer } from '../evidence/signer.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { readJsonFile } from '../platform/files/json-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { Role } from './authority-log.ts'
import { type IdentityFault, IdentityFile, openIdentity } from './device-identity.ts'
import { type EnrolmentResponse, type ResponseFault, readResponse } from './response.ts'

/**
 * `foreign-root`: not the root that is pinned here, or not the one that people compared. `other-key`: certified was
 * another key than the one here, as when a request was swapped. `other-name`: another machine's response.
 * `key-broken`: what a key signs does not verify.
 */
export type EnrolmentInstallFault =
	| IdentityFault
	| ResponseFault
	| CertificateFault
	| KeyFileFault
	| Fault<'foreign-root' | 'other-key' | 'other-name' | 'key-broken' | 'not-writable'>

export interface Installed {
	readonly id: string
	/** The centre's id, where the response names one. */
	readonly centre: string | null
}

export interface EnrolmentInstallOptions {
	/** Milliseconds since 1970: the later of the clock and the build. */
	readonly now: number
	/** Whether people know this root by its words; asked only where none is pinned yet. */
	readonly confirm: (root: X509Certificate) => Promise<boolean>
}

const purposesOf: Readonly<Record<Role, { signing: Purpose | null; tls: Purpose }>> = {
	device: { signing: 'entries', tls: 'client' },
	centre: { signing: 'receipts', tls: 'client' },
	broker: { signing: null, tls: 'server' },
}

export async function installResponse(
	directory: string,
	text: string,
	{ now, confirm }: EnrolmentInstallOptions,
): Promise<Result<Installed, EnrolmentInstallFault>> {
	const at = (name: string) => join(directory, name)
	const read = readResponse(text)
	if (!read.ok) return read
	const response = read.value
	const identity = await readJsonFile(at('identity.json'), IdentityFile, { cap: 64 * 1024 })
	if (!identity.ok) return identity
	const { id, role = 'device' } = identity.value
	const purposes = purposesOf[role]
	const keys: { readonly name: string; readonly signer: Signer; readonly certificate: X509Certificate }[] = []
	const prove = (certificate: X509Certificate, purpose: Purpose, signer: Signer) =>
		proveOwn(response, certificate, purpose, signer, now)

	const tls = await KeyFileSigner.open(id, at('tls-key.pem'))
	if (!tls.ok) return tls
	const provenTls = await prove(response.tls, purposes.tls, tls.value)
	if (!provenTls.ok) return provenTls
	keys.push({ name: 'tls.pem', signer: tls.value, certificate: response.tls })
	if (purposes.signing !== null) {
		if (response.signing === null)
			return fail('not-a-response', `the response lacks the certificate of ${id}`)
		const opened = await openIdentity(directory)
		if (!opened.ok) return opened
		const proven = await prove(response.signing, purposes.signing, opened.value.signer)
		if (!proven.ok) return proven
		keys.push({ name: 'certificate.pem', signer: opened.value.signer, certificate: response.signing })
	}
	const centre = response.centre === null ? null : certifiedBy(response, response.centre, 'receipts', now)
	if (centre !== null && !centre.ok) return centre

	const pinned = await pinnedRoot(at('root.pem'))
	if (!pinned.ok) return pinned
	if (pinned.value === null) {
		if (!(await confirm(response.root))) {
			return fail(
				'foreign-root',
				'these are not the words of the root: the response is not from this campaign',
			)
		}
	} else if (!pinned.value.raw.equals(response.root.raw)) {
		return fail('foreign-root', `${at('root.pem')}: another root is pinned here than the response's`)
	}
	try {
		if (pinned.value === null) await replaceFile(at('root.pem'), response.root.toString())
		const withCampaign = (own: X509Certificate) => `${own}${response.campaign}`
		if (response.centre !== null) await replaceFile(at('centre.pem'), withCampaign(response.centre))
		for (const { name, certificate } of keys) await replaceFile(at(name), withCampaign(certificate))
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('not-writable', message)
	}
	return ok({ id, centre: centre?.value.id ?? null })
}

function certifiedBy(
	{ root, campaign }: EnrolmentResponse,
	certificate: X509Certificate,
	purpose: Purpose,
	now: number,
): Result<Certified, CertificateFault> {
	return checkCertified([certificate, campaign], root, purpose, now)
}

/** Name, key and chain, then a trial: what the key here signs must verify by the key in the certificate. */
async function proveOwn(
	response: EnrolmentResponse,
	certificate: X509Certificate,
	purpose: Purpose,
	signer: Signer,
	now: number,
): Promise<Result<Certified, EnrolmentInstallFault>> {
	const certified = certifiedBy(response, certificate, purpose, now)
	if (!certified.ok) return certified
	const { id, publicKey } = certified.value
	if (id !== signer.kid) return fail('other-name', `the response is for ${id}, this machine is ${signer.kid}`)
	if (!publicKey.equals(signer.publicKey)) {
		return fail('other-key', `the response certifies another key than that of ${id}: the request was swapped`)
	}
	const trial = Buffer.from(`testigo-trial ${id}`)
	if (verifies(trial, await signer.sign(trial), publicKey)) return certified
	return fail('key-broken', `what the key of ${id} signs does not verify`)
}

async function pinnedRoot(path: string): Promise<Result<X509Certificate | null, EnrolmentInstallFault>> {
	const read = await readCertificateFile(path)
	if (!read.ok) return read.fault.code === 'file-missing' ? ok(null) : read
	return ok(read.value[0] ?? null)
}
