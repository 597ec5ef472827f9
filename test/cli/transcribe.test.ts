import { randomBytes } from 'node:crypto'
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { readPublicKeyFile } from '#src/evidence/keys/public-key-file.js'
import { openTranscription } from '#src/evidence/transcription.js'
import { readQueue } from '#src/transcription/queue/queue.js'
import { fieldsOf } from '#src/transcription/station/typed.js'
import { CentreOfPapers } from '../support/centre-of-papers.ts'
import { clockFrom, withoutFaketime } from '../support/fake-time.ts'
import { someBytes } from '../support/journal-maker.ts'
import { makeQueue } from '../support/paper-queue.ts'
import { text } from '../support/printed-actas.ts'
import { RunningProcess, testigo, testigoIn } from '../support/processes.ts'
import { ReadingPage } from '../support/reading-page.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

let home: string

beforeEach(async () => {
	home = await temporaryFolder()
})

const pictureOf = (seed: number) =>
	sharp(someBytes(12, seed), { raw: { width: 4, height: 3, channels: 1 } })
		.resize({ width: 80, height: 60, kernel: 'nearest' })
		.jpeg()
		.toBuffer()

test('a queue is made of what a centre holds unread, and of a sample of what it holds', async () => {
	const centre = new CentreOfPapers(home)
	const device = makeSigner('k-one')
	await centre.list([device], [])
	const bytes = await Promise.all([1, 2, 3, 4].map(pictureOf))
	const [one = bytes[0], two = one, three = one, four = one] = bytes
	if (one === undefined || two === undefined || three === undefined || four === undefined) return
	const unread = await centre.record(device, { bytes: one })
	const open = await centre.record(device, { bytes: two, isSealed: false })
	const read = await centre.record(device, { bytes: three }, text)
	const other = await centre.record(device, { bytes: four }, text)
	const prepare = (to: string, ...words: string[]) =>
		testigo('transcribe', 'prepare', centre.directory, '--out', join(home, to), ...words)
	const entries = async (to: string) =>
		gotten(await readQueue(join(home, to))).papers.map(({ entry }) => entry)

	const sealed = await prepare('open')
	expect(sealed).toMatchObject({ status: 0 })
	expect(sealed.out).toContain('No picture at hand of 1: custodians unseal them')
	expect(await entries('open')).toEqual([open.id])

	const pictures = ['--pictures', centre.unsealed]
	const sample = join(home, 'sample')
	writeFileSync(sample, '121202007.01\n121202007.02\n')
	const sampled = await prepare('sampled', ...pictures, '--sample', sample)
	expect(sampled).toMatchObject({ status: 1 })
	expect(sampled.out).toContain('WRONG: the centre holds nothing of 121202007.02')
	expect(await entries('sampled')).toEqual([unread.id, open.id, read.id, other.id])
	const list = await readFile(join(home, 'sampled', 'queue.json'), 'utf8')
	expect(list).not.toContain('121202007')

	appendFileSync(sample, 'table 12\n')
	const wrong = await prepare('wrong', '--sample', sample)
	expect(wrong).toMatchObject({ status: 2 })
	expect(wrong.err).toContain("line 3: neither an entry's id nor a table, as 121202007.01: table 12")
})

async function station(queue: string): Promise<{ running: RunningProcess; page: ReadingPage }> {
	const running = RunningProcess.testigo(['transcribe', queue, '--identity', join(home, 'station')])
	onTestFinished(() => running.stop('SIGKILL'))
	const link = () => /http:\/\/127\.0\.0\.1:[0-9]+\/enter\/[\w-]+/.exec(running.said)?.[0]
	await running.until(() => link() !== undefined)
	return { running, page: await new ReadingPage(link() ?? '').open() }
}

test('killed at any time a station loses nothing that was saved, and has nothing twice', async () => {
	const queue = join(home, 'queue')
	const { id } = gotten(await makeIdentity(join(home, 'station'), 'station', randomBytes))
	makeQueue(queue, [1, 1, 1])
	const signatures = Array.from({ length: 6 }, () => 'empty' as const)
	const fields = fieldsOf({ text, signatures }, presidential2024)

	const first = await station(queue)
	const { page } = first
	await page.send('check', fields)
	const totals = { html: page.html }
	await page.send('sign', [])
	expect(page.html).toContain('1 de 3')
	await first.running.stop('SIGKILL')

	const second = await station(queue)
	expect(second.page.html).toContain('1 de 3')
	expect(second.page.paper).toBe(page.paper)
	const unfinished = await testigo('transcribe', home, '--identity', join(home, 'station'))
	expect(unfinished).toMatchObject({ status: 2 })
	expect(unfinished.err).toContain('name a queue that "testigo transcribe prepare" has finished')
	// The form that was on its way when the laptop went off.
	second.page.html = totals.html
	await second.page.send('sign', [])
	expect(second.page.html).toContain('1 de 3')
	await second.page.send('check', [['unreadable', 'faded']])
	const again = RunningProcess.testigo(['transcribe', queue, '--identity', join(home, 'station')])
	await again.until(() => again.status !== null)
	expect(again.status).toBe(3)
	expect(again.said).toContain('another process is writing here')
	await second.running.stop('SIGINT')
	expect(second.running.status).toBe(0)
	expect(second.running.said).toContain(`${id}: 2 of 3 papers of this queue are answered.`)

	const publicKey = gotten(await readPublicKeyFile(join(home, 'station', 'public.pem')))
	const lines = (await readFile(join(home, 'station', 'transcriptions.jws'), 'utf8')).trimEnd().split('\n')
	const said = lines.map((line) => gotten(openTranscription(line, { id, publicKey })).transcription)
	expect(said).toMatchObject([
		{ seq: 1, text, signatures },
		{ seq: 2, unreadable: 'faded' },
	])
})

test('pictures are deleted, with what was left half written, and nothing else', async () => {
	const queue = join(home, 'queue')
	makeQueue(queue, [2, 1])
	writeFileSync(join(queue, 'pictures', 'notes.txt'), 'not ours')
	const forget = () => testigo('transcribe', queue, '--forget')
	const forgotten = await forget()
	expect(forgotten).toMatchObject({ status: 1 })
	expect(forgotten.out).toContain('3 pictures deleted')
	expect(forgotten.out).toContain('Flash memory')
	expect(forgotten.err).toContain('left there: notes.txt')
	expect(readdirSync(queue).toSorted()).toEqual(['pictures', 'queue.json'])
	expect(readdirSync(join(queue, 'pictures'))).toEqual(['notes.txt'])
	expect((await testigo('transcribe', queue)).status).toBe(2)
})

test.skipIf(withoutFaketime !== null)(
	`a dead clock signs no answer of 1970 ${withoutFaketime ?? ''}`,
	async () => {
		makeQueue(join(home, 'queue'), [1])
		const words = ['transcribe', join(home, 'queue'), '--identity', join(home, 'station')]
		gotten(await makeIdentity(join(home, 'station'), 'station', randomBytes))
		const dead = await testigoIn({ env: clockFrom('1970-01-01 00:01:00') }, ...words)
		expect(dead).toMatchObject({ status: 3, err: expect.stringContaining('clock is wrong') })
	},
)

test('only a station reads', async () => {
	const identity = join(home, 'device')
	gotten(await makeIdentity(identity, 'device', randomBytes))
	makeQueue(join(home, 'queue'), [1])
	const wrong = await testigo('transcribe', join(home, 'queue'), '--identity', identity)
	expect(wrong).toMatchObject({ status: 2 })
	expect(wrong.err).toContain('not the identity of a reading station; "testigo enrol station" makes one')
})
