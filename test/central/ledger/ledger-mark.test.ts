/** What a start says of a ledger that is not what was verified before: `central/verified.json`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { Central } from '#src/central/central.js'
import type { CentralEvent } from '#src/central/events.js'
import { openLedger } from '#src/central/ledger/ledger.js'
import { signReceipt } from '#src/evidence/receipt.js'
import { JournalMaker } from '../../support/journal-maker.ts'
import { receiptFor } from '../../support/receipts.ts'
import { gotten } from '../../support/result.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { makeSigner } from '../../support/test-identity.ts'

const device = makeSigner('k-marked')
const centre = makeSigner('c-marked')
const identities = [device, centre].map(({ kid, publicKey }) => ({ id: kid, publicKey }))
const signerOf = (_: string, id: string) => identities.find((one) => one.id === id)

let root: string
let lines: string[]
beforeEach(async () => {
	root = await temporaryFolder()
	const journal = new JournalMaker(join(root, 'journal'), device)
	lines = []
	for (let seq = 1; seq <= 4; seq++) {
		const { text, id } = await journal.boot()
		lines.push(text, (await signReceipt(receiptFor(device.kid, { seq, id }), centre)).text)
	}
})

const ledger = () => join(root, 'ledger.jws')
const mark = () => join(root, 'verified.json')
const write = (texts: readonly string[]) => writeFileSync(ledger(), texts.map((text) => `${text}\n`).join(''))

async function start() {
	const opened = await openLedger(root, { signerOf, visit: () => {} })
	if (opened.ok) await opened.value.close()
	return opened
}

/** The signature's first character changed. */
function alteredSignature(text: string): string {
	const at = text.lastIndexOf('.') + 1
	return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}

describe('the mark of a ledger', () => {
	test('is written by the first start, which verifies all, and spares the next', async () => {
		write(lines)
		expect(gotten(await start())).toMatchObject({ lines: 8, verified: 8, marked: false, cut: null })
		expect(JSON.parse(readFileSync(mark(), 'utf8'))).toMatchObject({ v: 1, lines: 8 })
		expect(gotten(await start())).toMatchObject({ lines: 8, verified: 0, marked: true, cut: null })
	})

	test('grows with what is appended', async () => {
		write(lines.slice(0, 2))
		const opened = gotten(await openLedger(root, { signerOf, visit: () => {} }))
		await opened.log.append(lines.slice(2))
		await opened.close()
		expect(gotten(await start())).toMatchObject({ lines: 8, verified: 0, cut: null })
	})

	test('that is spoiled, or has more fields than are known, only costs time', async () => {
		write(lines)
		await start()
		const known = JSON.parse(readFileSync(mark(), 'utf8'))
		writeFileSync(mark(), JSON.stringify({ ...known, index: [1, 2] }))
		expect(gotten(await start())).toMatchObject({ verified: 0, cut: null })
		writeFileSync(mark(), 'no mark')
		expect(gotten(await start())).toMatchObject({ verified: 8, marked: false, cut: null })
	})
})

describe('a ledger that is not what was verified', () => {
	const [e1, r1, e2, r2, e3, r3] = [0, 1, 2, 3, 4, 5]

	test.each([
		['cut off at a line', (all: string[]) => all.slice(0, 4)],
		['emptied', () => []],
		['without a receipt', (all: string[]) => all.toSpliced(r2, 1)],
		['without an entry and its receipt', (all: string[]) => all.toSpliced(e2, 2)],
		[
			'with two entries exchanged',
			(all: string[]) => all.toSpliced(e1, 4, ...all.slice(e2, r2 + 1), ...all.slice(e1, r1 + 1)),
		],
	])('is cut: %s', async (_, change) => {
		write(lines)
		await start()
		write(change(lines))
		expect(gotten(await start())).toMatchObject({ cut: { lines: 8 } })
	})

	test.each([
		['a damaged signature of an entry', e2, 'bad-signature'],
		['a damaged signature of a receipt', r3, 'bad-signature'],
	])('is refused, with its line: %s', async (_, at, code) => {
		write(lines)
		await start()
		write(lines.with(at, alteredSignature(lines[at] ?? '')))
		const refused = await start()
		expect(refused).toMatchObject({ ok: false, fault: { code: 'damaged' } })
		expect(refused.ok ? '' : refused.fault.detail).toMatch(
			new RegExp(`line ${at + 1} is damaged: .*${code}.*--ask-again`),
		)
	})

	test('is refused where a receipt stands above its entry', async () => {
		write(lines)
		await start()
		write(lines.with(e3, lines[r3] ?? '').with(r3, lines[e3] ?? ''))
		expect(await start()).toMatchObject({ ok: false, fault: { code: 'damaged' } })
	})

	test('a centre says so loudly, and asks every kiosk for everything again', async () => {
		const events: CentralEvent[] = []
		const run = async () => {
			const central = new Central({
				directory: root,
				signer: centre,
				clock: new SimulatedClock(),
				random: Math.random,
				broker: null,
				log: (event) => events.push(event),
				failed() {},
			})
			gotten(await central.start())
			await central.stop()
			return JSON.parse(readFileSync(join(root, 'ledger.json'), 'utf8'))
		}
		write(lines)
		const first = await run()
		expect(events).toContainEqual({ event: 'ledger-unmarked', lines: 8 })
		expect(await run()).toEqual(first)
		write(lines.slice(0, 6))
		const after = await run()
		expect(events).toContainEqual({ event: 'ledger-cut', before: 8, lines: 6 })
		expect(after).toMatchObject({ askAll: true })
		expect(after.id).not.toBe(first.id)
		rmSync(mark())
		expect(existsSync(mark())).toBe(false)
	})
})
