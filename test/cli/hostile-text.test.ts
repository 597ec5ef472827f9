/**
 * Text that another could have written, in every field of what the commands read and in every argument: nothing that
 * moves a cursor, hides, turns the writing or begins a line of its own reaches the terminal, as text or as JSON.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { boardCommand } from '#src/cli/board.js'
import { caCommand } from '#src/cli/ca.js'
import { centralCommand } from '#src/cli/central.js'
import { closeCommand } from '#src/cli/close.js'
import { custodianCommand } from '#src/cli/custodian.js'
import { demoCommand } from '#src/cli/demo.js'
import { doctorCommand } from '#src/cli/doctor.js'
import { enrolCommand } from '#src/cli/enrol.js'
import { eventLog } from '#src/cli/event-log.js'
import { exportCommand } from '#src/cli/export.js'
import { importCommand } from '#src/cli/import.js'
import { includedCommand } from '#src/cli/included.js'
import { kioskCommand } from '#src/cli/kiosk.js'
import { mirrorCommand } from '#src/cli/mirror.js'
import { proofCommand } from '#src/cli/proof.js'
import { publishCommand } from '#src/cli/publish.js'
import { readCommand } from '#src/cli/read.js'
import { registerCommand } from '#src/cli/register.js'
import { ruleCommand } from '#src/cli/rule.js'
import { sampleCommand } from '#src/cli/sample.js'
import { settingsCommand } from '#src/cli/settings.js'
import { simulateCommand } from '#src/cli/simulate.js'
import { stampCommand } from '#src/cli/stamp.js'
import { statusCommand } from '#src/cli/status.js'
import { tallyCommand } from '#src/cli/tally.js'
import { transcribeCommand } from '#src/cli/transcribe.js'
import { unsealCommand } from '#src/cli/unseal.js'
import { uplinkCommand } from '#src/cli/uplink.js'
import { verifyCommand } from '#src/cli/verify.js'
import { voidCommand } from '#src/cli/void.js'
import { witnessCommand } from '#src/cli/witness.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { signJws } from '#src/evidence/jws.js'
import { emptyUplinkState } from '#src/handover/uplink-state.js'
import { commandHere } from '../support/command-here.ts'
import { JournalMaker } from '../support/journal-maker.ts'
import { withoutPython } from '../support/python.ts'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'

/** One of each kind, and where a line would begin. */
const hostile = [
	'\u001b[2J\u001b]0;title\u0007',
	'\u0000\b\u007f\u0085\u009b31m',
	'\u202a\u202e\u2066\u2069\u200e\u061c',
	'\u200b\u200d\u2060\ufeff\u00ad\u3164\u034f',
	'\u2028\u2029\r\nFORGED',
	'\ud800\udfff\ue000\u{e0041}',
	`a${'\u0300'.repeat(40)}`,
].join('x')
/** What a file's name, or a word of a command line, can be of it. */
const hostileName = hostile.replaceAll(/[\0/]/g, '').slice(0, 60)
const overlong = `${'long '.repeat(40_000)}${hostile}`

const unfit = /[\p{C}\p{Zl}\p{Zp}\p{DI}]|\p{M}{5}/u

function expectFit(said: string): void {
	for (const line of said.split('\n')) {
		const at = line.search(unfit)
		if (at >= 0)
			expect.fail(`${JSON.stringify(line.slice(Math.max(0, at - 40), at + 20))} in what was printed`)
		expect(line.startsWith('FORGED')).toBe(false)
		expect(line.length).toBeLessThan(100_000)
	}
}

let home: string
const at = (...names: string[]) => join(home, ...names)
const device = makeSigner('k-hostile')
const centre = makeSigner('c-hostile')

function write(path: string, bytes: string | Buffer): string {
	mkdirSync(join(path, '..'), { recursive: true })
	writeFileSync(path, bytes)
	return path
}

