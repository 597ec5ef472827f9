/** `testigo doctor` on a kiosk of stand-ins: as it ships where all is well, in this process with one part broken in turn. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, copyFile, link, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { doctorCommand } from '#src/cli/doctor.js'
import { openIdentity } from '#src/enrolment/device-identity.js'
import { commandHere } from '../support/command-here.ts'
import { someCustodian } from '../support/custodian.ts'
import { lens } from '../support/fake-camera.ts'
import { JournalMaker } from '../support/journal-maker.ts'
import { testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { withoutSocat } from '../support/serial-cable.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { type Settings, type WellKiosk, wellKiosk } from '../support/well-kiosk.ts'

interface Told {
	readonly status: number | null
	/** Codes by part; what depends on who runs the test, and where, is left out. */
	readonly codes: Readonly<Record<string, string>>
	readonly findings: readonly {
		part: string
		verdict: string
		code: string
		what: string
		todo: string | null
	}[]
}

async function examine(
	{ home, kiosk, uplink, port }: WellKiosk,
	{ withUplink = true, isHere = false } = {},
): Promise<Told> {
	await port.refresh()
	await writeFile(join(home, 'kiosk.json'), JSON.stringify(kiosk))
	await writeFile(join(home, 'uplink.json'), JSON.stringify(uplink))
	const words = [
		...['--config', join(home, 'kiosk.json')],
		...(withUplink ? ['--uplink-config', join(home, 'uplink.json')] : []),
	]
	return await look(words, isHere)
}

/** As it ships, or by the same command in this process, which starts in no time. */
async function look(words: readonly string[], isHere = false): Promise<Told> {
	const all = ['--json', ...words]
	const { status, out, err } = await (isHere
		? commandHere(doctorCommand(), ...all)
		: testigo('doctor', ...all))
	expect(err).toBe('')
	const told = JSON.parse(out)
	expect(told.status).toBe(status)
	const findings: Told['findings'] = told.findings
	const fixed = findings.filter(({ part }) => part !== 'user' && part !== 'clock')
	// Of a part with several lines that one which is not well.
	const lines = fixed.toSorted((one, other) => Number(other.code === 'ok') - Number(one.code === 'ok'))
	return { status, findings, codes: Object.fromEntries(lines.map(({ part, code }) => [part, code])) }
}

const well = {
	...{
		configuration: 'ok',
		node: 'ok',
		memory: 'ok',
		directories: 'ok',
		identity: 'ok',
		centre: 'ok',
		journal: 'ok',
	},
	...{ storage: 'ok', custodians: 'ok', camera: 'ok', gpio: 'ok', panel: 'ok', uplink: 'ok' },
}

/** The kiosk's settings, changed. */
const kiosk = (change: Settings) => (all: WellKiosk) => void Object.assign(all.kiosk, change)
const uplink = (change: Settings) => (all: WellKiosk) => void Object.assign(all.uplink, change)

interface Break {
	readonly what: string
	readonly by: (all: WellKiosk) => void | Promise<void>
	/** What is told instead, by part. */
	readonly told: Readonly<Record<string, string>>
	readonly status: number
	/** In the line of the first part that is named. */
	readonly line?: RegExp
	readonly plugged?: false
}

