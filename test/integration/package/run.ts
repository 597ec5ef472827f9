/**
 * The package in a bare Debian, as root: built twice it has the same bytes; it is installed, raised with records in
 * place, refused where it could not read them, removed and purged. See test/integration/README.md.
 */
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formats } from '#src/evidence/format.js'
import { execute } from '../../support/processes.ts'
import { EnvironmentFailed, oneOf, runSuite, wordsIfGiven } from '../../support/suite-script.ts'
import { keptDebian, unpack } from '../boot/debian-root.ts'
import { makePapers } from '../power/papers.ts'
import { buildPackage } from './built.ts'
import { Checks } from './checks.ts'
import { holdNativeParts } from './native-parts.ts'
import { record, recorded } from './recording.ts'
import { Root } from './root.ts'
import { type Refused, Sticks } from './sticks.ts'

/** As the build takes it. */
const newestFormat = Math.max(...Object.values(formats))

/** What the issue allows, in bytes. */
const largest = 250 * 1000 * 1000

/** What earlier versions called otherwise: now, then. */
const earlierNames = [
	['usr/sbin/testigo-machine', 'usr/sbin/testigo-board'],
	['usr/share/testigo/machine', 'usr/share/testigo/board'],
] as const

const earlier = fileURLToPath(new URL('../../vectors/25d872f', import.meta.url))

/** Where a centre keeps what signs its log. */
const log = '/var/lib/testigo/log'

/** Tenths, as `systemd-analyze security` counts with `--threshold`. */
const mostExposed = {
	...{ 'testigo-kiosk': 10, 'testigo-uplink': 13, 'testigo-central': 13 },
	...{ 'testigo-board': 13, 'testigo-publish': 10 },
}