/** A JWS of a kind whose every field is hostile, over `payload`. */
async function evil(kind: 'entry' | 'receipt' | 'head', payload: object, by = device): Promise<string> {
	return (await signJws(kind, payload, by)).text
}

const everyField = {
	...{ v: 1, election: hostile, device: hostile, boot: 1, seq: 2, prev: hostile, kind: hostile },
	...{ time: { wall: hostile, day: hostile, source: hostile, monotonicMs: 1 }, anchor: hostile },
	...{ software: hostile, reading: { method: hostile, text: hostile, code: hostile, hmac: hostile } },
	...{ images: [{ role: hostile, mediaType: hostile, sha256: hostile, size: 1 }], reason: hostile },
	...{ voids: { seq: 1, id: hostile }, status: hostile, upto: { seq: 1, id: hostile }, [hostile]: hostile },
}

beforeAll(async () => {
	home = mkdtempSync(join(tmpdir(), 'testigo-text-'))
	const journal = new JournalMaker(at('journal'), device)
	await journal.boot()
	const lines = [
		await evil('entry', everyField),
		await evil('entry', { ...everyField, v: 999_999, device: 'k-hostile' }),
		await evil('entry', { ...everyField, kind: 'boot', device: 'k-hostile', election: 've' }),
		await evil('receipt', everyField, centre),
		hostile.replaceAll('\n', ''),
	].join('\n')
	write(at('broken', 'entries.jws'), `${readFileSync(at('journal', 'entries.jws'), 'latin1')}${lines}\n`)
	write(at('broken', 'device.pem'), publicKeyPem(device.publicKey))
	write(at('broken', 'head.jws'), `${await evil('head', everyField)}\n`)
	write(at('unnamed', 'entries.jws'), `${lines}\n`)
	write(at('unnamed', 'device.pem'), `-----BEGIN ${hostile}-----\nAAAA\n-----END ${hostile}-----\n`)
	write(at('ledger', 'ledger.jws'), `${readFileSync(at('journal', 'entries.jws'), 'latin1')}${lines}\n`)
	write(at('ledger', 'heads.jws'), `${lines}\n`)
	write(at('ledger', 'registry.jws'), `${lines}\n`)
	write(at('ledger', 'ledger.json'), JSON.stringify({ v: 1, id: hostile, [hostile]: hostile }))
	write(at('ledger', 'centre.pem'), publicKeyPem(centre.publicKey))
	write(at('ledger', 'devices', `${hostileName}.pem`), hostile)
	write(at('ledger', 'devices', `${device.kid}.pem`), publicKeyPem(device.publicKey))
	const state = emptyUplinkState()
	const text = `${hostile}${'z'.repeat(100)}`
	write(
		at('uplink', 'state.json'),
		JSON.stringify({
			...{ ...state, connected: true, setAsideCount: 1, setAside: [{ seq: 1, reason: text }] },
			...{ lastError: { code: text, detail: text, time: '2026-01-01T00:00:00Z' } },
			...{ latestReceipt: await evil('receipt', everyField, centre), contrary: text, device: null },
		}),
	)
	write(at('uplink', 'carried.jws'), `${lines}\n`)
	write(at('uplink', 'receipts.jws'), `${lines}\n`)
	write(at('uplink-of-keys', 'state.json'), JSON.stringify({ [hostile]: hostile }))
	const actas = { recorded: 1, received: 0 }
	const condition = { v: 1, canScan: false, clock: 'ntp', actas, software: 'x\u001b[2J\u202e\u2028' }
	write(
		at('condition.json'),
		JSON.stringify({ ...condition, trouble: hostile.slice(0, 60), detail: hostile }),
	)
	write(at('garbage'), hostile)
	write(at('overlong'), overlong)
	write(
		at('keys.json'),
		JSON.stringify({ [hostile]: hostile, journal: { [hostile]: hostile }, camera: hostile }),
	)
	write(at('not.json'), `{"${hostile}`)
	write(
		at('election.json'),
		JSON.stringify({
			...presidential2024,
			id: 've',
			name: hostile,
			candidates: [{ id: hostile, name: hostile }],
		}),
	)
	write(at('pictures', `${hostileName}.jpg`), hostile)
	write(at('stick', 'testigo', hostileName, 'entries.jws'), lines)
	write(at('stick', 'testigo', 'k-hostile', 'entries.jws'), `${lines}\n`)
	write(at('stick', 'testigo', 'k-hostile', 'device.pem'), publicKeyPem(device.publicKey))
	write(at('stick', 'testigo', 'k-hostile', 'head.jws'), `${lines}\n`)
	write(at('stick', 'testigo', 'k-hostile', hostileName), lines)
	gotten(await makeIdentity(at('centre'), 'centre', randomBytes))
	gotten(await makeIdentity(at('kiosk'), 'device', randomBytes))
	write(
		at('kiosk', 'settings.json'),
		JSON.stringify({ campaign: hostile, number: 1, id: hostile, time: hostile }),
	)
})

