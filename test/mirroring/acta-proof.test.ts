/** A forwarded proof says that an acta is in the log, and nothing else passes for it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ArchiveFolder } from '#src/archive/archive-folder.js'
import { readArchivedCampaign } from '#src/archive/archived-campaign.js'
import { PublishedDevices } from '#src/audit/published-devices.js'
import { parseTlogProof } from '#src/log/tlog-proof.js'
import { checkActaProof, type ProofKeys, proveActas } from '#src/mirroring/acta-proof.js'
import { actaText } from '../support/journal-maker.ts'
import { testigo } from '../support/processes.ts'
import type { PublishedCentre } from '../support/published.ts'
import { codeOf, gotten } from '../support/result.ts'
import { publishedCentre } from './mirrored.ts'

async function keysOf(made: PublishedCentre): Promise<ProofKeys> {
	const read = (name: string) => readFileSync(join(made.archive, 'keys', name))
	const { log, witnesses } = gotten(await readArchivedCampaign(read('authority.pem'), read('campaign.jws')))
	const devices = gotten(await PublishedDevices.read(join(made.archive, 'keys')))
	return { log, witnesses, threshold: 0, isRehearsal: true, devices }
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
		expect(gotten(await checkActaProof(Buffer.from(text), null, keys))).toMatchObject({
			...{ leaf, by: device, kind: 'entry', isSignatureVerified: true, text: actaText(0) },
		})
	}
	expect(gotten(await proveActas(new ArchiveFolder(made.archive), '999999999.01'))).toEqual([])
})

test('another leaf, another log, a changed file, an unknown signer are no proof', async () => {
	const [made, other] = [await publishedCentre(), await publishedCentre()]
	const proofs = gotten(await proveActas(new ArchiveFolder(made.archive), '100000000.01'))
	const { text = '' } = proofs[0] ?? {}
	const file = Buffer.from(text)
	const keys = await keysOf(made)
	const leaf = gotten(parseTlogProof(file)).extra ?? Buffer.of()
	const bare = Buffer.from(text.replace(/^extra .*\n/m, ''))
	expect(codeOf(await checkActaProof(bare, null, keys))).toBe('no-leaf')
	expect(codeOf(await checkActaProof(bare, leaf, keys))).toBe('ok')
	const changed = Buffer.from(leaf)
	changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
	expect(codeOf(await checkActaProof(bare, changed, keys))).toBe('not-included')
	const { log, devices } = await keysOf(other)
	expect(codeOf(await checkActaProof(file, null, { ...keys, log }))).toBe('foreign-key')
	expect(codeOf(await checkActaProof(file, null, { ...keys, devices }))).toBe('bad-signature')
	expect(codeOf(await checkActaProof(Buffer.from(text.replace(/index 1/, 'index 0')), null, keys))).toBe(
		'not-included',
	)
	const unnamed = gotten(await checkActaProof(file, null, { ...keys, devices: null, threshold: null }))
	expect(unnamed.isSignatureVerified).toBe(null)
})

test('the commands write and verify one', async () => {
	const made = await publishedCentre()
	const at = (name: string) => join(made.home, name)
	const out = at('one.tlog-proof')
	const written = await testigo('proof', '100000000.01', '--archive', made.archive, '--out', out)
	expect(JSON.parse(written.out)).toMatchObject({ proofs: [{ file: out, device: 'k-one' }] })
	const verify = (...more: string[]) => testigo('verify', out, '--keys', join(made.archive, 'keys'), ...more)
	expect(await verify('--rehearsal')).toMatchObject({ status: 0, out: expect.stringContaining('PROVED') })
	expect(await verify()).toMatchObject({ status: 1, out: expect.stringContaining('rehearsal') })
	writeFileSync(out, readFileSync(out, 'utf8').replace(/^index .*/m, 'index 7'))
	expect(await verify('--rehearsal')).toMatchObject({
		status: 1,
		out: expect.stringContaining('not-included'),
	})
})