await runSuite({
	...{ name: 'package', root: 'install a package' },
	options: {
		suite: oneOf('bookworm', 'trixie'),
		/** A bare one as tar, made where it is missing. */
		debian: wordsIfGiven,
		/** Built before; without it one is built. */
		package: wordsIfGiven,
	},
	async run({ values: { suite, ...values }, folder: work, say }) {
		const why = await Root.whyNone()
		if (why !== null) throw new EnvironmentFailed(why)
		const checks = new Checks(say)
		if (values.package === undefined) say('the package')
		const current = values.package ?? (await builtTwice(work, checks))
		const older = await withVersion(current, '0.0.9', work)

		const debian = values.debian ?? join(tmpdir(), `testigo-debian-${suite === 'bookworm' ? 12 : 13}.tar`)
		await keptDebian(debian, work, say, suite)
		const root = new Root(join(work, 'root'))
		await mkdir(root.directory)
		await unpack(debian, root.directory)
		// Nobody cuts this one's power: minutes of syncs are spared.
		await writeFile(root.path('/etc/dpkg/dpkg.cfg.d/unsafe'), 'force-unsafe-io\n')
		const sticks = new Sticks(root, work)
		await sticks.makeKey('updates')
		await sticks.write('older', older)
		const letters = await sticks.write('current', current)
		const before = await root.files()

		await root.run('sh', '/media/older/install.sh', 'kiosk', 'centre', '--key', letters)
		checks.hold('the older one is installed', (await root.version()) === '0.0.9')
		const bytes = await root.installedBytes()
		checks.hold(`it takes ${Math.round(bytes / 1e6)} MB`, bytes < largest)
		const centre = ['testigo-central', 'testigo-board', 'testigo-publish'].map((name) => `${name}.service`)
		const atBoot = ['testigo.target', ...centre]
		const enabled = await root.run('systemctl', 'is-enabled', ...atBoot)
		checks.hold('its units start at boot', enabled === atBoot.map(() => 'enabled').join('\n'))
		await judgeUnits(root, checks)
		await holdNativeParts(root, checks)
		checks.hold('it runs', (await root.run('testigo', '--version')) === 'testigo/0.0.9')

		await layEarlierRecords(root)
		await layLog(root)
		const [paper] = await makePapers(1)
		if (paper === undefined) throw new Error('there is no paper')
		await writeFile(root.path('/etc/testigo/kiosk.json'), '{"production":true}\n')
		const records = () =>
			root.digests(
				...['journal', 'central', 'log'].map((name) => `/var/lib/testigo/${name}`),
				'/etc/testigo/identity',
			)
		const written = await records()
		const mounts = root.path('/etc/fstab')
		const bare = await readFile(mounts, 'utf8').catch(() => '')
		await writeFile(mounts, `${bare}tmpfs /tmp tmpfs nodev 0 0 # testigo-board\n`)

		await root.run('testigo-update', '/media/current')
		checks.hold('raised', (await root.version()) !== '0.0.9')
		const oldNames = (await root.files()).filter((path) =>
			earlierNames.some(([, then]) => path.startsWith(`/${then}`)),
		)
		const lines = (await readFile(mounts, 'utf8')).slice(bare.length)
		checks.hold(
			'nothing goes by an earlier name',
			oldNames.length === 0 && lines === 'tmpfs /tmp tmpfs nodev 0 0 # testigo-machine\n',
			`${oldNames.join(' ')} ${lines}`,
		)
		await writeFile(mounts, bare)
		await holdGroupReads(root, checks)
		await publishTrial(root, checks)
		checks.hold('records and keys are as they were', (await records()) === written)
		const settings = await readFile(root.path('/etc/testigo/kiosk.json'), 'utf8')
		checks.hold('settings too', settings === '{"production":true}\n')
		await root.run('testigo', 'verify', '/var/lib/testigo/journal')
		await root.run('testigo', 'verify', '/var/lib/testigo/central')
		await record(root, paper.bytes)
		await root.run('testigo', 'verify', '/var/lib/testigo/journal')
		const wrote = (await recorded(root)).map(({ kind, software, boot }) => `${boot} ${kind} ${software}`)
		const software = await root.run('testigo', '--version')
		const now = await root.version()
		checks.hold(
			'it goes on with the older one’s journal',
			String(wrote.slice(10)) === String(['boot', 'acta'].map((kind) => `5 ${kind} ${software}`)),
			String(wrote),
		)
		const had = await records()

		const refused: Refused = async (what, words, because) => {
			const said = await root.refusal(...words)
			checks.hold(`refused: ${what}`, because.test(said) && (await root.version()) === now, said)
		}
		await refused('an older one', ['testigo-update', '/media/older'], /0\.0\.9 is older than/)
		await sticks.makeKey('authority', 'P-256')
		const taken = await sticks.refusal(current, 'authority')
		checks.hold(
			'make-stick takes no key of the devices’ authority',
			/no Ed25519 private key/.test(taken),
			taken,
		)
		await sticks.refuseStrangers(current, refused)
		for (const file of ['journal/entries.jws', 'central/ledger.jws']) {
			const path = root.path(`/var/lib/testigo/${file}`)
			const text = await readFile(path, 'utf8')
			await writeFile(path, withNewerFormat(text))
			const because = (newest: number) =>
				new RegExp(`has format ${newestFormat + 1}, and .* reads up to ${newest}:`)
			await refused(`a newer ${file}`, ['testigo-update', '/media/current'], because(newestFormat))
			await refused('also when asked', ['testigo-update', '/media/older', '--older'], because(formats.entry))
			await writeFile(path, text)
		}
		const note = root.path('/var/lib/testigo/central/ledger.json')
		const noted = await readFile(note, 'utf8')
		const people = JSON.stringify({ ...JSON.parse(noted), format: formats.people }, null, '\t')
		await writeFile(note, `${people}\n`)
		await refused(
			'an older one where the centre holds what people signed',
			['testigo-update', '/media/older', '--older'],
			new RegExp(`ledger\\.json has format ${formats.people}, and .* reads up to ${formats.entry}:`),
		)
		await root.run('testigo-update', '/media/current')
		await writeFile(note, noted)
		await root.run('testigo-update', '/media/older', '--older')
		checks.hold('an older one, when asked for', (await root.version()) === '0.0.9')
		await root.run('testigo-update', '/media/current')

		await root.run('dpkg', '--remove', 'testigo')
		checks.hold('removed: records, keys and settings stay', (await records()) === had)
		await root.run('dpkg', '--purge', 'testigo')
		checks.hold('purged: records and keys stay', (await records()) === had)
		const left = (await root.files()).filter((path) => !before.includes(path))
		const strays = left.filter((path) => !/^\/(var\/lib|etc)\/testigo(\/|$)/.test(path))
		checks.hold('purged: nothing else is left', strays.length === 0, strays.join(' '))
		await root.run('sh', '/media/current/install.sh', 'broker')
		const help = await root.run('/usr/share/testigo/broker/set-up-broker', '--help')
		const starting = await root.run('sh', '-c', 'systemctl is-enabled testigo.target || true')
		checks.hold(
			'a broker has what sets it up, and starts no kiosk',
			/--crl FILE/.test(help) && starting === 'disabled',
		)
		await root.run('sh', '/media/current/install.sh', 'kiosk')
		await root.run('testigo', 'verify', '/var/lib/testigo/journal')
		await rm(root.path('/var/lib/testigo/journal'), { recursive: true })
		await rm(root.path('/var/lib/testigo/central'), { recursive: true })
		await rm(root.path(`${log}/last-checkpoint`))
		await root.run('sh', '/var/lib/dpkg/info/testigo.postrm', 'purge')
		const isLogKept = (await root.files()).includes(`${log}/log-key.pem`)
		checks.hold('a log’s key is a record too, by itself', isLogKept)
		await rm(root.path(log), { recursive: true })
		await root.run('dpkg', '--purge', 'testigo')
		const still = (await root.files()).filter((path) => !before.includes(path))
		checks.hold('purged without records: nothing is left', still.length === 0, still.join(' '))

		const packageBytes = (await readFile(current)).length
		return {
			result: { failed: checks.failed, installedBytes: bytes, packageBytes },
			right: checks.failed === 0,
		}
	},
})

