/** The centres whose receipts count, as a configuration names them. */
import { dirname, join } from 'node:path'
import * as z from 'zod'
import type { CappedFileFault } from '../../platform/files/capped-file.ts'
import { inForce } from '../../platform/files/change-set.ts'
import { type JsonFileFault, readJsonFile } from '../../platform/files/json-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { FileDigest, Seq } from '../fields.ts'
import { Id, type Identity } from '../identity.ts'
import {
	type Authority,
	type CertificateFault,
	checkAuthority,
	checkCertified,
	readCertificateFile,
} from '../keys/certificate.ts'
import { type PublicKeyFileFault, readPublicKeyFile } from '../keys/public-key-file.ts'
import { CentreList, type UnusableName } from './centre-list.ts'
import { authorityFile, centresFile } from './centres.ts'
import { type CentresFileFault, takeCentresFrom } from './centres-file.ts'

const path = z.string().min(1).max(4096)

export const PinnedCentre = z
	.strictObject({
		id: Id.optional().describe('May be left out where `root` is given: the certificate says it.'),
		publicKey: path.describe(
			'PEM file: its public key; with `root`, its certificate and that of its campaign. With `root`, once `centres.jws` lies beside it, signed by the authority in the `authority.pem` there, that list counts instead.',
		),
		root: path.optional().describe('PEM file: the root to which authority and centre must chain.'),
	})
	.refine(({ id, root }) => id !== undefined || root !== undefined, {
		path: ['id'],
		message: 'needed where no root is given',
	})
export type PinnedCentre = z.infer<typeof PinnedCentre>

/** The list of centres that settings name, beside the list that is here. */
export const namedCentresFile = 'centres.json'

const NamedCentresFile = z.looseObject({ campaign: Id, issue: Seq, sha256: FileDigest })
export type NamedCentresFile = z.infer<typeof NamedCentresFile>

export type PinnedCentreFault =
	| PublicKeyFileFault
	| CappedFileFault
	| CertificateFault
	| CentresFileFault
	| JsonFileFault
	| UnusableName
	| Fault<'other-centre'>

/**
 * Reads the files. A certificate that has run out is no reason to stop counting receipts, which are evidence: it
 * is checked by its time of issue.
 */
export async function readCentreList(pinned: PinnedCentre): Promise<Result<CentreList, PinnedCentreFault>> {
	const { id, publicKey, root } = pinned
	if (root === undefined) {
		const key = await readPublicKeyFile(publicKey)
		// `PinnedCentre` demands an id here.
		return key.ok ? ok(new CentreList(null, { id: id ?? '', publicKey: key.value })) : key
	}
	const beside = join(dirname(publicKey), authorityFile)
	const authority = await readAuthorityFile(beside, root)
	if (authority.ok) {
		const listed = await listBy(authority.value, null, publicKey)
		if (!listed.ok || listed.value.issue > 0) return listed
	} else if (authority.fault.code !== 'file-missing') return authority
	const centre = await readCertifiedCentre(pinned, root)
	if (centre.ok)
		return await listBy(authority.ok ? authority.value : centre.value.authority, centre.value, publicKey)
	// Enrolled before its campaign had a centre: the first list that comes counts.
	if (centre.fault.code === 'file-missing' && authority.ok)
		return await listBy(authority.value, null, publicKey)
	return centre
}

/** The authority's certificate and its root's, in PEM, for those who check what lies beside it; null where none is known. */
export async function readAuthorityPem({ publicKey, root }: PinnedCentre): Promise<string | null> {
	if (root === undefined) return null
	const [anchor, beside] = [
		await readCertificateFile(root),
		await readCertificateFile(join(dirname(publicKey), authorityFile)),
	]
	const centre = beside.ok ? null : await readCertificateFile(publicKey)
	const campaign = beside.ok ? beside.value[0] : centre?.ok === true ? centre.value[1] : undefined
	return campaign === undefined || !anchor.ok ? null : `${campaign}${anchor.value[0] ?? ''}`
}

async function listBy(
	authority: Authority,
	pinned: Identity | null,
	publicKey: string,
): Promise<Result<CentreList, PinnedCentreFault>> {
	const at = (name: string) => join(dirname(publicKey), name)
	const centres = new CentreList(authority.publicKey, pinned)
	const taken = await takeCentresFrom(at(centresFile), centres)
	if (!taken.ok) return taken
	const named = await expectNamed(at(namedCentresFile), authority, centres)
	if (!named.ok) return named
	const expected = named.value
	return expected.ok || expected.fault.code === 'centres-rollback' ? ok(centres) : expected
}

/** Has `centres` expect what the file of named lists says, where there is one, and says what came of it. */
export async function expectNamed(
	path: string,
	authority: Authority,
	centres: CentreList,
): Promise<Result<Result<true, UnusableName>, JsonFileFault>> {
	const named = await readJsonFile(await inForce(path), NamedCentresFile, { cap: 64 * 1024 })
	if (!named.ok) return named.fault.code === 'file-missing' ? ok(ok(true)) : named
	// What another campaign's settings named says nothing of this one's numbers.
	return ok(named.value.campaign === authority.id ? centres.expect(named.value) : ok(true))
}

async function readAuthorityFile(
	path: string,
	root: string,
): Promise<Result<Authority, CappedFileFault | CertificateFault>> {
	const read = await readCertificateFile(path)
	if (!read.ok) return read
	const anchor = await readRoot(root)
	if (!anchor.ok) return anchor
	const [campaign] = read.value
	if (campaign === undefined) return fail('not-a-certificate', `${path}: holds no certificate`)
	const checked = checkAuthority(campaign, anchor.value, 0)
	return checked.ok ? checked : fail(checked.fault.code, `${path}: ${checked.fault.detail}`)
}

async function readCertifiedCentre({ id, publicKey }: PinnedCentre, root: string) {
	const chain = await readCertificateFile(publicKey)
	if (!chain.ok) return chain
	const anchor = await readRoot(root)
	if (!anchor.ok) return anchor
	const checked = checkCertified(chain.value, anchor.value, 'receipts', 0)
	if (!checked.ok) return fail(checked.fault.code, `${publicKey}: ${checked.fault.detail}`)
	if (id === undefined || id === checked.value.id) return checked
	return fail('other-centre', `${publicKey}: the certificate of ${checked.value.id}, not of ${id}`)
}

async function readRoot(root: string) {
	const anchor = await readCertificateFile(root)
	if (!anchor.ok) return anchor
	const [pinned] = anchor.value
	return pinned === undefined ? fail('not-a-certificate', `${root}: holds no certificate`) : ok(pinned)
}
