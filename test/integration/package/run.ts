/**
 * The package in a bare Debian, as root: built twice it has the same bytes; it is installed, raised with records in
 * place, refused where it could not read them, removed and purged. See test/README.md.
 */
import { execFile } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { keptDebian, unpack } from '../boot/debian-root.ts'
import { Checks } from './checks.ts'
import { Root } from './root.ts'

const run = promisify(execFile)
const provisioning = fileURLToPath(new URL('../../../provisioning', import.meta.url))
const status = { right: 0, wrong: 1, usedWrongly: 2, environmentFailed: 3 } as const
const say = (line: string) => process.stderr.write(`${line}\n`)

/** What the issue allows, in bytes. */
const largest = 250 * 1000 * 1000

async function packageRun(work: string, debian: string, given: string | undefined): Promise<number> {
	const begun = performance.now()
	const checks = new Checks(say)
	const current = given ?? (await builtTwice(work, checks))
	const older = await withVersion(current, '0.0.9', work)
	const key = join(work, 'updates-key.pem')
	await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', key])

	await keptDebian(debian, work, say)
	const root = new Root(join(work, 'root'))
	await mkdir(root.directory)
	await unpack(debian, root.directory)
	// Nobody cuts this one's power: minutes of syncs are spared.
	await writeFile(root.path('/etc/dpkg/dpkg.cfg.d/unsafe'), 'force-unsafe-io\n')
	const stick = async (name: string, file: string, signedWith = key) => {
		await run(join(provisioning, 'install', 'make-stick'), [signedWith, root.path(`/media/${name}`), file])
	}
	await stick('older', older)
	await stick('current', current)
	const before = await root.files()

	await root.run('sh', '/media/older/install.sh', 'kiosk', 'centre')
	checks.hold('the older one is installed', (await root.version()) === '0.0.9')
	const bytes = await root.installedBytes()
	checks.hold(`it takes ${Math.round(bytes / 1e6)} MB`, bytes < largest)
	const enabled = await root.run('systemctl', 'is-enabled', 'testigo.target', 'testigo-central.service')
	checks.hold('its units start at boot', enabled === 'enabled\nenabled')
	checks.hold('it runs', /^testigo\//.test(await root.run('testigo', '--version')))

	// Records as the program makes them, with a device and a centre of their own.
	const demo = await root.run('env', 'TMPDIR=/var/tmp', 'testigo', 'demo', '--actas', '3', '--exit')
	const { journal, ledger } = JSON.parse(demo.split('\n').at(-1) ?? '')
	await rename(root.path(journal), root.path('/var/lib/testigo/journal'))
	await rename(root.path(ledger), root.path('/var/lib/testigo/central'))
	await root.run('testigo', 'enrol', 'request', '--dir', '/etc/testigo/identity')
	await writeFile(root.path('/etc/testigo/kiosk.json'), '{"production":true}\n')
	const records = () =>
		root.digests('/var/lib/testigo/journal', '/var/lib/testigo/central', '/etc/testigo/identity')
	const had = await records()

	await root.run('testigo-update', '/media/current')
	checks.hold('raised', (await root.version()) !== '0.0.9')
	checks.hold('records and keys are as they were', (await records()) === had)
	const settings = await readFile(root.path('/etc/testigo/kiosk.json'), 'utf8')
	checks.hold('settings too', settings === '{"production":true}\n')
	await root.run('testigo', 'verify', '/var/lib/testigo/journal')
	await root.run('testigo', 'verify', '/var/lib/testigo/central')

	const current1 = await root.version()
	const refused = async (what: string, words: readonly string[], because: RegExp) => {
		const said = await root.refusal(...words)
		checks.hold(`refused: ${what}`, because.test(said) && (await root.version()) === current1, said)
	}
	await refused('an older one', ['testigo-update', '/media/older'], /0\.0\.9 is older than/)
	const stranger = join(work, 'stranger-key.pem')
	await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', stranger])
	await stick('stranger', current, stranger)
	await refused('another key', ['testigo-update', '/media/stranger'], /not signed with the key/)
	await refused('another key, by install.sh', ['sh', '/media/stranger/install.sh', 'kiosk'], /another key/)
	await stick('damaged', current)
	await appendFile(root.path(`/media/damaged/${basename(current)}`), 'x')
	await refused('a damaged one', ['testigo-update', '/media/damaged'], /is damaged/)
	for (const file of ['journal/entries.jws', 'central/ledger.jws']) {
		const path = root.path(`/var/lib/testigo/${file}`)
		const text = await readFile(path, 'utf8')
		await writeFile(path, withNewerFormat(text))
		await refused(
			`a newer ${file}`,
			['testigo-update', '/media/current'],
			/has format 2, and .* reads up to 1/,
		)
		await writeFile(path, text)
	}
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
	await root.run('sh', '/media/current/install.sh', 'kiosk')
	await root.run('testigo', 'verify', '/var/lib/testigo/journal')
	await rm(root.path('/var/lib/testigo/journal'), { recursive: true })
	await rm(root.path('/var/lib/testigo/central'), { recursive: true })
	await root.run('dpkg', '--purge', 'testigo')
	const still = (await root.files()).filter((path) => !before.includes(path))
	checks.hold('purged without records: nothing is left', still.length === 0, still.join(' '))

	const report = {
		failed: checks.failed,
		installedBytes: bytes,
		packageBytes: (await readFile(current)).length,
	}
	const seconds = Math.round((performance.now() - begun) / 1000)
	process.stdout.write(`${JSON.stringify({ ...report, seconds })}\n`)
	return checks.failed === 0 ? status.right : status.wrong
}

async function builtTwice(work: string, checks: Checks): Promise<string> {
	const first = await build(join(work, 'first'))
	const second = await build(join(work, 'second'))
	checks.hold('built twice it has the same bytes', (await readFile(first)).equals(await readFile(second)))
	return first
}

async function build(out: string): Promise<string> {
	say('the package')
	const { stdout } = await run(join(provisioning, 'package', 'build'), ['--out', out])
	return stdout.trim()
}

/** The same package under another version: there is none yet that was released before. */
async function withVersion(file: string, version: string, work: string): Promise<string> {
	const tree = join(work, 'tree')
	await run('dpkg-deb', ['--raw-extract', file, tree])
	const control = join(tree, 'DEBIAN', 'control')
	const text = await readFile(control, 'utf8')
	await writeFile(control, text.replace(/^Version: .*$/m, `Version: ${version}`))
	const to = join(work, basename(file).replace(/_[^_]+_/, `_${version}_`))
	await run('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z1', '--build', tree, to])
	await rm(tree, { recursive: true })
	return to
}