const wrong: readonly Omit<Break, 'status'>[] = [
	{
		what: 'another election that is not there',
		by: kiosk({ election: '/nowhere/election.json' }),
		told: { configuration: 'file-missing' },
	},
	{
		what: 'an identity that was never made',
		by: ({ home }) => rm(join(home, 'identity'), { recursive: true }),
		told: { identity: 'file-missing' },
		line: /testigo enrol request/,
	},
	{
		what: 'a key that others can read',
		by: ({ home }) => chmod(join(home, 'identity', 'key.pem'), 0o644),
		told: { identity: 'key-exposed' },
		line: /chmod 600/,
	},
	{
		what: "somebody else's public key beside it",
		by: ({ home }) => copyFile(join(home, 'centre', 'public.pem'), join(home, 'identity', 'public.pem')),
		told: { identity: 'key-mismatch' },
	},
	{
		what: "a centre's key that was not carried here",
		by: kiosk({ centre: { id: 'c-aaaaaaaaaa', publicKey: '/nowhere/public.pem' } }),
		told: { centre: 'file-missing', uplink: 'other-centre' },
	},
	{
		what: 'a journal begun with another key',
		by: ({ home, kiosk }) => journalOf(String(kiosk['journal']), join(home, 'centre')),
		told: { journal: 'other-device' },
	},
	{
		what: 'a damaged journal',
		by: async ({ home, kiosk }) => {
			const journal = String(kiosk['journal'])
			await journalOf(journal, join(home, 'identity'))
			const entries = await readFile(join(journal, 'entries.jws'), 'latin1')
			await writeFile(join(journal, 'entries.jws'), entries.replace('.', '!'), 'latin1')
		},
		told: { journal: 'damaged' },
		line: /entry 1: .*keep this disk/,
	},
	{
		what: 'no program that locks',
		by: ({ home }) => rm(join(home, 'bin', 'flock')),
		told: { journal: 'no-flock' },
		line: /util-linux/,
	},
	{
		what: 'a directory that others may write to',
		by: async ({ kiosk }) => {
			await mkdir(String(kiosk['uplink']))
			await chmod(String(kiosk['uplink']), 0o777)
		},
		told: { directories: 'writable-by-others' },
		line: /uplink: others may write there \(0777\) sudo chmod go-w/,
	},
	{
		what: 'a way on which others may exchange directories',
		by: async (all) => {
			const open = join(all.home, 'open')
			await mkdir(open)
			await chmod(open, 0o775)
			await chown(open, process.getuid?.() ?? 0, process.getgid?.() || 64_100).catch(() => {})
			kiosk({ uplink: join(open, 'uplink') })(all)
			uplink({ directory: join(open, 'uplink') })(all)
		},
		told: { directories: 'writable-by-others' },
		line: /open: others may write there \(0775\)/,
	},
	{
		what: 'a link among what the kiosk keeps',
		by: async ({ home, kiosk }) => {
			await mkdir(String(kiosk['journal']))
			await symlink(join(home, 'identity'), join(String(kiosk['journal']), 'lock'))
		},
		told: { directories: 'link' },
		line: /lock: is a link nothing of Testigo is: look at it/,
	},
	{
		what: 'a second name of a file',
		by: async ({ home, kiosk }) => {
			await mkdir(String(kiosk['journal']))
			await link(join(home, 'identity', 'public.pem'), join(String(kiosk['journal']), 'device.pem'))
		},
		told: { directories: 'second-name' },
	},
	{
		what: 'one user for kiosk and uplink',
		by: async ({ kiosk }) => {
			for (const name of ['journal', 'uplink']) await mkdir(String(kiosk[name]))
		},
		told: { directories: 'one-user' },
	},
	{
		what: 'no place to write',
		by: (all) => {
			kiosk({ journal: '/dev/null/journal' })(all)
			uplink({ journal: '/dev/null/journal' })(all)
		},
		told: { storage: 'unwritable' },
		line: /ENOTDIR/,
	},
	{
		what: 'no camera program',
		by: ({ camera }) => rm(join(camera.bin, 'rpicam-still')),
		told: { camera: 'no-program' },
		line: /rpicam-still is missing.*apt install/,
	},
	{
		what: 'no libcamera-still for the package',
		by: ({ camera }) => rm(join(camera.bin, 'libcamera-still')),
		told: { camera: 'no-program' },
		line: /provisioning\/camera/,
	},
	{
		what: 'no camera on the cable',
		by: ({ camera }) => camera.next('missing'),
		told: { camera: 'no-picture' },
		line: /there is no such camera/,
	},
	{
		what: 'a camera that leaves nothing',
		by: ({ camera }) => camera.next('nothing'),
		told: { camera: 'no-picture' },
		line: /left no picture/,
	},
	{
		what: 'a camera that another program has',
		by: ({ camera }) => camera.next('busy'),
		told: { camera: 'no-picture' },
		line: /in use by another program/,
	},
	{
		what: "a scanner's folder that is not there",
		by: kiosk({ camera: { kind: 'folder', directory: '/nowhere/inbox' }, tray: 'auto' }),
		told: { camera: 'no-folder' },
	},
	{
		what: 'no way to the GPIO lines',
		by: ({ gpio }) => rm(gpio, { recursive: true }),
		told: { gpio: 'no-way' },
		line: /install gpiod/,
	},
	{
		what: 'a display that is not plugged in',
		by: ({ port }) => port.unplug(),
		told: { panel: 'missing' },
		line: /plug the display in/,
	},
	{
		what: 'a file instead of a port',
		by: kiosk({ panel: { kind: 'lcd', port: '/etc/passwd' } }),
		told: { panel: 'no-port' },
	},
	{
		what: 'settings of the uplink that are none',
		by: uplink({ broker: { url: 'tcp://broker' } }),
		told: { uplink: 'invalid' },
		line: /broker\.url/,
	},
	{
		what: 'an uplink that sends another journal',
		by: uplink({ journal: '/nowhere/journal' }),
		told: { uplink: 'other-directory' },
	},
	{
		what: "an uplink that trusts another centre's receipts",
		by: ({ uplink, kiosk }) =>
			void Object.assign(uplink, { centre: { ...Object(kiosk['centre']), id: 'c-aaaaaaaaaa' } }),
		told: { uplink: 'other-centre' },
	},
	{
		what: 'a certificate that is not there',
		by: uplink({ broker: { url: 'mqtts://broker.example:8883', ca: '/nowhere/ca.pem' } }),
		told: { uplink: 'files' },
		line: /\/nowhere\/ca\.pem/,
	},
]

