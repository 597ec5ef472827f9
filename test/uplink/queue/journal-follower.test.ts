import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { signJws } from '#src/evidence/jws.js'
import { systemClock } from '#src/platform/clock.js'
import { chunkSize } from '#src/protocol/chunks.js'
import { JournalFollower } from '#src/uplink/queue/journal-follower.js'
import { JournalMaker, someBytes } from '../../support/journal-maker.js'
import { makeSigner } from '../../support/test-identity.ts'

const signer = makeSigner('kiosk-1')
let root: string
let directory: string
let follower: JournalFollower
let seen: (number | string)[]
let waiting: (() => void)[]

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'testigo-follower-'))
	directory = join(root, 'journal')
	seen = []
	waiting = []
	const tell = (what: number | string) => {
		seen.push(what)
		for (const resolve of waiting.splice(0)) resolve()
	}
	follower = new JournalFollower({
		journal: directory,
		clock: systemClock,
		pollMs: 20,
		grew: tell,
		failed: ({ code }) => tell(code),
	})
})

afterEach(async () => {
	await follower.stop()
	rmSync(root, { recursive: true })
})

async function until(what: number | string): Promise<void> {
	while (!seen.includes(what)) await new Promise<void>((resolve) => waiting.push(resolve))
}

test('waits for a journal that is not there yet, and sees it grow', async () => {
	await follower.start()
	expect(follower.last).toBe(0)
	const journal = new JournalMaker(directory, signer)
	const first = await journal.boot()
	await until(1)
	const second = await journal.boot()
	await until(2)
	expect(await follower.entry(1)).toMatchObject({ ok: true, value: { ...first, device: 'kiosk-1' } })
	expect(await follower.entry(2)).toMatchObject({ ok: true, value: second })
	for (const seq of [0, 3, 1.5]) {
		expect(await follower.entry(seq)).toMatchObject({ ok: false, fault: { code: 'no-such-entry' } })
	}
})

test('knows after start what is there by then, over many blocks', async () => {
	const journal = new JournalMaker(directory, signer)
	for (let seq = 1; seq <= 1500; seq++) await journal.boot()
	await follower.start()
	expect(follower.last).toBe(1500)
	for (const seq of [1, 2, 700, 1023, 1024, 1025, 1500]) {
		expect(await follower.entry(seq)).toMatchObject({ ok: true, value: { id: journal.entries[seq - 1]?.id } })
	}
})

test('a line without its end is not there, and may go away again', async () => {
	const journal = new JournalMaker(directory, signer)
	const { text } = await journal.boot()
	const next = await journal.next({ kind: 'boot' })
	const path = join(directory, 'entries.jws')
	appendFileSync(path, next.text)
	await follower.start()
	expect(follower.last).toBe(1)
	// The kiosk moved the torn line to quarantine and wrote another.
	writeFileSync(path, `${text}\n`)
	await journal.boot()
	await until(2)
	expect(await follower.entry(2)).toMatchObject({ ok: true, value: { id: journal.entries[1]?.id } })
})

test.each(['shorter', 'another file'])('a journal that is %s is not followed further', async (how) => {
	const journal = new JournalMaker(directory, signer)
	const { text } = await journal.boot()
	await journal.boot()
	await follower.start()
	const path = join(directory, 'entries.jws')
	if (how === 'shorter') writeFileSync(path, `${text}\n`)
	else {
		writeFileSync(`${path}.other`, `${text}\n${text}\n`)
		renameSync(`${path}.other`, path)
	}
	await until('replaced')
})

test('a line that never ends is a fault', async () => {
	const journal = new JournalMaker(directory, signer)
	await journal.boot()
	appendFileSync(join(directory, 'entries.jws'), 'x'.repeat(300_000))
	await follower.start()
	expect(seen).toEqual([1, 'line-too-long'])
})

test('a line that is no entry, or another one, is told when it is read', async () => {
	const journal = new JournalMaker(directory, signer)
	await journal.boot()
	const path = join(directory, 'entries.jws')
	appendFileSync(path, `hello\n${journal.entries[0]?.text}\n`)
	const later = await signJws('entry', { v: 3 }, signer)
	appendFileSync(path, `${later.text}\n`)
	await follower.start()
	expect(await follower.entry(2)).toMatchObject({ ok: false, fault: { code: 'bad-entry' } })
	expect(await follower.entry(3)).toMatchObject({ ok: false, fault: { code: 'bad-entry' } })
	// Of a version to come: sent all the same.
	expect(await follower.entry(4)).toMatchObject({ ok: true, value: { id: later.id, entry: null } })
})

test('chunks of a file, and none beyond its end', async () => {
	const journal = new JournalMaker(directory, signer)
	const bytes = someBytes(chunkSize + 10, 1)
	const sha256 = journal.image(bytes)
	expect(await follower.chunk(sha256, 0)).toEqual({
		ok: true,
		value: Buffer.from(bytes.subarray(0, chunkSize)),
	})
	expect(await follower.chunk(sha256, 1)).toEqual({ ok: true, value: Buffer.from(bytes.subarray(chunkSize)) })
	expect(await follower.chunk(sha256, 2)).toMatchObject({ ok: false, fault: { code: 'unreadable' } })
	expect(await follower.chunk('0'.repeat(64), 0)).toMatchObject({ ok: false, fault: { code: 'unreadable' } })
})
