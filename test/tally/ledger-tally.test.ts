import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Equivocation } from '#src/audit/equivocations.js'
import { openEntry, type SignedEntry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { actaText } from '../reading/qr-picture.ts'
import { entryAfter } from '../support/journal-maker.ts'
import { ledgerSummary } from '../support/ledger-summary.ts'
import { testigo } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const other = actaText.replace('!23,', '!24,')

test('a ledger adds up to its tables, its conflicts and what waits; foreign lines are left out and said', async () => {
	const directory = await temporaryFolder()
	const [one, two, stranger] = [makeSigner('k-one'), makeSigner('k-two'), makeSigner('k-stranger')]
	const boot = await entryAfter(null, one)
	const acta = await entryAfter(position(boot), one, actaText)
	const same = await entryAfter(null, two, actaText)
	const unknown = await entryAfter(null, stranger, other)
	await mkdir(join(directory, 'devices'))
	for (const { id, publicKey } of [one, two]) {
		await writeFile(join(directory, 'devices', `${id}.pem`), publicKeyPem(publicKey))
	}
	const write = (...entries: SignedEntry[]) =>
		writeFile(join(directory, 'ledger.jws'), entries.map(({ text }) => `${text}\n`).join(''))

	await write(boot, acta, same)
	expect(await ledgerSummary(directory)).toMatchObject({ leftOut: 0, tables: 1, votes: 164, conflicts: [] })

	await write(boot, acta, same, await entryAfter(position(same), two, other), unknown)
	const shown = await testigo('tally', directory)
	expect(shown.out).toContain('In conflict, not counted: 1 tables')
	expect(shown.out).toContain(`${actaText}  by k-one entry 2, k-two entry 1`)
	expect(shown.out).toContain(`${other}  by k-two entry 2`)
	expect(shown.out).toContain('LEFT OUT: 1 lines')
	expect(shown.out).toContain('never that the paper is genuine')
	expect(shown.status).toBe(1)
})

test('a device that signed two entries with one seq is shown, with what proves it to a stranger', async () => {
	const directory = await temporaryFolder()
	const device = makeSigner('k-one')
	const centre = makeSigner('c-centre')
	const boot = await entryAfter(null, device)
	const acta = await entryAfter(position(boot), device, actaText)
	const conflicting = await entryAfter(position(boot), device, other)
	await mkdir(join(directory, 'devices'))
	await writeFile(join(directory, 'devices', 'k-one.pem'), publicKeyPem(device.publicKey))
	await writeFile(join(directory, 'centre.pem'), publicKeyPem(centre.publicKey))
	const lines = [boot, acta, acta, conflicting, conflicting].map(({ text }) => `${text}\n`).join('')
	await writeFile(join(directory, 'ledger.jws'), lines)

	for (const command of ['tally', 'verify'] as const) {
		const shown = await testigo(command, directory)
		expect(shown.out).toContain(
			`CLONED OR ROLLED BACK: k-one signed different entries 2: ${acta.id} (line 2) and ${conflicting.id} (line 4)`,
		)
		expect(shown.status).toBe(1)
		const by = command === 'tally' ? ['--by', 'table'] : []
		const said = JSON.parse((await testigo(command, directory, '--json', ...by)).out)
		if (command === 'tally') {
			// Without a register the table is unlisted, and in the national sums alone.
			expect(said.figures).toMatchObject({ register: null, unlisted: { conflict: 1 }, unreadPapers: 0 })
			expect(said.figures).not.toHaveProperty('extent')
			expect(said.places).toMatchObject([{ level: 'table', state: 'conflict', isListed: false }])
		}
		const proofs: Equivocation[] = command === 'tally' ? said.equivocations : said.proofs
		expect(proofs).toHaveLength(1)
		// What a stranger does with no more than the proof and the device's public key.
		const opened = proofs.flatMap(({ entries }) => entries.map(({ text }) => openEntry(text, device)))
		expect(opened).toMatchObject([
			{ ok: true, value: { id: acta.id, entry: { device: 'k-one', seq: 2 } } },
			{ ok: true, value: { id: conflicting.id, entry: { device: 'k-one', seq: 2 } } },
		])
	}
})

test('a directory without a ledger is one clear line', async () => {
	const shown = await testigo('tally', await temporaryFolder())
	expect(shown).toMatchObject({ status: 3, out: '' })
	expect(shown.err).toMatch(/ledger\.jws/)
})

function position({ entry, id }: SignedEntry) {
	return { seq: entry.seq, id }
}
