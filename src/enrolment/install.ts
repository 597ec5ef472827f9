/**
 * Puts the certificates of a response beside the keys that they belong to, after everything about them was
 * checked and each key was tried.
 *
 *     root.pem          the pinned root; never replaced
 *     certificate.pem   of key.pem, then the campaign's: what `journal/device.pem` becomes
 *     tls.pem           of tls-key.pem, then the campaign's: for the connection to the broker
 *     authority.pem     the campaign's certificate, then the root's: who signs lists of centres, and settings
 *     centres.jws       the list of centres whose receipts count; never replaced by an older one
 *
 * Each file is replaced in one durable step, and each is good beside any of the others' former ones, since all
 * hang on one root: a power cut leaves old or new ones, never a half one, and doing it again completes it.
 */
import type { X509Certificate } from 'node:crypto'
import { join, relative } from 'node:path'
import { CentreList, type CentreListFault } from '../evidence/authority/centre-list.ts'
import { authorityFile, centresFile } from '../evidence/authority/centres.ts'
import { Id } from '../evidence/identity.ts'
import { idOfText, longestJws } from '../evidence/jws.ts'
import {
	type CertificateFault,
	type Certified,
	checkCertified,
	commonName,
	type Purpose,
	readCertificateFile,
} from '../evidence/keys/certificate.ts'
import { verifies } from '../evidence/p256.ts'
import { type KeyFileFault, KeyFileSigner, type Signer } from '../evidence/signer.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { readJsonFile } from '../platform/files/json-file.ts'
import { isOwnFolder } from '../platform/files/own-folder.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import {
	type IdentityFault,
	IdentityFile,
	isIdentity,
	openIdentity,
	spareDirectory,
} from './device-identity.ts'
import { type EnrolmentResponse, type ResponseFault, readResponse } from './response.ts'
import { profiles } from './roles.ts'

/**
 * `foreign-root`: not the root that is pinned here, or not the one that people compared. `other-key`: certified was
 * another key than the one here, as when a request was swapped. `other-name`: another machine's response;
 * `other-request`: to another request of this one.
 * `key-broken`: what a key signs does not verify.
 */
export type EnrolmentInstallFault =
	| IdentityFault
	| ResponseFault
	| CertificateFault
	| KeyFileFault
	| CentreListFault
	| Fault<'foreign-root' | 'other-key' | 'other-name' | 'other-request' | 'key-broken' | 'not-writable'>

export interface Installed {
	readonly id: string
	/** The ids of the centres that the response lists; null for who hears of none. */
	readonly centres: readonly string[] | null
}

export interface EnrolmentInstallOptions {
	/** Milliseconds since 1970: the later of the clock and the build. */
	readonly now: number
	/** Whether people know this root by its words; asked only where none is pinned yet. */
	readonly confirm: (root: X509Certificate) => Promise<boolean>
}

/**
 * Installs one response, or those of spares, a line each, in the folder of the identity that each is for: `directory`,
 * or one of its spares. The root is asked for once. Stops at the first fault; doing it again completes it.
 */