/** By the systemd of that Debian; test/systemd asks this machine's. */
async function judgeUnits(root: Root, checks: Checks): Promise<void> {
	const [version = ''] = (await root.run('systemctl', '--version')).split('\n')
	const at = (name: string) => `/usr/lib/systemd/system/${name}.service`
	const judge = async (...words: string[]) => {
		const script = '"$@" 2>&1 || echo "status $?"'
		return await root.run('env', 'SYSTEMD_COLORS=0', 'sh', '-c', script, 'sh', 'systemd-analyze', ...words)
	}
	const all = [...Object.keys(mostExposed).map(at), '/usr/lib/systemd/system/testigo.target']
	const said = await judge('verify', ...all)
	checks.hold(`${version} understands the units`, said === '', said)
	for (const [name, most] of Object.entries(mostExposed)) {
		const level = await judge('security', '--offline=true', '--no-pager', `--threshold=${most}`, at(name))
		const last = level.split('\n').at(-1) ?? ''
		checks.hold(
			`${name} is exposed by at most ${most / 10}`,
			/exposure level for/.test(last),
			level.slice(-300),
		)
	}
}

/** What the centre keeps is the board's to read, and that of publishing, and nobody's else; and a log's key is its own user's. */
async function holdGroupReads(root: Root, checks: Checks): Promise<void> {
	const ledger = '/var/lib/testigo/central/ledger.jws'
	const may = async (user: string, what: string, path = ledger) => {
		const script = `setpriv --reuid ${user} --regid nogroup --init-groups test ${what} ${path} && echo yes || echo no`
		return await root.run('sh', '-c', script)
	}
	for (const user of ['testigo-board', 'testigo-publish']) {
		const seen = [await may(user, '-r'), await may(user, '-w'), await may('nobody', '-r')]
		checks.hold(`${user} reads what an older centre keeps`, seen.join() === 'yes,no,no', seen.join())
	}
	const key = `${log}/log-key.pem`
	const signs: string[] = []
	for (const user of ['testigo-publish', 'testigo-board', 'testigo-central'])
		signs.push(await may(user, '-r', key))
	checks.hold('who publishes alone reads the log’s key', signs.join() === 'yes,no,no', signs.join())
}

/** As the guide says: provisioning/guides/centre.md, part 10. */
async function layLog(root: Root): Promise<void> {
	await root.run('install', '-d', '-o', 'testigo-publish', '-g', 'testigo-centre', '-m', '755', log)
	await root.run('testigo', 'enrol', 'log', '--dir', log, '--origin', 'log.example/trial')
}

