/** The centre whose receipts count, as a configuration names it. */
import * as z from 'zod'
import type { CappedFileFault } from '../platform/files/capped-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type CertificateFault, checkCertified, readCertificateFile } from './certificate.ts'
import { Id, type Identity } from './identity.ts'
import { type PublicKeyFileFault, readPublicKeyFile } from './public-key-file.ts'

const path = z.string().min(1).max(4096)

export const PinnedCentre = z
	.strictObject({
		id: Id.optional().describe('May be left out where `root` is given: the certificate says it.'),
		publicKey: path.describe(
			'PEM file: its public key; with `root`, its certificate and that of its campaign.',
		),
		root: path.optional().describe('PEM file: the root to which the certificate of the centre must chain.'),
	})
	.refine(({ id, root }) => id !== undefined || root !== undefined, {
		path: ['id'],
		message: 'needed where no root is given',
	})
export type PinnedCentre = z.infer<typeof PinnedCentre>

export type PinnedCentreFault =
	| PublicKeyFileFault
	| CappedFileFault
	| CertificateFault
	| Fault<'other-centre'>

/**
 * Reads the files. A certificate that has run out is no reason to stop counting receipts, which are evidence: it
 * is checked by its time of issue.
 */
export async function readPinnedCentre(pinned: PinnedCentre): Promise<Result<Identity, PinnedCentreFault>> {
	const { id, publicKey, root } = pinned
	if (root === undefined) {
		const key = await readPublicKeyFile(publicKey)
		// `PinnedCentre` demands an id here.
		return key.ok ? ok({ id: id ?? '', publicKey: key.value }) : key
	}
	const chain = await readCertificateFile(publicKey)
	if (!chain.ok) return chain
	const anchor = await readCertificateFile(root)
	if (!anchor.ok) return anchor
	const [pinnedRoot] = anchor.value
	if (pinnedRoot === undefined) return fail('not-a-certificate', `${root}: holds no certificate`)
	const checked = checkCertified(chain.value, pinnedRoot, 'receipts', 0)
	if (!checked.ok) return fail(checked.fault.code, `${publicKey}: ${checked.fault.detail}`)
	if (id !== undefined && id !== checked.value.id) {
		return fail('other-centre', `${publicKey}: the certificate of ${checked.value.id}, not of ${id}`)
	}
	return ok({ id: checked.value.id, publicKey: checked.value.publicKey })
}
