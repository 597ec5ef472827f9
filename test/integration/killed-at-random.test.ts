/**
 * Actas go the whole way through four processes, each of which is killed with SIGKILL several times, at random
 * instants. In the end the centre holds exactly the kiosk's entries and images, each once.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { auditLedger } from '#src/audit/ledger-audit.js'
import { readPublicKeyFile } from '#src/evidence/keys/public-key-file.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { readUplinkState } from '#src/handover/uplink-state.js'
import { journalSummary } from '#src/journal/journal-summary.js'
import { Random } from '#src/simulator/random.js'
import { dropFile } from '#src/simulator/rehearsal.js'
import { inDirectory } from '../support/in-directory.ts'
import { withoutMosquitto } from '../support/mosquitto.ts'
import { shortOrLong } from '../support/short-or-long.ts'
import { names, Stations } from '../support/stations.ts'
import { makePapers } from './power/papers.ts'

const { actas, kills } = shortOrLong({
	short: { actas: 100, kills: 8 },
	long: { actas: 300, kills: 20 },
})
/** Between two papers, so that each process dies while some are on their way. */
const paceMs = 100
const seed = process.env['TESTIGO_SEED'] ?? String(Date.now())

const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')
const headerOf = (line: string): { readonly typ: string; readonly kid: string } =>
	JSON.parse(Buffer.from(line.split('.')[0] ?? '', 'base64url').toString())
const isEntry = (line: string) => headerOf(line).typ === 'testigo-entry+jws'

const title = `four processes, ${kills} kills, ${actas} actas`
if (withoutMosquitto !== null) {
	test.skip(`${title}: ${withoutMosquitto}`, () => {})
} else {
	test(`${title} (TESTIGO_SEED=${seed})`, { timeout: 280_000 }, () =>
		inDirectory(async (directory) => {
			const stations = new Stations(directory)
			const random = new Random(seed)
			await stations.enrol()
			try {
				for (const name of names) await stations.start(name)
				const papers = await makePapers(actas)
				const laid = (async () => {
					for (const { name, bytes } of papers) {
						await dropFile(stations.inbox, name, bytes)
						await after(paceMs)
					}
				})()
				const victims = Array.from({ length: kills }, (_, index) => ({
					name: names[index % names.length] ?? 'kiosk',
					turn: random.bits(),
				}))
					.toSorted((one, other) => one.turn - other.turn)
					.map(({ name }) => name)
				let saidBefore = 0
				for (const victim of victims) {
					await after(400 + random.fraction() * 2200)
					await stations.kill(victim)
					if (victim === 'kiosk') saidBefore = stations.log(victim).length
					await stations.start(victim)
				}
				await laid
				const end = { timeout: 200_000, interval: 500 }
				// The last start is an entry too.
				const started = () => stations.log('kiosk').slice(saidBefore).includes('"event":"started"')
				await vi.waitUntil(started, end)
				await vi.waitUntil(async () => (await journalSummary(stations.journal))?.actas === actas, end)
				const entries = (await journalSummary(stations.journal))?.entries ?? 0
				await vi.waitUntil(async () => {
					const state = await readUplinkState(join(stations.uplink, 'state.json'))
					return state.ok && state.value.imagesUpto === entries
				}, end)
			} catch (error) {
				for (const name of ['kiosk', 'uplink', 'central'] as const)
					console.error(stations.log(name).slice(-3000))
				throw error
			} finally {
				await stations.stop()
			}

			const journal = await auditJournal(stations.journal)
			expect(journal).toMatchObject({ ok: true, value: { chainWhole: true, actas, faultCount: 0 } })
			const ledger = await auditLedger(stations.ledger)
			expect(ledger).toMatchObject({ ok: true, value: { faultCount: 0 } })

			const recorded = linesOf(join(stations.journal, 'entries.jws'))
			const held = linesOf(join(stations.ledger, 'ledger.jws')).filter(isEntry)
			expect(held.toSorted()).toEqual(recorded.toSorted())
			expect(journal.ok && journal.value.images).toMatchObject({ named: actas, present: actas })
			expect(ledger.ok && ledger.value.images).toMatchObject({ named: actas, present: actas })

			const key = await readPublicKeyFile(join(directory, 'centre', 'public.pem'))
			if (!key.ok) throw new Error(key.fault.detail)
			const receipts = linesOf(join(stations.uplink, 'receipts.jws')).map((text) =>
				openReceipt(text, { id: headerOf(text).kid, publicKey: key.value }),
			)
			expect(receipts.filter((receipt) => !receipt.ok)).toEqual([])
			const covered = new Set(receipts.map((receipt) => (receipt.ok ? receipt.value.receipt.entry : '')))
			expect(covered.size).toBe(recorded.length)
		}),
	)
}
