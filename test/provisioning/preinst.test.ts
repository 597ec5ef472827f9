/** What the package looks at before it is unpacked: run as dpkg runs it, over journals in a folder. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Central } from '#src/central/central.js'
import { openLedgerId } from '#src/central/ledger/ledger-id.js'
import { formats } from '#src/evidence/format.js'
import { genesisOf } from '#src/evidence/identity.js'
import { signRuling } from '#src/evidence/ruling.js'
import { inDirectory } from '../support/in-directory.ts'
import { actaText, JournalMaker, someBytes } from '../support/journal-maker.ts'
import { Authority } from '../support/listed.ts'
import { gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { makeSigner } from '../support/test-identity.ts'
import { rulingOf } from '../support/transcribed.ts'

/** As the build takes it. */
const newestFormat = Math.max(...Object.values(formats))
const preinst = fileURLToPath(new URL('../../provisioning/package/debian/preinst', import.meta.url))

/** As the build fills it in. */
function ask(state: string, newest: number, what = 'upgrade'): { status: number | null; said: string } {
	const script = readFileSync(preinst, 'utf8').replace('@newest@', String(newest))
	const ended = spawnSync('sh', ['-c', script, 'preinst', what], {
		encoding: 'utf8',
		env: { PATH: process.env['PATH'], TESTIGO_STATE: state },
	})
	return { status: ended.status, said: ended.stderr }
}

const agreed = { status: 0, said: '' }

/** A line whose payload says so; nobody's signature, which is no affair of an installer. */
function line(v: number, kind: 'entry' | 'receipt' = 'entry'): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
	const header = part({ alg: 'ES256', typ: `testigo-${kind}+jws`, kid: 'c-preinst' })
	return `${header}.${part({ v, kind: 'boot' })}.${'A'.repeat(86)}\n`
}

function keep(state: string, name: string, text: string): string {
	const path = join(state, name)
	mkdirSync(dirname(path), { recursive: true })
	writeFileSync(path, text)
	return path
}

test('a machine without records takes any package', () =>
	inDirectory(async (state) => {
		expect(ask(state, newestFormat, 'install')).toEqual(agreed)
	}))

test('what this code records is what the build says that it reads', () =>
	inDirectory(async (state) => {
		const maker = new JournalMaker(join(state, 'journal'), makeSigner('k-preinst00000'))
		await maker.boot()
		await maker.acta(actaText(1), [someBytes(10, 1)])
		expect(ask(state, newestFormat)).toEqual(agreed)
		expect(ask(state, formats.entry - 1)).toEqual({
			status: 1,
			said: expect.stringContaining(
				`has format ${formats.entry}, and this package reads up to ${formats.entry - 1}`,
			),
		})
	}))

test.each([
	['journal/entries.jws', 'entry'],
	['central/ledger.jws', 'receipt'],
] as const)('a newer line of its own in %s is refused by name', (name, kind) =>
	inDirectory(async (state) => {
		const path = keep(state, name, line(1, kind) + line(12, kind))
		expect(ask(state, 11)).toEqual({
			status: 1,
			said: `testigo: ${path} has format 12, and this package reads up to 11: install a newer one\n`,
		})
		expect(ask(state, 12)).toEqual(agreed)
	}),
)

test('three entries by which a device says that it is of a version to come stop no update of the centre', () =>
	inDirectory(async (state) => {
		keep(state, 'central/ledger.jws', line(1) + line(1, 'receipt') + line(999_999).repeat(3))
		expect(ask(state, newestFormat)).toEqual(agreed)
	}))

test('a centre that understood newer entries is refused an older package', () =>
	inDirectory(async (state) => {
		const identity = await openLedgerId(join(state, 'central'), {
			empty: true,
			askAll: false,
			random: Math.random,
		})
		expect(ask(state, newestFormat)).toEqual(agreed)
		await identity.noteFormat(newestFormat + 1)
		expect(ask(state, newestFormat)).toEqual({
			status: 1,
			said: expect.stringContaining(`ledger.json has format ${newestFormat + 1}, and`),
		})
	}))

test('a centre that holds what people signed is refused an older package from the first line on, also if it was killed', () =>
	inDirectory(async (state) => {
		const directory = join(state, 'central')
		const officer = makeSigner('o-preinst')
		await new Authority().publish(directory, { officers: [officer] })
		const running = async <T>(work: (central: Central) => Promise<T>): Promise<T> => {
			const central = new Central({
				...{ directory, signer: makeSigner('c-preinst'), broker: null, clock: new SimulatedClock() },
				...{ random: () => 0.5, log: () => {}, failed: () => {} },
			})
			try {
				gotten(await central.start())
				return await work(central)
			} finally {
				await central.stop()
			}
		}
		const refused = {
			status: 1,
			said: `testigo: ${join(directory, 'ledger.json')} has format ${formats.people}, and this package reads up to ${formats.entry}: install a newer one\n`,
		}
		const { text } = await signRuling(
			{ ...rulingOf(officer.id, '1.1', []), seq: 1, prev: genesisOf(officer.publicKey) },
			officer,
		)
		await running(async (central) => {
			expect(ask(state, formats.entry)).toEqual(agreed)
			gotten(await central.takeIn((intake) => intake.people.take('ruling', text)))
			expect(ask(state, formats.entry)).toEqual(refused)
		})
		// As a version wrote it that took people's lines and noted nothing of them.
		const note = readFileSync(join(directory, 'ledger.json'), 'utf8')
		keep(state, 'central/ledger.json', note.replace(`"format": ${formats.people}`, '"format": 1'))
		expect(ask(state, formats.entry)).toEqual(agreed)
		await running(async () => expect(ask(state, formats.entry)).toEqual(refused))
		expect(ask(state, newestFormat)).toEqual(agreed)
	}))

test('a line torn by a power cut hides no newer one before it', () =>
	inDirectory(async (state) => {
		keep(state, 'journal/entries.jws', line(1) + line(2) + line(2).slice(0, 70))
		expect(ask(state, 1).status).toBe(1)
		expect(ask(state, 2)).toEqual(agreed)
	}))
