import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { BoardEvent } from '#src/board/events.js'
import { hashPassPhrase, type PassPhraseHash } from '#src/platform/http/pass-phrase.js'
import { CentreMaker } from '../support/centre-maker.ts'
import { actaText } from '../support/journal-maker.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { startedBoard } from '../support/started-board.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const [first, second] = ['k-aaaaaaaaaaaaaaaa', 'k-bbbbbbbbbbbbbbbb']
const jpeg = Buffer.from('ffd8ffe000104a464946', 'hex')

async function startBoard(
	prepare: (centre: CentreMaker) => Promise<void> | void = () => {},
	passPhrase: PassPhraseHash | null = null,
) {
	const centre = new CentreMaker(await temporaryFolder())
	await prepare(centre)
	const clock = new SimulatedClock(Date.parse('2024-07-29T01:00:00Z'))
	const events: BoardEvent[] = []
	const log = (event: BoardEvent) => events.push(event)
	const secrets = { tls: null, passPhrase }
	const { board, url } = await startedBoard(centre.directory, { clock, log, secrets })
	onTestFinished(() => board.stop())
	/** Looks until it shows what is wanted. */
	const shows = async (isShown: () => boolean) =>
		await until(async () => {
			await clock.advance(500)
			return isShown()
		})
	return { board, centre, clock, events, shows, url }
}

/** Tables of one centre, or of several. */
const rows = (...tables: readonly (readonly [table: string, electors: number, more?: object])[]) =>
	tables.map(([table, electors, more]) => {
		const [centro = '', mesa = ''] = table.split('.')
		return { table, centro, mesa, electors, ...more }
	})