/** What an older centre keeps is published as a rehearsal, with a torrent, and verified by what is in the package. */
async function publishTrial(root: Root, checks: Checks): Promise<void> {
	const folder = '/var/tmp/trial'
	const archive = `${folder}/archive`
	await root.run('install', '-d', '-o', 'testigo-central', '-m', '755', folder)
	const central = '/var/lib/testigo/central'
	const said = await root.run(
		...['testigo', 'publish', '--directory', central, '--out', archive, '--trial', '--torrent'],
	)
	const { publication, leaves, torrent } = JSON.parse(said.split('\n').at(-1) ?? '{}')
	const isPublished = publication === 0 && leaves > 0 && /^[0-9a-f]{40}$/.test(torrent)
	checks.hold('a rehearsal is published, with a torrent', isPublished, said)
	await root.run('testigo', 'verify', archive, '--rehearsal')
	await rm(root.path(folder), { recursive: true })
	const told = await root.run('sh', '-c', 'testigo doctor --json --language en || true')
	const findings: { part: string; code: string }[] = JSON.parse(told).findings
	const codes = findings.filter(({ part }) => part === 'publish').map(({ code }) => code)
	// It has a log, and an authority has not named it yet.
	checks.hold('doctor says what the log lacks', codes.join() === 'no-campaign', codes.join())
}

/** Those of a machine that an earlier commit ran on, each its user's: a kiosk and a centre. */
async function layEarlierRecords(root: Root): Promise<void> {
	const lay = async (from: string, to: string, user: string) => {
		await cp(join(earlier, from), root.path(to), { recursive: true })
		await root.run('chown', '--recursive', `${user}:${user}`, to)
	}
	await lay('kiosk/identity', '/etc/testigo/identity', 'root')
	await root.run('sh', '-c', 'chmod 600 /etc/testigo/identity/*key.pem')
	for (const part of ['journal', 'signed', 'kiosk.json'])
		await lay(`kiosk/${part}`, `/var/lib/testigo/${part}`, 'testigo-kiosk')
	await lay('kiosk/uplink', '/var/lib/testigo/uplink', 'testigo-uplink')
	await lay('centre/central', '/var/lib/testigo/central', 'testigo-central')
	await root.run('chmod', '--recursive', 'go=', '/var/lib/testigo/central')
}

async function builtTwice(work: string, checks: Checks): Promise<string> {
	const [first, second] = [await buildPackage(join(work, 'first')), await buildPackage(join(work, 'second'))]
	checks.hold('built twice it has the same bytes', (await readFile(first)).equals(await readFile(second)))
	return first
}

/**
 * The same package under another version, which it also says of itself, with the names of then and the records that it
 * reads: there is none yet that was released before.
 */
async function withVersion(file: string, version: string, work: string): Promise<string> {
	const tree = join(work, 'tree')
	await execute('dpkg-deb', ['--raw-extract', file, tree])
	const control = join(tree, 'DEBIAN', 'control')
	const text = await readFile(control, 'utf8')
	await writeFile(control, text.replace(/^Version: .*$/m, `Version: ${version}`))
	const judge = join(tree, 'DEBIAN', 'preinst')
	const script = await readFile(judge, 'utf8')
	await writeFile(judge, script.replace(`newest=${newestFormat}\n`, `newest=${formats.entry}\n`))
	const about = join(tree, 'usr/lib/testigo/package.json')
	const program = JSON.parse(await readFile(about, 'utf8'))
	await writeFile(about, JSON.stringify({ ...program, version }))
	for (const [now, then] of earlierNames) await rename(join(tree, now), join(tree, then))
	const to = join(work, basename(file).replace(/_[^_]+_/, `_${version}_`))
	await execute('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z1', '--build', tree, to])
	await rm(tree, { recursive: true })
	return to
}

/** The last line says that it is of the format after ours; its signature is nobody's affair here. */
function withNewerFormat(text: string): string {
	const at = text.lastIndexOf('.', text.lastIndexOf('.') - 1)
	const end = text.lastIndexOf('.')
	const payload = Buffer.from(text.slice(at + 1, end), 'base64url').toString()
	const newer = Buffer.from(payload.replace(/"v":\d+/, `"v":${newestFormat + 1}`)).toString('base64url')
	return text.slice(0, at + 1) + newer + text.slice(end)
}
