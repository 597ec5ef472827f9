/** A forwarded proof says that an acta is in the log, and nothing else passes for it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { auditProof, keysOfLog, type ProofKeys, readProofKeys } from '#src/archive/check/proof-audit.js'
import { parseTlogProof } from '#src/log/tlog-proof.js'
import { proveActas } from '#src/mirroring/acta-proof.js'
import { actaText } from '../support/journal-maker.ts'
import { testigo } from '../support/processes.ts'
import type { PublishedCentre } from '../support/published.ts'
import { gotten } from '../support/result.ts'
import { publishedCentre } from './mirrored.ts'

async function keysOf(made: PublishedCentre): Promise<ProofKeys> {
	return gotten(await readProofKeys(new ArchiveFolder(made.archive)))
}

async function codesOf(file: string, leaf: Uint8Array | null, keys: ProofKeys): Promise<readonly string[]> {
	const { faults } = await auditProof(Buffer.from(file), leaf, keys, { rehearsal: true })
	return faults.map(({ code }) => code)
}

test('every entry that says a table’s result is proved, by what travels in the file alone', async () => {
	const made = await publishedCentre()
	for (let table = 1; table < 3; table++) await made.centre.acta('k-two', actaText(table))
	await made.centre.acta('k-two', actaText(0))
	await made.publish()
	const proofs = gotten(await proveActas(new ArchiveFolder(made.archive), '100000000.01'))
	expect(proofs.map(({ device }) => device).sort()).toEqual(['k-one', 'k-two'])
	const keys = await keysOf(made)
	for (const { text, leaf, device } of proofs) {
		expect(text.length).toBeLessThan(4096)
		expect(await auditProof(Buffer.from(text), null, keys, { rehearsal: true })).toMatchObject({
			...{ leaf, by: device, object: 'entry', signatureVerified: true, faultCount: 0 },
			...{ entry: { said: actaText(0) }, acta: { table: '100000000.01', definition: 'campaign' } },
		})
	}
	expect(gotten(await proveActas(new ArchiveFolder(made.archive), '999999999.01'))).toEqual([])
})

test('another leaf, another log, a changed file, an unknown signer are no proof', async () => {
	const [made, other] = [await publishedCentre(), await publishedCentre()]
	const proofs = gotten(await proveActas(new ArchiveFolder(made.archive), '100000000.01'))
	const { text = '' } = proofs[0] ?? {}
	const keys = await keysOf(made)
	const leaf = gotten(parseTlogProof(Buffer.from(text))).extra ?? Buffer.of()
	const bare = text.replace(/^extra .*\n/m, '')
	expect(await codesOf(bare, null, keys)).toEqual(['no-leaf'])
	expect(await codesOf(bare, leaf, keys)).toEqual([])
	const changed = Buffer.from(leaf)
	changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
	expect(await codesOf(bare, changed, keys)).toEqual(['not-included'])
	const { log, devices } = await keysOf(other)
	expect(await codesOf(text, null, { ...keys, log })).toEqual(['foreign-key'])
	expect(await codesOf(text, null, { ...keys, devices })).toEqual(['bad-signature'])
	const bareKeys = await auditProof(Buffer.from(text), null, keysOfLog(keys.log), { rehearsal: false })
	expect(bareKeys).toMatchObject({ faultCount: 0, signatureVerified: null, restsOn: [] })
})

test('the commands write and verify one', async () => {
	const made = await publishedCentre()
	const at = (name: string) => join(made.home, name)
	const out = at('one.tlog-proof')
	const written = await testigo('proof', '100000000.01', '--archive', made.archive, '--out', out)
	expect(JSON.parse(written.out)).toMatchObject({ proofs: [{ file: out, device: 'k-one' }] })
	const verify = (...more: string[]) => testigo('verify', out, '--keys', join(made.archive, 'keys'), ...more)
	const [code = ''] = actaText(0).split('!')
	const [centro, mesa] = code.split('.')
	expect(await verify('--rehearsal')).toMatchObject({
		status: 0,
		out: expect.stringMatching(
			new RegExp(
				`^PROVED\nREHEARSAL: .*\n(.*\n)*Centre ${centro}, table ${mesa}: .* electors\\.\n  Nicolás Maduro `,
			),
		),
	})
	const byLog = await testigo('verify', out, '--log', (await keysOf(made)).log.name)
	expect(byLog).toMatchObject({ status: 2, err: expect.stringContaining('--log') })
	expect(await verify()).toMatchObject({ status: 1, out: expect.stringContaining('rehearsal') })
	writeFileSync(out, readFileSync(out, 'utf8').replace(/^index .*/m, 'index 7'))
	expect(await verify('--rehearsal')).toMatchObject({
		status: 1,
		out: expect.stringContaining('not-included'),
	})
})