describe('a board', () => {
	it('shows a centre that has nothing yet, and goes on when it has', async () => {
		const { board, centre, shows } = await startBoard()
		expect(board.view).toMatchObject({ newestMs: null, lastHourTables: 0, figures: { register: null } })
		expect(board.view.place([])).toMatchObject({ names: [], within: [] })
		expect([board.view.devices(), board.view.findings(), board.view.calls()]).toEqual([[], [], []])
		const { version } = board.view
		await centre.acta(first, actaText(0), '2024-07-29T00:59:00Z')
		await shows(() => board.view.figures.unlisted.counted === 1)
		expect(board.view.version).toBeGreaterThan(version)
		expect(board.view.newestMs).toBe(Date.parse('2024-07-29T00:59:00Z'))
		expect(board.view.lastHourTables).toBe(1)
	})

	it('lists what is missing, the centre with most electors first, and single sources for a second scan', async () => {
		const { board, centre, shows } = await startBoard(async (maker) => {
			maker.register(
				rows(
					['100000000.01', 300],
					['100000000.02', 500],
					['100000001.01', 700, { municipality: 'Sur', centroName: 'Escuela' }],
					['100000001.02', 200, { municipality: 'Sur', centroName: 'Escuela' }],
				),
			)
			await maker.acta(first, actaText(0), '2024-07-29T00:10:00Z')
		})
		const { view } = board
		expect(
			view.calls().map(({ centro, missing, mesas, tables }) => [centro, missing, mesas, tables]),
		).toEqual([
			['100000001', { tables: 2, electors: 900 }, ['01', '02'], 2],
			['100000000', { tables: 1, electors: 500 }, ['02'], 2],
		])
		expect(view.secondScans().map(({ table, methods, devices }) => [table, methods, devices])).toEqual([
			['100000000.01', ['qr'], [first]],
		])
		const uno = view.place(['Uno'])
		expect(uno?.within.map(({ name, figures }) => [name, figures.tables.missing.electors])).toEqual([
			['Norte', 500],
			['Sur', 900],
		])
		expect(
			view.place(['Uno', 'Norte', 'Alta', '100000000'])?.tables.map(({ table, state }) => [table, state]),
		).toEqual([
			['100000000.01', 'counted'],
			['100000000.02', 'missing'],
		])
		expect(view.place(['Dos'])).toBeNull()
		await centre.acta(second, actaText(0), '2024-07-29T00:20:00Z')
		await shows(() => board.view.secondScans().length === 0)
		expect(board.view.figures.confirmed).toEqual({ tables: 1, electors: 300 })
	})

	it('shows a conflict with all versions and public pictures, and who contradicts whom', async () => {
		const { board, url } = await startBoard(async (maker) => {
			const sha256 = maker.picture(jpeg)
			const images = [{ role: 'public', mediaType: 'image/jpeg', size: jpeg.length, sha256 }]
			for (let table = 0; table < 6; table++) await maker.acta(first, actaText(table))
			for (let table = 0; table < 6; table++) {
				const entry = await maker.acta(second, actaText(table, [90, 1]), undefined, { images })
				await maker.receipt(entry, '2024-07-29T00:30:00Z', [sha256])
			}
		})
		const { view } = board
		expect(view.tablesIn('conflict').map(({ table }) => table)).toHaveLength(6)
		const table = view.table('100000000.01')
		expect(table?.versions.map(({ votes, devices }) => [votes[0], votes[33], devices])).toEqual([
			[10, 20, [first]],
			[90, 1, [second]],
		])
		expect(
			view.contradicting().map(({ id, differs, sumsWithout }) => [id, differs, sumsWithout.candidates['EG']]),
		).toEqual([
			[first, 6, 6],
			[second, 6, 120],
		])
		const [shown] = table?.entries.find(({ device }) => device === second)?.images ?? []
		expect(shown?.isShown).toBe(true)
		const picture = await fetch(`${url}/picture/${shown?.sha256}`)
		expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
		expect(Buffer.from(await picture.arrayBuffer())).toEqual(jpeg)
	})

	it('shows no picture but public ones, whole, that no entry calls otherwise', async () => {
		const { url } = await startBoard(async (maker) => {
			const image = (role: string, bytes: Buffer) => {
				const sha256 = maker.picture(bytes)
				return { role, mediaType: 'image/jpeg', size: bytes.length, sha256 }
			}
			const full = Buffer.concat([jpeg, Buffer.from('a whole paper')])
			await maker.acta(first, actaText(0), undefined, { images: [image('full', full)] })
			await maker.acta(second, actaText(1), undefined, { images: [image('public', full)] })
			const page = image('public', Buffer.from('<script>alert(1)</script>'))
			await maker.acta(second, actaText(2), undefined, { images: [page] })
			const other = 'ab'.repeat(32)
			maker.picture(jpeg, other)
			await maker.acta(second, actaText(3), undefined, { images: [{ ...page, sha256: other }] })
		})
		const digest = async (bytes: string) =>
			Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(bytes, 'latin1'))).toString('hex')
		const asked = [
			await digest(`${jpeg.toString('latin1')}a whole paper`),
			await digest('<script>alert(1)</script>'),
			...['ab'.repeat(32), '00'.repeat(32), 'AB'.repeat(32), 'x', '..%2f..%2fledger.jws'],
		]
		for (const one of asked) expect([404, 400]).toContain((await fetch(`${url}/picture/${one}`)).status)
	})

	it('says which kiosks are silent, full, or behind', async () => {
		const { board, clock, centre, shows } = await startBoard(async (maker) => {
			await maker.acta(first, actaText(0))
			maker.statuses('2024-07-29T00:59:50Z', { device: first, recorded: 40, free: 1e6 }, { device: second })
		})
		const troubles = () => Object.fromEntries(board.view.devices().map(({ id, troubles: all }) => [id, all]))
		expect(troubles()).toEqual({ [first]: ['full', 'behind'], [second]: [] })
		expect(board.view.devices()[0]).toMatchObject({ held: 1, actas: 1, recorded: 40 })
		await clock.advance(180_000)
		await shows(() => troubles()[second]?.[0] === 'silent')
		centre.statuses('2024-07-29T01:03:50Z', { device: second, state: 'offline' })
		await shows(() => troubles()[second]?.[0] === 'offline')
	})

	it('takes up another register, and says where one can not be taken', async () => {
		const { board, centre, events, shows } = await startBoard(async (maker) => {
			await maker.acta(first, actaText(0))
		})
		centre.register(rows(['100000000.01', 10], ['100000000.02', 20]))
		await shows(() => board.view.figures.register?.tables === 2)
		expect(board.view.figures.tables.counted).toEqual({ tables: 1, electors: 10 })
		await writeFile(join(centre.directory, 'register.csv'), 'state;municipality\n')
		await shows(() => board.view.figures.register === null)
		expect(events.find(({ event }) => event === 'register-fault')).toMatchObject({
			fault: { code: 'wrong-header', detail: expect.stringMatching(/register\.csv: line 1: (?!line)/) },
		})
	})

	it('says again where a register can not be taken, after there was none', async () => {
		const { centre, clock, events } = await startBoard()
		const register = join(centre.directory, 'register.csv')
		const logs = async (wanted: BoardEvent['event'], count: number) =>
			await until(async () => {
				await clock.advance(500)
				return events.filter(({ event }) => event === wanted).length === count
			})
		await writeFile(register, 'state;municipality\n')
		await logs('register-fault', 1)
		await logs('anew', 1)
		await rm(register)
		await logs('anew', 2)
		await writeFile(register, 'state;municipality;parish\n')
		await logs('register-fault', 2)
	})

	it('says on every page what can not be read, until it can', async () => {
		const { centre, clock, url } = await startBoard()
		const ledger = join(centre.directory, 'ledger.jws')
		const bytes = await readFile(ledger)
		const says = async (path: string) => (await fetch(`${url}${path}`)).text()
		const words = 'records can not be read: what is shown is not of now'
		const shows = async (is: boolean) =>
			await until(async () => {
				await clock.advance(500)
				return (await says('/en')).includes(words) === is
			})
		expect(await says('/en')).not.toContain(words)
		await rm(ledger)
		await mkdir(ledger)
		await shows(true)
		expect(await says('/en')).not.toContain('There is nothing to do')
		expect(await says('/en/wall')).toContain(words)
		await rm(ledger, { recursive: true })
		await writeFile(ledger, bytes)
		await shows(false)
	})

	it('gives signs of life while the records can not be read', async () => {
		const { centre, clock, events, url } = await startBoard()
		const leaving = new AbortController()
		const response = await fetch(`${url}/live`, { signal: leaving.signal })
		const ledger = join(centre.directory, 'ledger.jws')
		await rm(ledger)
		await mkdir(ledger)
		// All is begun anew with it, and comes to nothing.
		centre.register(rows(['100000000.01', 300]))
		await until(async () => {
			await clock.advance(500)
			return events.some(({ event }) => event === 'records-fault')
		})
		let said = 0
		const listening = (async () => {
			for await (const piece of response.body ?? [])
				said += [
					...Buffer.from(piece)
						.toString()
						.matchAll(/^event: board$/gm),
				].length
		})()
		await until(async () => {
			await clock.advance(3_000)
			return said >= 5
		})
		leaving.abort()
		await expect(listening).rejects.toThrow()
	})

	it('serves the figures of which the quote line has the digest', async () => {
		const { url } = await startBoard(async (maker) => {
			maker.register(rows(['100000000.01', 300]))
			await maker.acta(first, actaText(0), '2024-07-29T00:10:00Z')
		})
		const body = await (await fetch(`${url}/figures.json`)).text()
		const digest = createHash('sha256').update(body).digest('hex')
		const quoted = digest
			.slice(0, 16)
			.toUpperCase()
			.replaceAll(/(.{4})(?=.)/g, '$1 ')
		expect(await (await fetch(`${url}/en/`)).text()).toContain(`fingerprint ${quoted}`)
	})

	it('begins anew when the records do, and shows what was there until then', async () => {
		const { board, centre, events, shows } = await startBoard(async (maker) => {
			await maker.acta(first, actaText(0), '2024-07-29T00:30:00Z')
			await maker.acta(first, actaText(1), '2024-07-29T00:31:00Z')
		})
		const ledger = join(centre.directory, 'ledger.jws')
		const lines = (await readFile(ledger, 'utf8')).split('\n')
		await writeFile(`${ledger}.new`, `${lines.slice(0, 2).join('\n')}\n`)
		await rename(`${ledger}.new`, ledger)
		await shows(() => board.view.figures.unlisted.counted === 1)
		expect(events.map(({ event }) => event)).toContain('anew')
		expect(board.view.devices()[0]?.held).toBe(1)
	})

	it('lives through lines that are none, and names what it left out', async () => {
		const { board, centre, shows } = await startBoard(async (maker) => {
			await maker.acta(first, actaText(0))
		})
		for (const line of ['', 'none', '<script>', '\u0000\uffff', 'x'.repeat(200_000)]) centre.line(line)
		await centre.acta(second, actaText(1))
		await shows(() => board.view.figures.unlisted.counted === 2)
		expect(board.view.findings()).toEqual([expect.objectContaining({ code: 'left-out' })])
	})

	it('logs from where each comes who does not know the pass phrase', async () => {
		const hash = await hashPassPhrase('cuatro palabras de más')
		if (!hash.ok) throw new Error(hash.fault.detail)
		const { events, url } = await startBoard(undefined, hash.value)
		const enterFrom = (localAddress: string) =>
			new Promise<void>((resolve, reject) => {
				const headers = { origin: url, 'content-type': 'application/x-www-form-urlencoded' }
				const sent = request(`${url}/enter`, { method: 'POST', localAddress, headers }, (response) => {
					response.resume().on('end', resolve)
				})
				sent.on('error', reject)
				sent.end('phrase=another')
			})
		const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3']
		for (const address of addresses) await enterFrom(address)
		expect(events.flatMap((one) => (one.event === 'pass-phrase-refused' ? [one.from] : []))).toEqual(
			addresses,
		)
	})

	it('changes nothing of what it reads', async () => {
		const { board, centre, shows } = await startBoard(async (maker) => {
			maker.register(rows(['100000000.01', 10]))
			maker.statuses('2024-07-29T00:59:50Z', { device: first })
			await maker.acta(first, actaText(0))
		})
		const state = async () => {
			const names = (await readdir(centre.directory, { recursive: true })).sort()
			const seen = names.map(async (name) => {
				const { mtimeMs, ctimeMs, size, mode } = await stat(join(centre.directory, name))
				return [name, mtimeMs, ctimeMs, size, mode]
			})
			return await Promise.all(seen)
		}
		const before = await state()
		const { version } = board.view
		await shows(() => board.view.version > version)
		expect(await state()).toEqual(before)
	})
})