export async function installResponses(
	directory: string,
	text: string,
	{ now, confirm }: EnrolmentInstallOptions,
): Promise<Result<readonly Installed[], EnrolmentInstallFault>> {
	const pinned = await pinnedRoot(join(directory, 'root.pem'))
	if (!pinned.ok) return pinned
	let known = pinned.value
	const once = async (root: X509Certificate) => {
		if (known !== null) return known.raw.equals(root.raw)
		if (!(await confirm(root))) return false
		known = root
		return true
	}
	const installed: Installed[] = []
	for (const line of text.split('\n')) {
		const read = readResponse(line)
		if (!read.ok) return read
		const { data: id } = Id.safeParse(commonName(read.value.tls ?? read.value.signing ?? read.value.campaign))
		const spare = id === undefined ? null : spareDirectory(directory, id)
		const at = spare !== null && (await isIdentity(spare)) ? spare : directory
		if (at !== directory) {
			const planted = await isOwnFolder(directory, ...relative(directory, at).split('/')).then(
				() => null,
				(error: Error) => error.message,
			)
			if (planted !== null) return fail('not-writable', planted)
		}
		const one = await installResponse(at, line, { now, confirm: once })
		if (!one.ok) return one
		installed.push(one.value)
	}
	return ok(installed)
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
	const purposes = profiles[role]
	const keys: { readonly name: string; readonly signer: Signer; readonly certificate: X509Certificate }[] = []
	const prove = (certificate: X509Certificate, purpose: Purpose, signer: Signer) =>
		proveOwn(response, certificate, purpose, signer, now)

	const lacks = fail('not-a-response', `the response lacks a certificate of ${id}`)
	if (purposes.tls !== null) {
		if (response.tls === null) return lacks
		const tls = await KeyFileSigner.open(id, at('tls-key.pem'))
		if (!tls.ok) return tls
		const proven = await prove(response.tls, purposes.tls, tls.value)
		if (!proven.ok) return proven
		keys.push({ name: 'tls.pem', signer: tls.value, certificate: response.tls })
	}
	if (purposes.signing !== null) {
		if (response.signing === null) return lacks
		const opened = await openIdentity(directory)
		if (!opened.ok) return opened
		const proven = await prove(response.signing, purposes.signing, opened.value.signer)
		if (!proven.ok) return proven
		keys.push({ name: 'certificate.pem', signer: opened.value.signer, certificate: response.signing })
	}
	const answered = await answersRequest(at('request.txt'), id, response.request)
	if (!answered.ok) return answered
	const centres = await newerCentres(at(centresFile), response)
	if (!centres.ok) return centres

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
		if (role !== 'broker') {
			if (response.centres !== null) await replaceFile(at(centresFile), `${response.centres}\n`)
			await replaceFile(at(authorityFile), `${response.campaign}${response.root}`)
		}
		for (const { name, certificate } of keys) await replaceFile(at(name), withCampaign(certificate))
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('not-writable', message)
	}
	return ok({ id, centres: purposes.hearsOfCentres ? centres.value : null })
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

/** An answer to another request of the same machine may certify keys that it no longer means to use. */
async function answersRequest(
	path: string,
	id: string,
	request: string,
): Promise<Result<true, EnrolmentInstallFault>> {
	const own = await readCapped(path, longestJws)
	if (!own.ok) return own.fault.code === 'file-missing' ? ok(true) : own
	if (idOfText(own.value.toString('latin1').trim()) === request) return ok(true)
	return fail('other-request', `the response answers another request of ${id} than the one in ${path}`)
}

/** The ids that the response's list names; refused where a newer list of this campaign is here. */
async function newerCentres(
	path: string,
	{ campaign, centres }: EnrolmentResponse,
): Promise<Result<string[], EnrolmentInstallFault>> {
	const list = new CentreList(campaign.publicKey, null)
	const here = await readCapped(path, longestJws + 1)
	if (!here.ok && here.fault.code !== 'file-missing') return here
	// One by another campaign says nothing of this one's numbers.
	if (here.ok) list.take(here.value.toString('latin1').replace(/\n$/, ''))
	if (centres === null) return ok(list.centres.map(({ id }) => id))
	const taken = list.take(centres)
	if (taken.ok) return ok(list.centres.map(({ id }) => id))
	if (taken.fault.code !== 'centres-rollback') return taken
	return fail('centres-rollback', `${taken.fault.detail}: have the request signed again`)
}

async function pinnedRoot(path: string): Promise<Result<X509Certificate | null, EnrolmentInstallFault>> {
	const read = await readCertificateFile(path)
	if (!read.ok) return read.fault.code === 'file-missing' ? ok(null) : read
	return ok(read.value[0] ?? null)
}