const warned: readonly Omit<Break, 'status'>[] = [
	{
		what: 'the allocator as it comes',
		by: () => void vi.stubEnv('MALLOC_ARENA_MAX', undefined),
		told: { memory: 'allocator' },
	},
	{ what: 'no centre', by: ({ kiosk }) => void delete kiosk['centre'], told: { centre: 'none' } },
	{
		what: 'a journal torn by a power cut',
		by: async ({ home, kiosk }) => {
			const journal = String(kiosk['journal'])
			await journalOf(journal, join(home, 'identity'))
			await writeFile(join(journal, 'entries.jws'), 'eyJ', { flag: 'a' })
		},
		told: { journal: 'torn-tail' },
		line: /the next start sets it aside/,
	},
	{
		what: 'one camera of two that is gone',
		by: ({ kiosk, camera }) => {
			Object.assign(Object(kiosk['camera']), { cameras: [{ ...lens, camera: 1, role: 'bottom' }, lens] })
			return camera.next('missing', 1)
		},
		told: { camera: 'no-picture' },
		line: /there is no such camera.*rpicam-still --camera 1/,
	},
	{
		what: 'a key that one person holds',
		by: kiosk({ custodians: [someCustodian] }),
		told: { custodians: 'held-by-one' },
		line: /one person alone opens every image.*--split 2\/3/,
	},
	{
		what: 'pictures that may be left on a disk',
		by: kiosk({ production: false }),
		told: { camera: 'not-production' },
	},
	{
		what: 'a broker that nobody answers for',
		// The discard service, which no machine of tests has.
		by: uplink({ broker: { url: 'mqtts://127.0.0.1:9' } }),
		told: { uplink: 'unreachable' },
		line: /127\.0\.0\.1:9: ECONNREFUSED.*sent when there is a network/,
	},
	{
		what: 'a broker whose line everybody reads',
		by: uplink({ broker: { url: 'mqtt://broker.example:1883' } }),
		told: { uplink: 'plain-text' },
	},
]

const breaks: readonly Break[] = [
	...wrong.map((one) => ({ ...one, status: 1 })),
	...warned.map((one) => ({ ...one, status: 0 })),
	{
		what: 'a disk that can not be looked at',
		by: async ({ kiosk }) => symlink(String(kiosk['journal']), String(kiosk['journal'])),
		told: { journal: 'file-unreadable', storage: 'not-seen' },
		status: 3,
	},
]

/** A few entries by the key in `identity`. */
async function journalOf(directory: string, identity: string): Promise<void> {
	const opened = gotten(await openIdentity(identity))
	const journal = new JournalMaker(directory, opened.signer)
	await journal.boot()
	await journal.boot()
}

test('on a bare machine: what is missing, with what to do about it', async () => {
	const home = await temporaryFolder()
	vi.stubEnv('PATH', home)
	onTestFinished(() => void vi.unstubAllEnvs())
	const places = { identity: join(home, 'identity'), journal: join(home, 'journal') }
	await writeFile(
		join(home, 'kiosk.json'),
		JSON.stringify({ ...places, language: 'en', camera: { kind: 'folder', directory: join(home, 'inbox') } }),
	)
	const { status, findings, codes } = await look(['--config', join(home, 'kiosk.json')])
	expect(status).toBe(1)
	expect(codes).toMatchObject({
		identity: 'file-missing',
		journal: 'no-flock',
		camera: 'no-folder',
		gpio: 'ok',
	})
	for (const { verdict, what, todo } of findings) {
		expect(what).not.toBe('')
		expect(todo === null).toBe(verdict === 'ok')
	}
})

