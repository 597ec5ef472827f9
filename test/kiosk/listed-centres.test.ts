/** What a kiosk believes of centres: the authority's list, whatever the uplink leaves it. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CentreList, digestOfText } from '#src/evidence/authority/centre-list.js'
import { signReceipt } from '#src/evidence/receipt.js'
import type { Signer } from '#src/evidence/signer.js'
import { Journal } from '#src/journal/journal.js'
import type { KioskEvent } from '#src/kiosk/events.js'
import { openWordsBeside } from '#src/kiosk/recording/words-beside.js'
import { UplinkWatcher } from '#src/kiosk/uplink-watcher.js'
import { goneBy, listOf } from '../support/centres.ts'
import { entryAfter } from '../support/journal-maker.ts'
import { postState, receiptFor } from '../support/receipts.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const authority = makeSigner('a-authority')
const [stolen, honest] = [makeSigner('c-stolen'), makeSigner('c-honest')]
const signer = makeSigner('k-own')
const acta = '121202007.01.1.0001!1,0!0!0'
let directory: string
let journal: Journal
let clock: SimulatedClock
let list: CentreList
let watcher: UplinkWatcher
let log: KioskEvent[]
let kept: (string | null)[]

beforeEach(async () => {
	directory = await temporaryFolder()
	await mkdir(join(directory, 'uplink'))
	journal = gotten(await Journal.open(join(directory, 'journal'), signer))
	for (const more of [undefined, acta, acta])
		await journal.append(await entryAfter(journal.tail, signer, more))
	clock = new SimulatedClock()
	log = []
	kept = []
	list = new CentreList(authority.publicKey, stolen)
	watcher = new UplinkWatcher({
		...{ journal, centres: list, directory: join(directory, 'uplink'), clock },
		log: (event) => log.push(event),
		newerCentres: async ({ text }) => void kept.push(text),
	})
})
afterEach(async () => {
	await watcher.stop()
	await journal.close()
})

async function receipt(seq: number, by: Signer): Promise<string> {
	const id = journal.idAt(seq) ?? expect.fail('no such entry')
	return (await signReceipt(receiptFor(signer.kid, { seq, id }), by)).text
}

const uplinkLeaves = async (text: string) => {
	const path = join(directory, 'uplink', 'centres.jws')
	await writeFile(`${path}.new`, `${text}\n`)
	await rename(`${path}.new`, path)
}
const post = async (seq: number, by: Signer) =>
	postState(join(directory, 'uplink'), { latestReceipt: await receipt(seq, by) })
/** Has it look again until this holds. */
const until = (check: () => void) =>
	vi.waitFor(async () => {
		await clock.advance(1_000)
		check()
	})
const refusals = () =>
	log.flatMap((event) => ('fault' in event ? [`${event.event} ${event.fault.code}`] : []))

test('a centre is revoked: what it received counts no more, what the next one receives does', async () => {
	await post(3, stolen)
	await watcher.start(() => {})
	expect([watcher.upto, watcher.anchor === null]).toEqual([3, false])
	const newer = await listOf(authority, 2, [honest], goneBy(stolen))
	await uplinkLeaves(newer)
	await until(() =>
		expect([watcher.upto, watcher.anchor, watcher.notBefore, kept]).toEqual([0, null, null, [newer]]),
	)
	await post(2, honest)
	await until(() => expect(watcher.upto).toBe(2))
	await post(3, stolen)
	await until(() => expect(log.filter(({ event }) => event === 'receipt-refused').length).toBeGreaterThan(0))
	expect([watcher.upto, new Set(refusals())]).toEqual([2, new Set(['receipt-refused wrong-centre'])])
})

test('the list names the centre that was pinned: nothing changes', async () => {
	await post(3, stolen)
	await watcher.start(() => {})
	await uplinkLeaves(await listOf(authority, 1, [stolen, honest]))
	await until(() => expect([watcher.upto, list.issue]).toEqual([3, 1]))
})

test('a proof of a rollback that a revoked centre made up stops nobody any more; a listed one does', async () => {
	const madeUp = async (by: Signer) =>
		(await signReceipt(receiptFor(signer.kid, { seq: 9, id: 'A'.repeat(43) }), by)).text
	await postState(join(directory, 'uplink'), { contrary: await madeUp(stolen) })
	await watcher.start(() => {})
	expect(watcher.contradiction?.code).toBe('journal-set-back')
	await uplinkLeaves(await listOf(authority, 1, [honest], goneBy(stolen)))
	await until(() => expect(watcher.contradiction).toBeNull())
	await postState(join(directory, 'uplink'), { contrary: await madeUp(honest) })
	await until(() => expect(watcher.contradiction?.code).toBe('journal-set-back'))
})

test('an older list, another one with the number, one by nobody: refused, said, and nothing changes', async () => {
	gotten(list.take(await listOf(authority, 5, [honest], goneBy(stolen))))
	await watcher.start(() => {})
	const others = [
		['centres-rollback', await listOf(authority, 4, [stolen])],
		['centres-equivocation', await listOf(authority, 5, [stolen])],
		['bad-signature', await listOf(makeSigner(authority.id), 6, [stolen])],
		['not-a-jws', 'no list'],
	] as const
	for (const [code, text] of others) {
		await uplinkLeaves(text)
		await until(() => expect(refusals()).toContain(`centres-refused ${code}`))
	}
	expect(refusals()).toHaveLength(4)
	expect([list.issue, list.centres]).toMatchObject([5, [{ id: honest.id }]])
})

test('while a newer list is awaited nothing counts; it counts when the list comes', async () => {
	gotten(list.take(await listOf(authority, 1, [honest])))
	const newer = await listOf(authority, 2, [honest], goneBy(stolen))
	gotten(list.expect({ issue: 2, sha256: digestOfText(newer) }))
	await post(3, honest)
	await watcher.start(() => {})
	expect([watcher.upto, refusals()]).toEqual([0, ['receipt-refused centres-awaited']])
	await uplinkLeaves(newer)
	await until(() => expect(watcher.upto).toBe(3))
})

test('what lies in the journal for those who check it is what the kiosk has seen', async () => {
	const words = await openWordsBeside(journal.directory, {}, list, (event) => log.push(event))
	gotten(list.take(await listOf(authority, 3, [honest])))
	await words.keep(list)
	expect(await readFile(join(journal.directory, 'centres.jws'), 'utf8')).toBe(`${list.text}\n`)
})
