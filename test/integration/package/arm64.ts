/**
 * The package of arm64 in a bare Debian of arm64, as root, under qemu's user emulation: installed from a stick,
 * enrolled with a key in a token, looked at by `testigo doctor`, and one acta recorded by camera, GPIO and display
 * of stand-ins, which this machine's own program then verifies. See test/integration/README.md.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import sharp from 'sharp'
import { someCustodian } from '../../support/custodian.ts'
import { testigo } from '../../support/processes.ts'
import { textsIn } from '../../support/recorded.ts'
import { runInOwnMounts } from '../../support/suite-script.ts'
import { keptArm64Debian, unpack } from '../boot/debian-root.ts'
import { cable, devices, home, installStandIns, Person } from '../boot/stand-ins.ts'
import { makePapers } from '../power/papers.ts'
import { Checks } from './checks.ts'
import { runArm64Programs } from './foreign-programs.ts'
import { holdNativeParts } from './native-parts.ts'
import { Root } from './root.ts'

const run = promisify(execFile)
const provisioning = fileURLToPath(new URL('../../../provisioning', import.meta.url))
const status = { right: 0, wrong: 1, usedWrongly: 2, environmentFailed: 3 } as const
const say = (line: string) => process.stderr.write(`${line}\n`)

/** Milliseconds for each thing that is waited for: an emulated start takes half a minute where others work too. */
const patience = 600_000

const pin = '4711-0815'
const journal = '/var/lib/testigo/journal'

/** What a kiosk of stand-ins lacks that is run by root without a centre: part, or part and code. */
const allowed = ['user root', 'clock no-source', 'centre', 'uplink']

async function arm64Run(work: string, debian: string, given: string | undefined): Promise<number> {
	const checks = new Checks(say)
	const took: Record<string, number> = {}
	const timed = async <T>(what: string, doing: () => Promise<T>): Promise<T> => {
		const begun = performance.now()
		const result = await doing()
		took[what] = Math.round((performance.now() - begun) / 100) / 10
		say(`${what}: ${took[what]} s`)
		return result
	}
	const begun = performance.now()
	const built = given ?? (await timed('built', () => build(work)))
	await timed('a bare Debian', () => keptArm64Debian(debian, work, say))
	const root = new Root(join(work, 'root'))
	await mkdir(root.directory)
	await unpack(debian, root.directory)
	checks.hold('the root is of arm64', (await root.run('uname', '--machine')) === 'aarch64')

	const key = join(work, 'updates-key.pem')
	await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', key])
	await run(join(provisioning, 'install', 'make-stick'), [key, root.path('/media/stick'), built])
	await timed('installed', () => root.run('sh', '/media/stick/install.sh', 'kiosk'))
	checks.hold('it is installed', basename(built).split('_')[1] === (await root.version()))
	await holdNativeParts(root, checks)
	await writeFile(root.path('/root/pin'), `${pin}\n`, { mode: 0o600 })
	const labels = ['--label', 'kiosk', '--so-pin', `so-${pin}`, '--pin', pin]
	await root.run('softhsm2-util', '--init-token', '--free', ...labels)
	const token = ['--pkcs11-module', '/usr/lib/softhsm/libsofthsm2.so', '--token', 'kiosk']
	const to = ['--dir', '/etc/testigo/identity', '--pin-file', '/root/pin']
	const made = await timed('enrolled', () => root.run('testigo', 'enrol', 'request', ...to, ...token))
	const [id = ''] = made.split('\n')
	checks.hold('its key is in a token', id !== '' && (await keyFiles(root)) === '')
	// Under qemu a program seems to await a signal before it does, so no camera is kept warm here.
	const camera = { kind: 'libcamera', cameras: devices.camera.cameras }
	const settings = { production: true, custodians: [someCustodian], ...devices, camera, glance: 0 }
	await writeFile(root.path('/etc/testigo/kiosk.json'), JSON.stringify(settings))

	const rig = await Rig.install(root, join(work, 'stand-ins'))
	const seen = await timed('looked at by testigo doctor', () => rig.run('testigo', 'doctor', '--json'))
	const { findings } = JSON.parse(seen) as {
		findings: Record<'part' | 'verdict' | 'code' | 'what', string>[]
	}
	const bad = findings
		.filter(({ verdict }) => verdict !== 'ok')
		.map(({ part, verdict, code, what }) => `${verdict} ${part} ${code}: ${what}`)
	checks.hold(
		'testigo doctor finds nothing else to say',
		findings.length > 10 && bad.every((one) => allowed.some((may) => one.startsWith(`warn ${may}`))),
		bad.join(', '),
	)

	const [paper] = await makePapers(1)
	if (paper === undefined) throw new Error('there is no paper')
	const person = new Person(rig, patience)
	await rig.begin()
	try {
		await timed('started until LISTO', () => person.until('LISTO', ([first]) => first === 'LISTO'))
		await timed('laid down until GUARDADA', async () => {
			await person.layDown(await sharp(paper.bytes).jpeg({ quality: 95 }).toBuffer())
			await person.until('the paper recorded', ([first = '']) => first.includes('GUARDADA'))
		})
		checks.hold('GUARDADA Nº 1 stood on the display', person.highest === 1, String(person.highest))
	} finally {
		checks.hold('the kiosk ends when it is told to', (await rig.end()) === 0, rig.said.slice(-2000))
	}

	const verified = await testigo('verify', root.path(journal), '--json')
	const { device } = JSON.parse(verified.out || '{}')
	checks.hold('its journal verifies on this machine', verified.status === 0 && device === id, verified.err)
	const actas = textsIn(await readFile(root.path(`${journal}/entries.jws`), 'utf8'))
	checks.hold('with the acta, to the letter', actas.length === 1 && actas[0] === paper.text, actas.join())
	const seconds = Math.round((performance.now() - begun) / 1000)
	process.stdout.write(`${JSON.stringify({ failed: checks.failed, ...took, seconds })}\n`)
	return checks.failed === 0 ? status.right : status.wrong
}