/** The last entry says that it is of version 2; its signature is nobody's affair here. */
function withNewerFormat(text: string): string {
	const at = text.lastIndexOf('.', text.lastIndexOf('.') - 1)
	const end = text.lastIndexOf('.')
	const payload = Buffer.from(text.slice(at + 1, end), 'base64url').toString()
	const newer = Buffer.from(payload.replace('"v":1', '"v":2')).toString('base64url')
	return text.slice(0, at + 1) + newer + text.slice(end)
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			debian: { type: 'string', default: join(tmpdir(), 'testigo-debian-12.tar') },
			/** One that was built before. */
			package: { type: 'string' },
		},
	})
	if (process.getuid?.() !== 0) {
		say('only root can install a package: run this as root')
		return status.environmentFailed
	}
	const why = await Root.whyNone()
	if (why !== null) {
		say(why)
		return status.environmentFailed
	}
	const work = await mkdtemp(join(tmpdir(), 'testigo-package-'))
	try {
		return await packageRun(work, values.debian, values.package).catch((error: unknown) => {
			say(error instanceof Error ? String(error.stack) : String(error))
			return status.wrong
		})
	} finally {
		await rm(work, { recursive: true, force: true })
	}
}

process.exitCode = await main().catch((error: Error) => {
	say(error.message)
	return status.usedWrongly
})
