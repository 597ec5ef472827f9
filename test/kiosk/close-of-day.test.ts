/** The close of day with real session, recorder, journal and signer; what is simulated is what a hand would touch. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compactVerify, decodeProtectedHeader } from 'jose'
import { beforeEach, expect, test, vi } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { sessionDelays } from '#src/kiosk/session/delays.js'
import type { Code } from '#src/panel/head-code.js'
import type { Screen } from '#src/panel/screens.js'
import { HandledKiosk, paperOf } from '../support/handled-kiosk.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-closing')
let directory: string
let clock: SimulatedClock
let boot = 0

beforeEach(async () => {
	directory = await temporaryFolder()
	clock = new SimulatedClock()
	boot = 0
})

function start(onScreen: (screen: Screen, code: Code | null) => void = () => {}): Promise<HandledKiosk> {
	return HandledKiosk.start({ directory, signer, clock, boot: ++boot, onScreen })
}

const file = (name: string) => join(directory, 'journal', name)

const at = (kiosk: HandledKiosk, scene: string) =>
	vi.waitUntil(() => kiosk.kiosk.status.scene.at === scene, { timeout: 30_000, interval: 5 })

async function close(kiosk: HandledKiosk): Promise<void> {
	kiosk.hold()
	kiosk.press()
	await at(kiosk, 'closed')
}

/** Payload of a JWS, its signature proven by jose. */
async function provenByJose(text: string): Promise<Record<string, unknown>> {
	const { payload } = await compactVerify(text, signer.publicKey)
	return JSON.parse(Buffer.from(payload).toString('utf8'))
}

const entries = () => readFileSync(file('entries.jws'), 'utf8').trimEnd().split('\n')

test('closes: an entry, and a head of it that a stranger can check', async () => {
	const kiosk = await start()
	await kiosk.scan(paperOf('01'))
	await close(kiosk)
	const head = (await readFile(file('head.jws'), 'utf8')).trimEnd()
	expect(decodeProtectedHeader(head)).toEqual({ alg: 'ES256', typ: 'testigo-head+jws', kid: 'k-closing' })
	expect(await provenByJose(head)).toEqual({
		v: 2,
		device: 'k-closing',
		seq: 3,
		id: kiosk.journal.idAt(3),
		receipts: 0,
		day: '2024-07-28',
	})
	expect(await provenByJose(entries().at(-1) ?? '')).toMatchObject({ kind: 'close', seq: 3 })
	expect(kiosk.log).toContainEqual(expect.objectContaining({ event: 'closed', seq: 3 }))
	await kiosk.stop()
	const audit = await auditJournal(join(directory, 'journal'))
	expect(audit).toMatchObject({ ok: true, value: { faultCount: 0, closed: { seq: 3 } } })
})

test('nothing is shown as closed before its entry and then its head are on the disk', async () => {
	const seen: string[] = []
	const kiosk = await start((screen) => {
		if (screen[0] !== 'DÍA CERRADO') return
		const head = readFileSync(file('head.jws'), 'utf8')
		const { id, seq } = JSON.parse(Buffer.from(head.split('.')[1] ?? '', 'base64url').toString())
		const last = JSON.parse(Buffer.from(entries().at(-1)?.split('.')[1] ?? '', 'base64url').toString())
		seen.push(`${last.kind} ${last.seq === seq} ${kiosk.journal.idAt(seq) === id}`)
	})
	await close(kiosk)
	expect(seen).toContain('close true true')
	expect(new Set(seen).size).toBe(1)
	await kiosk.stop()
})

test('a head that the disk does not take is not shown; the day can be closed when it does', async () => {
	const screens: string[] = []
	const kiosk = await start((screen) => screens.push(screen[0]))
	// The temporary file of the head can't be made.
	mkdirSync(file('head.jws.new'))
	kiosk.hold()
	kiosk.press()
	await at(kiosk, 'disk-trouble')
	expect(screens).not.toContain('DÍA CERRADO')
	rmdirSync(file('head.jws.new'))
	await clock.advance(sessionDelays.disk.firstMs)
	await at(kiosk, 'idle')
	await close(kiosk)
	// The close itself was recorded by the first try.
	expect(entries()).toHaveLength(2)
	expect((await provenByJose(readFileSync(file('head.jws'), 'utf8').trimEnd()))['seq']).toBe(2)
	await kiosk.stop()
})

test('closing again with nothing in between makes no other close; after an acta it does', async () => {
	const kiosk = await start()
	await close(kiosk)
	kiosk.hold()
	await at(kiosk, 'idle')
	await close(kiosk)
	expect(entries()).toHaveLength(2)
	await kiosk.scan(paperOf('01'))
	await at(kiosk, 'idle')
	await close(kiosk)
	expect(entries()).toHaveLength(4)
	expect(kiosk.kiosk.status.scene).toMatchObject({ head: { seq: 4 } })
	await kiosk.stop()
})

test('after a power cut the display says what it said before, unless something was recorded since', async () => {
	const first = await start()
	await close(first)
	const { scene } = first.kiosk.status
	await first.stop()
	let code: Code | null = null
	const second = await start((_, shown) => {
		code = shown
	})
	expect(second.kiosk.status.scene).toEqual(scene)
	expect(code).toHaveLength(2)
	await second.scan(paperOf('01'))
	await second.stop()
	const third = await start()
	expect(third.kiosk.status.scene).toEqual({ at: 'idle' })
	await third.stop()
})

test('a head by nobody, of another entry, or none, is not shown after a start', async () => {
	const first = await start()
	await close(first)
	await first.stop()
	const good = readFileSync(file('head.jws'), 'utf8')
	for (const bad of ['', 'x', `${good.slice(0, 20)}A${good.slice(21)}`]) {
		writeFileSync(file('head.jws'), bad)
		const again = await start()
		expect(again.kiosk.status.scene).toEqual({ at: 'idle' })
		await again.stop()
	}
	writeFileSync(file('head.jws'), good)
	const last = await start()
	expect(last.kiosk.status.scene.at).toBe('closed')
	await last.stop()
})

test('a tail that was cut off behind the back of a closed day is found by its head', async () => {
	const kiosk = await start()
	await kiosk.scan(paperOf('01'))
	await at(kiosk, 'idle')
	await close(kiosk)
	await kiosk.stop()
	const lines = entries()
	writeFileSync(file('entries.jws'), `${lines.slice(0, 2).join('\n')}\n`)
	// Nothing more is recorded, not even its start.
	const cut = await start()
	expect(cut.kiosk.status.scene).toMatchObject({
		...{ at: 'fault', device: 'journal', fault: { code: 'journal-set-back' } },
	})
	await cut.stop()
	expect(entries()).toEqual(lines.slice(0, 2))
})