afterAll(() => rmSync(home, { recursive: true }))

const readings: [string, () => Command, () => string[]][] = [
	...(['text', '--json'] as const).flatMap((how): [string, () => Command, () => string[]][] => {
		const json = how === 'text' ? [] : [how]
		return [
			[`status ${how}`, statusCommand, () => [...statusWords('uplink'), ...json]],
			[`status of another shape ${how}`, statusCommand, () => [...statusWords('uplink-of-keys'), ...json]],
			[`verify a journal ${how}`, verifyCommand, () => [at('broken'), ...json]],
			[`verify a journal of nobody ${how}`, verifyCommand, () => [at('unnamed'), ...json]],
			[`verify a ledger ${how}`, verifyCommand, () => [at('ledger'), ...json]],
			[`tally ${how}`, tallyCommand, () => [at('ledger'), ...json]],
			[
				`tally by an election ${how}`,
				tallyCommand,
				() => [at('ledger'), '--election', at('election.json'), ...json],
			],
			[`read ${how}`, readCommand, () => [at('pictures', `${hostileName}.jpg`), ...json]],
			[
				`import ${how}`,
				importCommand,
				() => [at('stick'), '--identity', at('centre'), '--directory', at('taken'), ...json],
			],
			[
				`export ${how}`,
				exportCommand,
				() => [at('stick'), '--journal', at('broken'), '--uplink', at('uplink'), '--any-folder', ...json],
			],
			[
				`export of a journal of nobody ${how}`,
				exportCommand,
				() => [at('stick'), '--journal', at('unnamed'), '--uplink', at('uplink'), '--any-folder', ...json],
			],
		]
	}),
	['unseal a journal', unsealCommand, () => [at('broken'), '--identity', at('garbage'), '--out', at('out')]],
	['custodian unsealings', custodianCommand, () => ['unsealings', at('garbage')]],
	['ca sign of a request', caCommand, () => ['sign', at('garbage'), '--dir', at('nowhere')]],
	['ca settings', caCommand, () => ['settings', at('keys.json'), '--dir', at('nowhere')]],
	['ca words', caCommand, () => ['words', '--dir', at(hostileName)]],
	['ca list', caCommand, () => ['list', '--dir', at('ledger')]],
	['enrol install', enrolCommand, () => ['install', at('garbage'), '--dir', at('kiosk')]],
	['enrol install of an overlong one', enrolCommand, () => ['install', at('overlong'), '--dir', at('kiosk')]],
	['settings install', settingsCommand, () => ['install', at('garbage'), '--dir', at('kiosk')]],
	...configured('kiosk', kioskCommand),
	...configured('uplink', uplinkCommand),
	...configured('central', centralCommand),
	...configured('board', boardCommand),
	...configured('close', closeCommand),
	...configured('void', voidCommand, '1', '--reason', 'test'),
	...configured('doctor', doctorCommand),
]

