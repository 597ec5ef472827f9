import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { issueCertificate } from '#src/enrolment/x509.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { readPublicKey } from '#src/evidence/keys/key-file.js'
import type { Signer } from '#src/evidence/signer.js'
import { Journal, type JournalOwner } from '#src/journal/journal.js'
import { inDirectory } from '../support/in-directory.ts'
import { entryAfter } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'

const campaign = makeSigner('a-aaaaaaaaaa')

async function certificateOf({ kid, publicKey }: Signer): Promise<string> {
	const validity = { from: 0, to: 86_400_000 }
	const wanted = { id: kid, publicKey, validity, serial: randomBytes(16), purpose: 'entries' } as const
	return (await issueCertificate(wanted, campaign)).toString()
}

/** Opens the journal for `owner`, has `work` done, closes it; gives what `device.pem` then holds. */
async function opened(
	directory: string,
	owner: JournalOwner,
	work = async (_: Journal) => {},
): Promise<string> {
	const journal = gotten(await Journal.open(directory, owner))
	await work(journal)
	await journal.close()
	return readFile(join(directory, 'device.pem'), 'utf8')
}

test("device.pem is the device's key, its certificate once there is one, and the renewed one; the chain stays", () =>
	inDirectory(async (directory) => {
		const device = makeSigner('k-abcdefghij')
		const append = async (journal: Journal) => {
			const appended = await journal.append(await entryAfter(journal.tail, device))
			expect(appended.ok).toBe(true)
		}
		expect(await opened(directory, device, append)).toBe(publicKeyPem(device.publicKey))
		const first = await certificateOf(device)
		expect(await opened(directory, { ...device, certificate: first }, append)).toBe(first)
		const renewed = await certificateOf(device)
		expect(await opened(directory, { ...device, certificate: renewed })).toBe(renewed)
		// Where the certificate is not at hand, what stands there stays.
		expect(await opened(directory, { ...device, certificate: null }, append)).toBe(renewed)
		expect(await auditJournal(directory)).toMatchObject({ ok: true, value: { entries: 3, chainWhole: true } })
	}))

test("other-device: another key, another key's certificate, or what is no key at all", () =>
	inDirectory(async (directory) => {
		const [device, other] = [makeSigner('k-abcdefghij'), makeSigner('k-abcdefghij')]
		for (const certificate of [null, await certificateOf(device)]) {
			await opened(directory, { ...device, certificate })
			for (const owner of [other, { ...other, certificate: await certificateOf(other) }]) {
				expect(await Journal.open(directory, owner)).toMatchObject({ fault: { code: 'other-device' } })
			}
		}
		await writeFile(join(directory, 'device.pem'), 'nothing')
		expect(readPublicKey('nothing').ok).toBe(false)
		expect(await Journal.open(directory, device)).toMatchObject({ fault: { code: 'other-device' } })
	}))