/** The stand-ins' files, and programs that are run with them in place and the display's cable plugged in. */
class Rig {
	readonly #root: Root
	readonly #files: string
	#kiosk: ChildProcess | undefined
	said = ''

	private constructor(root: Root, files: string) {
		this.#root = root
		this.#files = files
	}

	static async install(root: Root, files: string): Promise<Rig> {
		await installStandIns(root.directory)
		await mkdir(files)
		const beginning = { behaviour: 'good\n', level: '1\n', edges: '', display: '' }
		for (const [name, text] of Object.entries(beginning)) await writeFile(join(files, name), text)
		// The doctor looks through it as well.
		const [blank] = await makePapers(1)
		if (blank !== undefined)
			await writeFile(join(files, 'picture.jpg'), await sharp(blank.bytes).jpeg().toBuffer())
		return new Rig(root, files)
	}

	/** A path below `home`, as this machine reaches it. */
	path(path: string): string {
		return join(this.#files, path.slice(home.length))
	}

	#words(script: string, ...words: string[]): [string, string[]] {
		const { port } = devices.panel
		const plugged = `systemd-tmpfiles --create testigo.conf
${cable} &
until [ -e ${port} ]; do sleep 0.1; done
${script}`
		return this.#root.words(`--bind=${this.#files}:${home}`, 'sh', '-c', plugged, 'sh', ...words)
	}

	/** Gives what it printed, whatever its exit status. */
	async run(...words: string[]): Promise<string> {
		return await run(...this.#words('"$@"', ...words)).then(
			({ stdout }) => stdout,
			(error: { stdout?: string; stderr?: string }) => error.stdout || (error.stderr ?? ''),
		)
	}

	/** The kiosk, until `end`. */
	async begin(): Promise<void> {
		await writeFile(this.path(`${home}/display`), '')
		const script = `"$@" & kiosk=$!
until [ -e ${home}/end ]; do kill -0 $kiosk || break; sleep 0.5; done
kill $kiosk; wait $kiosk`
		const [program, words] = this.#words(script, 'testigo', 'kiosk')
		const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (bytes: Buffer) => {
				this.said += bytes.toString()
			})
		}
		this.#kiosk = child
	}

	/** Its exit status. */
	async end(): Promise<number | null> {
		const child = this.#kiosk
		if (child === undefined) return null
		await writeFile(this.path(`${home}/end`), '')
		if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
		return child.exitCode
	}
}

async function keyFiles(root: Root): Promise<string> {
	const script = 'grep -l "PRIVATE KEY" /etc/testigo/identity/* | grep -v /tls-key.pem || true'
	return await root.run('sh', '-c', script)
}

async function build(out: string): Promise<string> {
	const words = ['--arch', 'arm64', '--out', out]
	const { stdout } = await run(join(provisioning, 'package', 'build'), words)
	return stdout.trim()
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			debian: { type: 'string', default: join(tmpdir(), 'testigo-debian-12-arm64.tar') },
			/** One of arm64 that was built before. */
			package: { type: 'string' },
		},
	})
	if (process.getuid?.() !== 0) {
		say('only root can install a package: run this as root')
		return status.environmentFailed
	}
	const again = await runInOwnMounts()
	if (again !== null) return again
	const why = await Root.whyNone()
	if (why !== null) {
		say(why)
		return status.environmentFailed
	}
	let undo: () => Promise<void>
	try {
		undo = await runArm64Programs()
	} catch (error) {
		say(`no program of arm64 can be run here: ${(error as Error).message.trim()}`)
		return status.environmentFailed
	}
	const work = await mkdtemp(join(tmpdir(), 'testigo-arm64-'))
	try {
		return await arm64Run(work, values.debian, values.package).catch((error: unknown) => {
			say(error instanceof Error ? String(error.stack) : String(error))
			return status.wrong
		})
	} finally {
		await undo()
		await rm(work, { recursive: true, force: true })
	}
}

process.exitCode = await main().catch((error: Error) => {
	say(error.message)
	return status.usedWrongly
})
