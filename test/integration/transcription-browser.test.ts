/** Two people read twenty papers in browsers, at stations of their own; the centre takes in what they signed. */
import { createHash, randomBytes } from 'node:crypto'
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { ElectionDefinition } from '#src/acta/election.js'
import { type Acta, formatPayload } from '#src/acta/payload.js'
import { tableOf } from '#src/acta/plausibility.js'
import { makeIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import type { Signer } from '#src/evidence/signer.js'
import type { Transcription } from '#src/evidence/transcription.js'
import { SignedChain, transcriptionsFile, type Unlinked } from '#src/journal/signed-chain.js'
import { openStripPrinter, printStrip } from '#src/simulator/paper/strip.js'
import { exportPeople } from '#src/stick/people-export.js'
import { publishedFigures } from '#src/tally/figures.js'
import { tallyOfLedger } from '#src/tally/ledger-tally.js'
import { axeFaults, complaintsOf, launchBrowser, openPage, withoutBrowser } from '../support/browser.ts'
import { JournalMaker } from '../support/journal-maker.ts'
import { Authority } from '../support/listed.ts'
import { RunningProcess, testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { answerOf } from '../support/transcribed.ts'
import { missingVerifiers, openVerifiers } from './differential/agreed.ts'

const election = ElectionDefinition.parse({
	id: 'invented-2024',
	title: 'Elección inventada',
	zone: 'America/Caracas',
	code: { digits: [9, 2, 1, 4], centro: 0, mesa: 1 },
	candidates: [
		{ id: 'ONE', name: 'Primera Candidata' },
		{ id: 'TWO', name: 'Segundo Candidato' },
	],
	cards: [
		{ sigla: 'AZUL', number: 11, candidate: 'ONE' },
		{ sigla: 'VERDE', candidate: 'ONE' },
		{ sigla: 'ROJO', number: 7, candidate: 'TWO' },
	],
	highestCount: 9999,
})

const place = {
	state: 'EDO. INVENTADO',
	municipality: 'MP. INVENTADO',
	parish: 'PQ. INVENTADA',
	electors: 500,
}

/** What stands on the n-th paper. */
const paperOf = (n: number): Acta => ({
	...{
		code: `9900010${String(n).padStart(2, '0')}.01.1.0001`,
		centro: `9900010${String(n).padStart(2, '0')}`,
		mesa: '01',
	},
	...{ votes: [n, 2 * n, 100 + n], nullVotes: n % 3, emptyVotes: 0 },
})
const papers = Array.from({ length: 20 }, (_, n) => paperOf(n))
const [differs, unreadable, changes] = [17, 18, 19]

/** As the simulator prints it, for people to read: no code is in the picture. */
async function pictures(): Promise<Buffer[]> {
	const press = await openStripPrinter()
	return await Promise.all(
		papers.map(async (acta) => {
			const rows = { top: 38, bottom: 400 }
			const sheet = await printStrip(press, { acta, place, seed: acta.code }, election, 2, rows)
			const plane = Uint8Array.from(sheet.ink, (ink) => 245 - 230 * ink)
			const raw = { width: sheet.width, height: sheet.height, channels: 1 } as const
			return await sharp(plane, { raw }).jpeg({ quality: 70 }).toBuffer()
		}),
	)
}

/** A kiosk's journal on a stick: all of it unread. */
async function stickOf(stick: string, device: Signer, jpegs: readonly Buffer[]): Promise<string[]> {
	const journal = new JournalMaker(join(stick, 'testigo', device.kid), device)
	const ids: string[] = []
	for (const bytes of jpegs) {
		const images = [
			{ role: 'full', mediaType: 'image/jpeg', size: bytes.length, sha256: journal.image(bytes) },
		]
		const reading = { method: 'none', text: null, code: null }
		const next = await journal.next({ kind: 'acta', election: election.id, reading, images })
		ids.push(journal.append(next).id)
	}
	return ids
}

/** A person at a station, who sees the picture and types. */
class Reader {
	readonly page: Page
	/** By what is in the picture, as only somebody who looks at it knows. */
	readonly #seen: ReadonlyMap<string, number>
	#saved = 0

	constructor(page: Page, seen: ReadonlyMap<string, number>) {
		this.page = page
		this.#seen = seen
	}

	/** Which paper it is; null when all are read. */
	async paper(): Promise<number | null> {
		const picture = this.page.locator('.sheet img')
		if ((await picture.count()) === 0) return null
		const sha256 = (await picture.getAttribute('src'))?.split('/').at(-1) ?? ''
		return this.#seen.get(sha256) ?? null
	}

	async type({ code, votes, nullVotes, emptyVotes }: Acta): Promise<void> {
		await this.#typeAll([...code.split('.'), ...votes, nullVotes, emptyVotes])
		for (const box of '111213') await this.page.keyboard.press(box)
		await this.page.waitForSelector('#totals button:focus')
	}

	async #typeAll(values: readonly (string | number)[]): Promise<void> {
		await this.page.waitForSelector('.live [id="code.0"]:focus')
		for (const value of values) {
			await this.page.keyboard.insertText(String(value))
			await this.page.keyboard.press('Enter')
		}
	}

	/** By this key; waits for what comes next. */
	async save(key = 'Enter'): Promise<void> {
		await this.page.keyboard.press(key)
		const progress = `${++this.#saved} de ${papers.length}`
		await this.page.locator('.progress', { hasText: progress }).waitFor()
	}

	async sayFaded({ code }: Acta): Promise<void> {
		await this.#typeAll(code.split('.'))
		await this.page.keyboard.press('n')
		await this.save('3')
	}

	/** All papers, as they are printed but where `instead` says otherwise. */
	async readAll(instead: ReadonlyMap<number, Acta>): Promise<number[]> {
		const order: number[] = []
		for (let n = await this.paper(); n !== null; n = await this.paper()) {
			order.push(n)
			if (n === unreadable) await this.sayFaded(paperOf(n))
			else {
				await this.type(instead.get(n) ?? paperOf(n))
				await this.save()
			}
		}
		return order
	}
}

async function openStation(browser: Browser, words: readonly string[], seen: ReadonlyMap<string, number>) {
	const running = RunningProcess.testigo(['transcribe', ...words])
	onTestFinished(() => running.stop('SIGKILL'))
	const link = () => /http:\/\/127\.0\.0\.1:[0-9]+\/enter\/[\w-]+/.exec(running.said)?.[0]
	await running.until(() => link() !== undefined)
	const page = await openPage(browser, { viewport: { width: 1280, height: 720 }, locale: 'es-VE' })
	const complaints = complaintsOf(page, new URL(link() ?? '').origin)
	await page.goto(link() ?? '')
	return { running, page, complaints, reader: new Reader(page, seen) }
}

/** Signs one more as the next of a station, and puts its chain on a stick. */
async function carry(
	stick: string,
	signer: Signer,
	identity: string,
	answer: Unlinked<Transcription>,
): Promise<void> {
	const chain = gotten(await SignedChain.open(identity, transcriptionsFile, signer))
	try {
		gotten(await chain.append(answer))
		mkdirSync(stick, { recursive: true })
		const published = { id: signer.kid, publicKey: signer.publicKey, certificate: null, authority: null }
		gotten(await exportPeople(chain, published, { stick, anyFolder: true }))
	} finally {
		await chain.close()
	}
}

const slow = { timeout: 300_000 }

describe(`people read (${withoutBrowser ?? missingVerifiers})`, () => {
	test.skipIf(withoutBrowser)('twenty papers, typed twice, count as people say', slow, async () => {
		const home = await temporaryFolder()
		const at = (name: string) => join(home, name)
		const [one, two] = [makeSigner('k-one'), makeSigner('k-two')]
		const jpegs = await pictures()
		const stick = at('stick')
		const entries = [
			...(await stickOf(stick, one, jpegs.slice(0, 12))),
			...(await stickOf(stick, two, jpegs.slice(12))),
		]
		gotten(await makeIdentity(at('centre'), 'centre', randomBytes))
		const stations = [at('first'), at('second')]
		for (const directory of stations) gotten(await makeIdentity(directory, 'station', randomBytes))
		const [first, second] = await Promise.all(
			stations.map(async (directory) => gotten(await openIdentity(directory)).signer),
		)
		if (first === undefined || second === undefined) throw new Error('no stations')
		const listed = [first, second].map(({ kid: id, publicKey }) => ({ id, publicKey }))
		await new Authority().publish(at('central'), { devices: [one, two], stations: listed })
		writeFileSync(at('election.json'), JSON.stringify(election))
		const take = (from: string) =>
			testigo('import', from, '--identity', at('centre'), '--directory', at('central'), '--json')
		expect(await take(stick)).toMatchObject({ status: 0 })

		const queue = ['--out', at('queue'), '--election', at('election.json')]
		const prepared = await testigo('transcribe', 'prepare', at('central'), ...queue)
		expect(prepared).toMatchObject({ status: 0, out: expect.stringContaining('20 papers to read') })

		const seen = new Map(jpegs.map((bytes, n) => [createHash('sha256').update(bytes).digest('hex'), n]))
		const browser = await launchBrowser(onTestFinished)
		const stickAt = (name: string) => {
			mkdirSync(at(name))
			return at(name)
		}
		const begin = (name: string) =>
			openStation(
				browser,
				[at('queue'), '--identity', at(name), '--out', stickAt(`${name}-stick`), '--any-folder'],
				seen,
			)
		const [here, there] = await Promise.all([begin('first'), begin('second')])
		const wrong = (n: number) => ({ ...paperOf(n), votes: [n, 2 * n, 999] })
		const [order, otherOrder] = await Promise.all([
			here.reader.readAll(new Map()),
			there.reader.readAll(new Map([differs, changes].map((n) => [n, wrong(n)]))),
		])
		expect(order.toSorted((a, b) => a - b)).toEqual(papers.map((_, n) => n))
		expect(order).not.toEqual(otherOrder)

		await there.page.locator('nav a').nth(1).press('Enter')
		expect(await axeFaults(there.page)).toEqual([])
		const { code } = paperOf(changes)
		await there.page.locator(`a[aria-label*="${code.slice(0, 12)}"]`).press('Enter')
		await there.page.waitForSelector('#paper')
		await there.page.locator('input[name="votes.2"]').focus()
		await there.page.keyboard.press('Control+A')
		await there.page.keyboard.insertText(String(paperOf(changes).votes[2]))
		await there.page.locator('button.main').press('Enter')
		await there.page.waitForSelector('#totals')
		expect(await axeFaults(there.page)).toEqual([])
		await there.page.keyboard.press('Enter')
		await there.page.waitForSelector('.words')
		expect([...here.complaints, ...there.complaints]).toEqual([])
		for (const { running } of [here, there]) {
			await running.stop('SIGINT')
			expect(running.status).toBe(0)
		}

		// What does not belong: an answer by nobody known, one to another picture, an entry by a station.
		const answered = papers.map((acta, n) => ({ n, entry: entries[n] ?? '', text: formatPayload(acta) }))
		const [paper] = answered
		if (paper === undefined) throw new Error('no paper')
		const answer = (station: string, image: string) => ({
			...answerOf(station, paper.entry, image, paper.text),
			election: election.id,
		})
		const stranger = makeSigner('s-stranger')
		const image = [...seen.keys()][0] ?? ''
		await carry(at('strangers'), stranger, at('stranger'), answer(stranger.kid, image))
		await carry(at('strangers'), second, at('second'), answer(second.kid, 'f'.repeat(64)))
		const forged = new JournalMaker(join(at('strangers'), 'testigo', 'k-forged'), second)
		await forged.boot()

		for (const name of ['first-stick', 'second-stick'])
			expect(await take(at(name))).toMatchObject({ status: 0 })
		const refused = await take(at('strangers'))
		expect(refused).toMatchObject({ status: 1 })
		const Report = z.object({ refused: z.array(z.object({ file: z.string(), code: z.string() })) })
		const codes = Report.parse(JSON.parse(refused.out)).refused.map(({ code }) => code)
		expect(codes.toSorted()).toEqual(['other-image', 'unknown-station', 'wrong-role'])

		const { tally } = gotten(await tallyOfLedger(at('central'), election))
		const figures = publishedFigures(tally.figures())
		const read = papers.filter((_, n) => n !== differs && n !== unreadable)
		expect(figures).toMatchObject({
			unlisted: { counted: read.length, conflict: 1, unread: 1, quarantine: 0, void: 0 },
			unreadPapers: 0,
			sums: {
				all: {
					candidates: {
						ONE: read.reduce((sum, { votes: [azul = 0, verde = 0] }) => sum + azul + verde, 0),
						TWO: read.reduce((sum, { votes }) => sum + (votes[2] ?? 0), 0),
					},
					nullVotes: read.reduce((sum, { nullVotes }) => sum + nullVotes, 0),
					emptyVotes: 0,
				},
			},
			contradicting: [],
		})
		const states = new Map([
			[differs, 'conflict'],
			[unreadable, 'unread'],
		])
		expect(papers.map((acta) => tally.stateOf(tableOf(acta)))).toEqual(
			papers.map((_, n) => states.get(n) ?? 'counted'),
		)
		const verifiers = await openVerifiers()
		cpSync(at('election.json'), join(at('central'), 'election.json'))
		expect(await verifiers.figures(at('central'))).toEqual(figures)
		expect(await verifiers.report(at('central'))).toMatchObject({ whole: true })

		// Where a centre took in what it should have refused, all three refuse it, by the same codes.
		cpSync(at('central'), at('lax'), { recursive: true })
		for (const file of [
			`${stranger.kid}/transcriptions.jws`,
			`${second.kid}/transcriptions.jws`,
			'k-forged/entries.jws',
		]) {
			const lines = readFileSync(join(at('strangers'), 'testigo', file), 'latin1')
				.trimEnd()
				.split('\n')
			appendFileSync(join(at('lax'), 'ledger.jws'), `${lines.at(-1)}\n`)
		}
		const Faults = z.object({ faults: z.array(z.object({ code: z.string() })) })
		const { faults } = Faults.parse(await verifiers.report(at('lax')))
		expect(faults.map(({ code }) => code)).toEqual(['unknown-station', 'wrong-role', 'other-image'])
		expect(await verifiers.figures(at('lax'))).toEqual(figures)
	})
})