test('used wrongly, and a configuration at fault', async () => {
	const home = await temporaryFolder()
	const config = join(home, 'kiosk.json')
	expect(await testigo('doctor', '--nonsense')).toMatchObject({ status: 2, out: '' })
	expect(await testigo('doctor', '--config', config)).toMatchObject({ status: 2, out: '' })
	await writeFile(config, '{"langage":"es","panel":{"kind":"lcd"}}')
	const { status, findings } = await look(['--config', config])
	expect(status).toBe(1)
	expect(findings.map(({ part }) => part)).toEqual(['configuration', 'node', 'memory', 'user', 'clock'])
	expect(findings[0]).toMatchObject({ verdict: 'wrong', code: 'invalid' })
	expect(findings[0]?.what).toMatch(/langage: no such setting/)
	expect(findings[0]?.what).toMatch(/panel\.port/)
})

describe.skipIf(withoutSocat !== null)(`a kiosk of stand-ins ${withoutSocat ?? ''}`, () => {
	let all: WellKiosk
	beforeEach(async () => {
		all = await wellKiosk()
	})

	test('where all is well, in a line for each part, in Spanish and English', async () => {
		const { status, codes, findings } = await examine(all)
		expect({ status, codes }).toEqual({ status: 0, codes: well })
		expect(findings.find(({ part }) => part === 'gpio')?.what).toMatch(
			/^gpiod 2\.2\.1, gpiochip0 pinctrl-rp1/,
		)
		expect(await all.camera.calls()).toHaveLength(1)
		const words = ['--config', join(all.home, 'kiosk.json'), '--uplink-config', join(all.home, 'uplink.json')]
		await all.port.refresh()
		const spanish = await testigo('doctor', ...words, '--language', 'es')
		expect(spanish.out).toMatch(/^bien +cámara +cámara 2: una foto de \d+ bytes/m)
		await all.port.refresh()
		const english = await testigo('doctor', ...words)
		expect(english.out).toMatch(/^ok +camera +camera 2: a picture of \d+ bytes/m)
		expect(english.out.split('\n')).toHaveLength(findings.length + 1)
	})

	test('while a kiosk runs, its camera and its display are left alone', async () => {
		await mkdir(String(all.kiosk['journal']))
		const lock = join(String(all.kiosk['journal']), 'lock')
		const holder = spawn('flock', [lock, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'] })
		holder.stdin.write('held')
		await once(holder.stdout, 'data')
		const { status, codes } = await examine(all)
		holder.stdin.end()
		await once(holder, 'exit')
		expect({ status, codes }).toEqual({ status: 0, codes: well })
		expect(await all.camera.calls()).toEqual([])
	})

	test('a display that another program has', async () => {
		await examine(all)
		await all.port.refresh()
		const holder = spawn('sh', ['-c', 'exec 3<"$0"; echo open; exec cat', all.port.path], {
			stdio: ['pipe', 'pipe', 'ignore'],
		})
		await once(holder.stdout, 'data')
		const words = ['--config', join(all.home, 'kiosk.json')]
		const { status, codes, findings } = await look(words)
		holder.kill()
		await once(holder, 'exit')
		expect({ status, codes }).toEqual({ status: 1, codes: { ...well, panel: 'held', uplink: 'none' } })
		expect(findings.find(({ part }) => part === 'panel')?.what).toMatch(
			new RegExp(`held by (sh|cat) \\(${holder.pid}\\)`),
		)
	})

	test('without an uplink', async () => {
		const { status, codes } = await examine(all, { withUplink: false })
		expect({ status, codes }).toEqual({ status: 0, codes: { ...well, uplink: 'none' } })
	})

	test.each(breaks)('$what', async ({ by, told, status, line }) => {
		await by(all)
		const seen = await examine(all, { isHere: true })
		expect({ status: seen.status, codes: seen.codes }).toEqual({ status, codes: { ...well, ...told } })
		const [part] = Object.keys(told)
		const found = seen.findings.find((one) => one.part === part && one.code === told[part ?? ''])
		expect(found?.todo).toBeTruthy()
		if (line !== undefined) expect(`${found?.what} ${found?.todo}`).toMatch(line)
	})
})
