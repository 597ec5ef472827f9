/** Officers at their laptops: enrolled, and ruling on a table in dispute, by commands and sticks alone. */
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openIdentity } from '#src/enrolment/device-identity.js'
import { systemClock } from '#src/platform/clock.js'
import { exportJournal } from '#src/stick/export.js'
import { actaText, JournalMaker, someBytes } from '../support/journal-maker.ts'
import { enrol, Machine, machines } from '../support/machines.ts'
import { gotten } from '../support/result.ts'
import { startedBoard } from '../support/started-board.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { missingVerifiers, openVerifiers } from './differential/agreed.ts'

const table = '100000000.02'

test(`a ruling by one officer changes nothing, by two it does, a later one by two replaces it ${missingVerifiers}`, {
	timeout: 300_000,
}, async () => {
	const home = await temporaryFolder()
	const verifiers = await openVerifiers()
	const { laptop, centre, kiosk } = await machines(home)
	const people = ['one', 'two', 'reading'].map((name) => new Machine(join(home, name)))
	const [one, two, reading] = people
	if (one === undefined || two === undefined || reading === undefined) throw new Error('three laptops')
	for (const { folder } of people) mkdirSync(folder)
	const stick = join(home, 'stick')
	mkdirSync(stick)

	const rootWords = (await laptop.gets('ca', 'init', '--dir', 'ca'))[2] ?? ''
	await enrol(laptop, centre, rootWords, 'centre')
	const kioskId = await enrol(laptop, kiosk, rootWords, 'request')
	const station = await enrol(laptop, reading, rootWords, 'station')
	const officers = [
		await enrol(laptop, one, rootWords, 'officer'),
		await enrol(laptop, two, rootWords, 'officer'),
	]
	expect(station).toMatch(/^s-/)
	for (const id of officers) expect(id).toMatch(/^o-/)
	await laptop.gets('ca', 'registry', '--dir', 'ca')
	mkdirSync(centre.path('ledger/devices'), { recursive: true })
	copyFileSync(laptop.path('ca/authority.pem'), centre.path('ledger/authority.pem'))
	for (const name of ['registry.jws', 'centres.jws']) {
		copyFileSync(laptop.path(`ca/${name}`), centre.path(`ledger/devices/${name}`))
	}

	const signer = gotten(await openIdentity(kiosk.path('identity'))).signer
	const journal = new JournalMaker(kiosk.path('journal'), signer)
	await journal.boot()
	const first = await journal.acta(actaText(1, [10, 20]), [someBytes(100, 1)])
	const other = await journal.acta(actaText(1, [11, 20]), [someBytes(100, 2)])
	gotten(await exportJournal({ journal: journal.directory, stick, home: null, anyFolder: true }))
	expect(kioskId).toBe(signer.kid)

	const carry = async () => {
		await centre.gets('import', stick, '--identity', 'identity', '--directory', 'ledger')
	}
	const tally = async () => {
		const { out } = await centre.types('tally', 'ledger', '--json')
		const { figures } = JSON.parse(out)
		expect(await verifiers.figures(centre.path('ledger'))).toEqual(figures)
		const { counted, conflict } = figures.unlisted
		return { counted, conflict, votes: figures.sums.all.candidates, rulings: figures.rulings }
	}
	const rule = (officer: Machine, ...words: string[]) =>
		officer.types(
			...['rule', table, '--identity', 'identity', '--out', stick, '--any-folder', '--confirm', table],
			...words,
		)
	// Twice in one journal with other figures: in dispute.
	await centre.types('import', stick, '--identity', 'identity', '--directory', 'ledger')
	expect(await tally()).toMatchObject({ counted: 0, conflict: 1, rulings: { counted: 0 } })

	// Anybody compares what a board serves with what the command says by one digest.
	const { board, url } = await startedBoard(centre.path('ledger'), { clock: systemClock })
	const served = await (await fetch(`${url}/figures.json`)).text()
	await board.stop()
	const said = JSON.parse((await centre.types('tally', 'ledger', '--json')).out)
	expect(createHash('sha256').update(served).digest('hex')).toBe(said.figuresSha256)
	expect(JSON.parse(served)).toEqual(said.figures)

	// Shown in both languages with what the records say, asked, signed, exported.
	const shown = await rule(
		...([one, '--exclude', other.id, '--reason', 'misread', '--rests', 'paper'] as const),
		...['--directory', centre.path('ledger')],
	)
	expect(shown).toMatchObject({ status: 0 })
	expect(shown.out).toContain(`Decisión de ${officers[0]} sobre la mesa ${table}`)
	expect(shown.out).toContain('en conflicto, 2 versiones')
	expect(shown.out).toMatch(
		new RegExp(`Entry 3 of ${kioskId}, ${other.id}, good: read by a machine: .*WILL NOT`),
	)
	await carry()
	expect(await tally()).toMatchObject({ counted: 0, conflict: 1, rulings: { counted: 0, single: 1 } })

	const second = await rule(two, '--second', stick, '--directory', centre.path('ledger'))
	expect(second).toMatchObject({
		status: 0,
		out: expect.stringContaining(`The same that ${officers[0]} has signed: by its key`),
	})
	await carry()
	const excluded = await tally()
	expect(excluded).toMatchObject({ counted: 1, conflict: 0, rulings: { counted: 1, inForce: 1 } })

	// The same again is not signed again.
	const again = await rule(two, '--second', stick)
	expect(again).toMatchObject({ status: 0, out: expect.stringContaining('Signed before') })
	expect(again.out).toContain('NOT CHECKED')
	const rulings = again.out.match(/Signed before: (\S{43})/)?.[1] ?? ''
	// One id in 64 begins as an option does.
	const dashed = `-${'A'.repeat(42)}`
	const both = ['--exclude', first.id, '--exclude', dashed] as const
	const replacing = await rule(
		...([one, ...both, '--reason', 'misread', '--rests', 'paper', '--replaces', rulings] as const),
	)
	expect(replacing).toMatchObject({ status: 0 })
	expect(replacing.out).toContain(dashed)
	// Two of this table lie on the stick by now: which one has to be said.
	const unsure = await rule(two, '--second', stick)
	expect(unsure).toMatchObject({ status: 2 })
	const wanted =
		unsure.out
			.split('\n')
			.findLast((line) => line.includes(officers[0] ?? ''))
			?.split(' ')[0] ?? ''
	expect(await rule(two, '--second', stick, '--ruling', wanted)).toMatchObject({ status: 0 })
	await carry()
	const replaced = await tally()
	expect(replaced).toMatchObject({ counted: 1, conflict: 0, rulings: { counted: 2, inForce: 1 } })
	expect(replaced.votes).not.toEqual(excluded.votes)
	// What was replaced does not come back by being signed again, and that is said.
	const sameAgain = await rule(
		...([one, '--exclude', other.id, '--reason', 'misread', '--rests', 'paper'] as const),
		...['--directory', centre.path('ledger')],
	)
	expect(sameAgain).toMatchObject({ status: 1, err: expect.stringContaining('(replaced)') })
	expect(sameAgain.err).toMatch(/--replaces [\w-]{43}$/m)

	// Used wrongly, or by others: nothing is signed.
	const lines = async () => JSON.parse((await centre.types('verify', 'ledger', '--json')).out).officers
	expect((await lines()).map(({ entries }: { entries: number }) => entries)).toEqual([2, 2])
	for (const [status, officer, words] of [
		[2, one, ['--exclude', 'k-one/3', '--reason', 'misread', '--rests', 'paper']],
		[2, one, ['--reason', 'misread', '--rests', 'paper']],
		[2, reading, ['--exclude', first.id, '--reason', 'misread', '--rests', 'paper']],
		[1, one, ['--exclude', first.id, '--reason', 'other', '--rests', 'paper', '--confirm', '1.1']],
	] as const) {
		expect(await rule(officer, ...words)).toMatchObject({ status })
	}
})
