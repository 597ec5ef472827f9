/**
 * The package of arm64 in a bare Debian of arm64, as root, under qemu's user emulation: installed from a stick,
 * enrolled with a key in a token, looked at by `testigo doctor`, and one acta recorded by camera, GPIO and display
 * of stand-ins, which this machine's own program then verifies. See test/integration/README.md.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { someCustodian } from '../../support/custodian.ts'
import { execute, RunningProcess, testigo } from '../../support/processes.ts'
import { textsIn } from '../../support/recorded.ts'
import { EnvironmentFailed, runSuite, wordsIfGiven } from '../../support/suite-script.ts'
import { until } from '../../support/until.ts'
import { keptDebian, unpack } from '../boot/debian-root.ts'
import { cable, devices, home, installStandIns, Person } from '../boot/stand-ins.ts'
import { makePapers } from '../power/papers.ts'
import { buildPackage, makeSignedStick } from './built.ts'
import { Checks } from './checks.ts'
import { runArm64Programs } from './foreign-programs.ts'
import { holdNativeParts } from './native-parts.ts'
import { Root } from './root.ts'

/** Milliseconds for each thing that is waited for: an emulated start takes half a minute where others work too. */
const patience = 600_000

const pin = '4711-0815'
const journal = '/var/lib/testigo/journal'

/** What a kiosk of stand-ins lacks that is run by root without a centre: part, or part and code. */
const allowed = ['user root', 'clock no-source', 'centre', 'uplink']

async function recordOnArm64(
	work: string,
	debian: string,
	given: string | undefined,
	say: (line: string) => void,
) {
	const checks = new Checks(say)
	const built = given ?? (await checks.timed('built', () => buildPackage(work, '--arch', 'arm64')))
	await checks.timed('a bare Debian', () => keptDebian(debian, work, say, 'arm64'))
	const root = new Root(join(work, 'root'))
	await mkdir(root.directory)
	await unpack(debian, root.directory)
	checks.hold('the root is of arm64', (await root.run('uname', '--machine')) === 'aarch64')

	const letters = await makeSignedStick(work, root.path('/media/stick'), built)
	const install = ['sh', '/media/stick/install.sh', 'kiosk', '--key', letters]
	await checks.timed('installed', () => root.run(...install))
	checks.hold('it is installed', basename(built).split('_')[1] === (await root.version()))
	await holdNativeParts(root, checks)
	await writeFile(root.path('/root/pin'), `${pin}\n`, { mode: 0o600 })
	const labels = ['--label', 'kiosk', '--so-pin', `so-${pin}`, '--pin', pin]
	await root.run('softhsm2-util', '--init-token', '--free', ...labels)
	const token = ['--pkcs11-module', '/usr/lib/softhsm/libsofthsm2.so', '--token', 'kiosk']
	const to = ['--dir', '/etc/testigo/identity', '--pin-file', '/root/pin']
	const made = await checks.timed('enrolled', () => root.run('testigo', 'enrol', 'request', ...to, ...token))
	const [id = ''] = made.split('\n')
	checks.hold('its key is in a token', id !== '' && (await keyFiles(root)) === '')
	// Under qemu a program seems to await a signal before it does, so no camera is kept warm here.
	const camera = { kind: 'libcamera', cameras: devices.camera.cameras }
	const settings = { production: true, custodians: [`${someCustodian} 2/3`], ...devices, camera, glance: 0 }
	await writeFile(root.path('/etc/testigo/kiosk.json'), JSON.stringify(settings))

	const rig = await Rig.install(root, join(work, 'stand-ins'))
	const seen = await checks.timed('looked at by testigo doctor', () => rig.run('testigo', 'doctor', '--json'))
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
		await checks.timed('started until LISTO', () => person.until('LISTO', ([first]) => first === 'LISTO'))
		await checks.timed('laid down until GUARDADA', async () => {
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
	return { result: { failed: checks.failed, ...checks.times }, right: checks.failed === 0 }
}

/** The stand-ins' files, and programs that are run with them in place and the display's cable plugged in. */
class Rig {
	readonly #root: Root
	readonly #files: string
	#kiosk: RunningProcess | undefined

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
		return await execute(...this.#words('"$@"', ...words)).then(
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
		this.#kiosk = new RunningProcess([program, ...words])
	}

	get said(): string {
		return this.#kiosk?.said ?? ''
	}

	/** Its exit status. */
	async end(): Promise<number | null> {
		const kiosk = this.#kiosk
		if (kiosk === undefined) return null
		await writeFile(this.path(`${home}/end`), '')
		await until(() => kiosk.ended, { timeoutMs: patience })
		return kiosk.status
	}
}

async function keyFiles(root: Root): Promise<string> {
	const script = 'grep -l "PRIVATE KEY" /etc/testigo/identity/* | grep -v /tls-key.pem || true'
	return await root.run('sh', '-c', script)
}

await runSuite({
	...{ name: 'arm64', root: 'install a package', ownMounts: true },
	options: {
		debian: wordsIfGiven,
		/** One of arm64 that was built before. */
		package: wordsIfGiven,
	},
	async run({ values, folder, say, atEnd }) {
		const why = await Root.whyNone()
		if (why !== null) throw new EnvironmentFailed(why)
		try {
			atEnd(await runArm64Programs())
		} catch (error) {
			throw new EnvironmentFailed(`no program of arm64 can be run here: ${(error as Error).message.trim()}`)
		}
		const debian = values.debian ?? join(tmpdir(), 'testigo-debian-12-arm64.tar')
		return await recordOnArm64(folder, debian, values.package, say)
	},
})
