import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { KeyUnavailable, type Signer } from '#src/evidence/signer.js'
import { SignedChain, transcriptionsFile } from '#src/journal/signed-chain.js'
import { ForeignFiles } from '#src/platform/files/foreign-file.js'
import { type Fault, fail } from '#src/platform/result.js'
import { ReadingServer } from '#src/transcription/pages/reading-server.js'
import { stationPages } from '#src/transcription/pages/routes.js'
import { QueuePictures } from '#src/transcription/station/pictures.js'
import { ReadingStation } from '#src/transcription/station/reading-station.js'
import { fieldsOf } from '#src/transcription/station/typed.js'
import { makeQueue, pictureIn } from '../support/paper-queue.ts'
import { text } from '../support/printed-actas.ts'
import { ReadingPage } from '../support/reading-page.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const signatures = Array.from({ length: 6 }, () => 'filled' as const)
const fields = fieldsOf({ text, signatures }, presidential2024)
const otherFields = fieldsOf({ text: text.replace('!23,', '!24,'), signatures }, presidential2024)

async function open(
	papers: readonly number[],
	signer: Signer = makeSigner('s-one'),
	files = new ForeignFiles(),
) {
	const home = await temporaryFolder()
	const queue = makeQueue(home, papers)
	const chain = gotten(await SignedChain.open(join(home, 'identity'), transcriptionsFile, signer))
	const clock = new SimulatedClock()
	const station = new ReadingStation(queue, signer.kid, chain, clock)
	const faults: Fault[] = []
	const failed = (fault: Fault) => void faults.push(fault)
	const pages = stationPages(station, new QueuePictures(home, files), failed)
	const server = new ReadingServer({ pages, clock, port: 0, failed })
	const link = gotten(await server.start())
	onTestFinished(async () => {
		await server.stop()
		await chain.close()
	})
	return { home, queue, chain, station, server, link, faults, page: new ReadingPage(link) }
}

test('a paper is read, its sums are seen only then, and the next one comes when it is signed', async () => {
	const { page, chain, station } = await open([1, 1])
	await page.open()
	expect(page.path).toBe('/es')
	expect(page.html).toContain('0 de 2')
	expect(page.html).not.toContain('Votos válidos')
	const [first, picture] = [page.paper, page.picture]
	const shown = await page.bytes(picture)
	expect(`/picture/${createHash('sha256').update(shown.bytes).digest('hex')}`).toBe(picture)

	await page.send('check', fields)
	expect(page.html).toMatch(/Votos válidos<\/th><td>164</)
	expect(chain.all).toEqual([])
	await page.send('correct', [])
	expect(page.html).toContain('name="votes.35" type="text" inputmode="numeric" maxlength="20" value="95"')
	await page.send('check', fields)
	await page.send('sign', [])
	expect(chain.all.map(({ transcription }) => transcription)).toMatchObject([
		{ text, signatures, entry: first.split('/').at(-1), image: picture.split('/').at(-1) },
	])
	expect(page.path).toBe('/es')
	expect(page.html).toContain('1 de 2')
	expect(page.paper).not.toBe(first)
	// Pictures of another paper than the one at hand are not given.
	expect((await page.bytes(picture)).status).toBe(404)

	await page.send('check', [['unreadable', 'no-acta']])
	expect(page.html).toContain('Todo está leído')
	expect(chain.all[1]?.transcription).toMatchObject({ unreadable: 'no-acta' })
	expect(station.next).toBeNull()
})

test('what is wrong stands at its field, and nothing is signed', async () => {
	const { page, chain } = await open([1])
	await page.open()
	await page.send('check', new Map([...fields, ['votes.3', ''], ['code.0', 'x']]))
	expect(page.status).toBe(422)
	expect(page.html).toMatch(/<a href="#code\.0">Centro \(9 cifras\): Solo cifras/)
	expect(page.html).toMatch(/id="votes\.3-fault">Falta este número/)
	expect(page.html).toContain('<title>Corregir:')
	await page.send('sign', [['code.0', '"><script>alert(1)</script>']])
	expect(page.status).toBe(422)
	expect(page.html).not.toContain('<script>alert')
	expect(chain.all).toEqual([])
})

