import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compactVerify } from 'jose'
import { expect, test } from 'vitest'
import { openIdentity } from '#src/enrolment/device-identity.js'
import { Journal } from '#src/journal/journal.js'
import { testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { testRecorder } from '../support/test-recorder.ts'

const frames = [{ role: 'full', bytes: Buffer.from('89504e470d0a1a0a0000', 'hex'), origin: 'a.png' }]

/** A kiosk that was stopped, with one acta: entry 2. */
async function stoppedKiosk() {
	const directory = await temporaryFolder()
	const [identity, journal] = [join(directory, 'identity'), join(directory, 'journal')]
	expect(await testigo('enrol', 'request', '--dir', identity)).toMatchObject({ status: 0 })
	const { signer } = gotten(await openIdentity(identity))
	const device = { id: signer.kid, publicKey: signer.publicKey }
	const kept = gotten(await Journal.open(journal, device))
	const recorder = testRecorder({ journal: kept, signer })
	await recorder.recordBoot()
	await recorder.record(frames, null)
	await kept.close()
	const others = ['--state', join(directory, 'kiosk.json'), '--uplink', join(directory, 'uplink')]
	return {
		directory,
		journal,
		device,
		run: (...command: string[]) =>
			testigo(...command, '--identity', identity, '--journal', journal, ...others),
		/** Payloads of the entries, proven by jose. */
		entries: async () => {
			const lines = readFileSync(join(journal, 'entries.jws'), 'utf8').trimEnd().split('\n')
			const proven = await Promise.all(lines.map((line) => compactVerify(line, signer.publicKey)))
			return proven.map(({ payload }) => JSON.parse(Buffer.from(payload).toString('utf8')))
		},
	}
}

test('close: the day of a stopped kiosk is closed, and verify says so', async () => {
	const { directory, journal, device, run, entries } = await stoppedKiosk()
	const closed = await run('close')
	expect(closed).toMatchObject({ status: 0, err: '' })
	expect(closed.out).toMatch(new RegExp(`^DAY CLOSED\n${device.id}\nEntry 4\n`))
	expect(closed.out).toContain(readFileSync(join(journal, 'head.jws'), 'utf8').trimEnd())
	expect((await entries()).map(({ kind }) => kind)).toEqual(['boot', 'acta', 'boot', 'close'])
	const verified = await testigo('verify', journal)
	expect(verified).toMatchObject({ status: 0 })
	expect(verified.out).toMatch(/^Day closed at entry 4 [A-Za-z0-9_-]{43}\.$/m)
	// A journal that ends before its own head goes on under no identity that signed it.
	const file = join(journal, 'entries.jws')
	const cut = `${readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n')}\n`
	writeFileSync(file, cut)
	const refused = await run('close')
	expect(refused).toMatchObject({ status: 3, out: '' })
	expect(refused.err).toMatch(/signed\/k-\w+ names entry 4 of this device, the journal ends at 2/)
	// Nor where the kiosk's own mark of what it signed is lost as well.
	rmSync(join(directory, 'signed'), { recursive: true })
	const withoutMark = await run('close')
	expect(withoutMark).toMatchObject({ status: 3, out: '' })
	expect(withoutMark.err).toContain('names entry 4 of this device, the journal ends at 2')
	expect(readFileSync(file, 'utf8')).toBe(cut)
}, 120_000)

test('void: an acta is marked as a mistake, by a word of the public record', async () => {
	const { run, entries } = await stoppedKiosk()
	expect(await run('void', '2', '--reason', 'test')).toMatchObject({
		...{ status: 0, err: '', out: 'entry 2 is void (test), by entry 4\n' },
	})
	expect((await entries()).at(-1)).toMatchObject({ kind: 'void', voids: { seq: 2 }, reason: 'test' })
}, 120_000)

test('what can’t be voided is refused, and nothing is recorded', async () => {
	const { run, entries, journal, device } = await stoppedKiosk()
	for (const seq of ['1', '3']) {
		const refused = await run('void', seq, '--reason', 'twice')
		expect(refused).toMatchObject({ status: 2, out: '' })
		expect(refused.err).toBe(`testigo: entry ${seq} is no acta of this journal: nothing was marked\n`)
	}
	expect(await run('void', '2')).toMatchObject({ status: 2 })
	expect(await run('void', '2', '--reason', 'Juan said so')).toMatchObject({ status: 2 })
	const running = await Journal.open(journal, device)
	const locked = await run('void', '2', '--reason', 'test')
	expect(locked).toMatchObject({ status: 3, out: '' })
	expect(locked.err).toContain('another process is writing here; stop it first')
	if (running.ok) await running.value.close()
	expect(await entries()).toHaveLength(2)
}, 120_000)