function statusWords(uplink: string): string[] {
	return [
		...['--journal', at('broken'), '--uplink', at(uplink), '--identity', at('kiosk')],
		...['--condition', at('condition.json')],
	]
}

function configured(
	name: string,
	command: () => Command,
	...words: string[]
): [string, () => Command, () => string[]][] {
	return ['keys.json', 'not.json', hostileName].map((file) => [
		`${name} by ${JSON.stringify(file.slice(0, 10))}`,
		command,
		() => [...words, '--config', at(file)],
	])
}

test.each(readings)('%s', async (name, command, words) => {
	const { out, err } = await commandHere(command(), ...words())
	expect(out + err).not.toBe('')
	expectFit(out)
	expectFit(err)
	if (name.includes('--json') && out !== '') {
		for (const line of out.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
	}
})

const all: readonly (() => Command)[] = [
	...[
		boardCommand,
		caCommand,
		centralCommand,
		closeCommand,
		custodianCommand,
		demoCommand,
		doctorCommand,
		enrolCommand,
	],
	...[
		exportCommand,
		importCommand,
		kioskCommand,
		readCommand,
		settingsCommand,
		simulateCommand,
		statusCommand,
	],
	...[tallyCommand, unsealCommand, uplinkCommand, verifyCommand, voidCommand],
	...[includedCommand, mirrorCommand, proofCommand, publishCommand, stampCommand, witnessCommand],
	...[registerCommand, ruleCommand, sampleCommand, transcribeCommand],
]

test('what a command line says is echoed fit for a terminal, by every command', async () => {
	for (const command of all) {
		const name = command().name()
		for (const words of [[`--${hostile}`], [hostileName], [`--config=${at(hostileName)}`]]) {
			// A picture or a directory of that name is looked for, and is not there.
			if (['simulate', 'demo', 'doctor', 'close'].includes(name) && !words[0]?.startsWith('--\u001b'))
				continue
			const { out, err } = await commandHere(command(), ...words)
			expectFit(out)
			expectFit(err)
		}
	}
})

test.skipIf(withoutPython !== null)(
	`verify.py prints them spelled out too, as text and as JSON ${withoutPython ?? ''}`,
	() => {
		const program = join(import.meta.dirname, '../../provisioning/verify/verify.py')
		const key = write(at('key.pem'), publicKeyPem(device.publicKey))
		for (const words of [
			[at('broken'), '--json'],
			[at('ledger')],
			['--object', 'entry', '--by', hostileName, '--key', key],
			[`--${hostileName}`],
		]) {
			const { stdout, stderr } = spawnSync('python3', [program, ...words], {
				input: hostile,
				encoding: 'utf8',
			})
			expect(stdout + stderr).not.toBe('')
			expectFit(stdout + stderr)
		}
	},
)

test('what status says in JSON is what stands in the file', async () => {
	const { out } = await commandHere(statusCommand(), ...statusWords('uplink'), '--json')
	expect(JSON.parse(out).reasons[0].reason).toBe(`${hostile}${'z'.repeat(100)}`)
})

test('a line of the log is fit for a terminal, whatever an event holds, and says the same', async () => {
	const to = Object.assign(Object.create(process.stderr), { fd: openSync(at('log'), 'w'), isTTY: false })
	const fault = { code: hostile, detail: hostile }
	eventLog('kiosk', to)({ event: 'trouble', device: 'uplink', fault })
	eventLog('uplink', to)({ event: 'journal-fault', fault })
	const status = hostile as 'stored'
	eventLog('uplink', to)({ event: 'receipt', seq: 1, status, reason: hostile, received: 1, times: 1 })
	const lines = readFileSync(at('log'), 'utf8')
	expectFit(lines)
	expect(lines.trimEnd().split('\n')).toHaveLength(3)
	expect(JSON.parse(lines.split('\n')[0] ?? '')).toMatchObject({ fault })
})