test('an answer can be changed, by another that replaces it; a form from before is told', async () => {
	const { page, chain, server } = await open([1, 1])
	await page.open()
	await page.send('check', fields)
	await page.send('sign', [])
	await page.open('/es/answers')
	const again = /href="(\/es\/paper\/[\w-]+)"/.exec(page.html)?.[1] ?? ''
	expect(page.html).toContain('121202007.01')
	const other = new ReadingPage(server.renewLink())
	await other.open()
	await other.open(again)
	expect(other.html).toContain('reemplaza aquella respuesta')
	expect(other.html).toContain('name="votes.35" type="text" inputmode="numeric" maxlength="20" value="95"')
	const before = other.html
	await other.send('check', otherFields)
	await other.send('sign', [])
	expect(chain.all[1]?.transcription.replaces).toBe(chain.all[0]?.id)
	// The same again is the same; something else by a form that knows nothing of the change is not signed.
	other.html = before
	await other.send('check', otherFields)
	await other.send('sign', [])
	other.html = before
	await other.send('check', [['unreadable', 'other']])
	expect(other.status).toBe(409)
	expect(chain.all).toHaveLength(2)
})

test('nobody comes in but by the link, once; another one ends the session before', async () => {
	const { page, link, server } = await open([1])
	expect((await new ReadingPage(new URL('/es', link).href).open()).status).toBe(403)
	await page.open()
	expect(page.status).toBe(200)
	const second = await new ReadingPage(link).open()
	expect(second.status).toBe(403)
	expect(second.html).toContain('Este enlace ya se usó')
	expect(second.html).not.toContain('/paper/')
	const renewed = await new ReadingPage(server.renewLink()).open()
	expect(renewed.status).toBe(200)
	expect((await page.open('/es')).status).toBe(403)
})

test('there are no other pages, papers or pictures', async () => {
	const { page } = await open([1])
	await page.open()
	const { paper } = page
	for (const path of ['/fr', '/es/paper/x', `${paper}x`, '/picture/..%2f..%2fqueue.json', '/queue.json']) {
		expect((await page.open(path)).status).toBeGreaterThanOrEqual(400)
	}
	const english = await page.open('/en')
	expect(english.html).toContain('lang="en"')
	expect(english.html).toContain('0 of 1')
})

test('a paper whose picture is not the one that was signed is passed over, and said', async () => {
	const { page, queue, home } = await open([1, 2, 1])
	const [one, two] = queue.papers
	const [bad, gone] = [one?.pictures[0]?.sha256 ?? '', two?.pictures[1]?.sha256 ?? '']
	writeFileSync(pictureIn(home, bad), Buffer.alloc(100))
	rmSync(pictureIn(home, gone))
	await page.open()
	expect(page.paper).toContain(queue.papers[2]?.entry ?? '')
	await page.send('check', [['unreadable', 'blurred']])
	expect(page.html).toContain('De 2 papeles falta la foto')
	expect(page.html).toContain('<h1>Faltan fotos</h1>')
	expect(page.html).not.toContain('Todo está leído')
	await page.open('/en')
	expect(page.html).toContain('<h1>Pictures are missing</h1>')
})

test('a disk that gives no answer for a while loses no paper', async () => {
	class SlowFiles extends ForeignFiles {
		answers = true

		override read(...asked: Parameters<ForeignFiles['read']>) {
			return this.answers
				? super.read(...asked)
				: Promise.resolve(fail('no-answer', 'the disk does not answer'))
		}
	}
	const files = new SlowFiles()
	const { page, queue } = await open([1, 1], makeSigner('s-one'), files)
	files.answers = false
	expect((await page.open()).status).toBe(503)
	expect(page.html).toContain('El disco no contesta')
	expect((await page.open(`/en/paper/${queue.papers[1]?.entry}`)).status).toBe(503)
	files.answers = true
	expect((await page.open('/es')).status).toBe(200)
	expect(page.html).not.toContain('falta la foto')
	await page.send('check', [['unreadable', 'blurred']])
	await page.send('check', [['unreadable', 'blurred']])
	expect(page.html).toContain('Todo está leído')
})

test('what can not be kept is said to be so, and nothing goes on', async () => {
	const signer = makeSigner('s-one')
	const lost = { ...signer, sign: () => Promise.reject(new KeyUnavailable('the token is gone')) }
	const { page, chain, faults } = await open([1, 1], lost)
	await page.open()
	await page.send('check', fields)
	const { paper } = page
	await page.send('sign', [])
	expect(page.status).toBe(500)
	expect(page.html).toContain('No se guardó')
	expect(faults).toMatchObject([{ code: 'key-unavailable' }])
	expect(chain.all).toEqual([])
	expect((await page.open('/es')).paper).toBe(paper)
})
