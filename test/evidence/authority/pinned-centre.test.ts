import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { issueAuthority, issueCertificate } from '#src/enrolment/x509.js'
import { PinnedCentre, readCentreList } from '#src/evidence/authority/pinned-centre.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import type { Purpose } from '#src/evidence/keys/certificate.js'
import { evils } from '../../support/evils.ts'
import { inDirectory } from '../../support/in-directory.ts'
import { gotten } from '../../support/result.ts'
import { makeSigner } from '../../support/test-identity.ts'

const root = makeSigner('r-aaaaaaaaaa')
const campaign = makeSigner('a-aaaaaaaaaa')
const centre = makeSigner('c-aaaaaaaaaa')

/** Long over: receipts of a centre count all the same. */
const validity = { from: Date.parse('2020-01-01'), to: Date.parse('2020-02-01') }
const authority = (of: typeof root, by: typeof root, pathLength: 0 | 1) =>
	issueAuthority({ id: of.kid, publicKey: of.publicKey, validity, serial: randomBytes(16), pathLength }, by)

/** The pin of a centre whose certificate is for `purpose` under the name `id`, and chains to `by`. */
async function pinOf(directory: string, purpose: Purpose, id = centre.kid, by = root) {
	const serial = randomBytes(16)
	const own = await issueCertificate({ id, publicKey: centre.publicKey, validity, serial, purpose }, campaign)
	await writeFile(join(directory, 'centre.pem'), `${own}${await authority(campaign, by, 0)}`)
	await writeFile(join(directory, 'root.pem'), String(await authority(root, root, 1)))
	return { publicKey: join(directory, 'centre.pem'), root: join(directory, 'root.pem') }
}

describe('a centre that is pinned by its root', () => {
	test('is the one that its certificate names, also after its end', () =>
		inDirectory(async (directory) => {
			const pin = await pinOf(directory, 'receipts')
			const read = await readCentreList(pin)
			expect(gotten(gotten(read).counted(centre.kid)).publicKey.equals(centre.publicKey)).toBe(true)
			expect(gotten(read).centres).toHaveLength(1)
			expect((await readCentreList({ ...pin, id: centre.kid })).ok).toBe(true)
		}))

	test.each<[string, (directory: string) => Promise<PinnedCentre>]>([
		['wrong-purpose', (directory) => pinOf(directory, 'entries', 'k-aaaaaaaaaa')],
		['wrong-purpose', (directory) => pinOf(directory, 'client')],
		['bad-name', (directory) => pinOf(directory, 'receipts', 'k-aaaaaaaaaa')],
		['foreign-certificate', (directory) => pinOf(directory, 'receipts', centre.kid, makeSigner(root.kid))],
		['other-centre', async (directory) => ({ ...(await pinOf(directory, 'receipts')), id: 'c-bbbbbbbbbb' })],
		[
			'file-missing',
			async (directory) => ({ publicKey: join(directory, 'none'), root: join(directory, 'none') }),
		],
	])('%s: does not count', (code, pin) =>
		inDirectory(async (directory) => {
			expect(await readCentreList(await pin(directory))).toMatchObject({ fault: { code } })
		}),
	)
})

test('a centre that is pinned by its key has to be named', () =>
	inDirectory(async (directory) => {
		const publicKey = join(directory, 'centre.pem')
		await writeFile(publicKey, publicKeyPem(centre.publicKey))
		expect(PinnedCentre.safeParse({ publicKey }).success).toBe(false)
		const pin = PinnedCentre.parse({ id: centre.kid, publicKey })
		expect(gotten(await readCentreList(pin)).centres).toMatchObject([{ id: centre.kid }])
	}))

test.each(Object.entries(evils))('%s in the place of centre.pem is refused, and not waited for', (_, evil) =>
	inDirectory(async (directory) => {
		const [publicKey, folder] = [join(directory, 'centre.pem'), join(directory, 'outside')]
		await mkdir(folder)
		await writeFile(join(folder, 'file'), 'no key')
		evil(publicKey, { folder, file: join(folder, 'file') })
		for (const pin of [
			{ id: centre.kid, publicKey },
			{ publicKey, root: publicKey },
		]) {
			expect(await readCentreList(pin)).toMatchObject({ ok: false })
		}
	}),
)
