/**
 * The stick that machines are installed and updated from: what make-stick signs, and what install.sh and testigo-update
 * do with one that lies. The scripts run as they are, but for the paths of the machine and for who is root; Debian's
 * package programs are stand-ins that say what they were given.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
	appendFileSync,
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { inDirectory } from '../support/in-directory.ts'

const scripts = fileURLToPath(new URL('../../provisioning/install', import.meta.url))
const without = ['openssl', 'flock'].find((name) => spawnSync(name, ['--version']).error !== undefined)
const reason = without === undefined ? '' : `, skipped, no ${without}`
const packageName = 'testigo_1.0_amd64.deb'

/** A machine and the folder in which its scripts, its packages and its stick are. */
class Bench {
	readonly directory: string
	constructor(directory: string) {
		this.directory = directory
		cpSync(scripts, this.at('scripts'), { recursive: true })
		for (const name of ['install.sh', 'testigo-update']) {
			const path = this.at('scripts', name)
			const text = readFileSync(path, 'utf8')
				.replaceAll(/\/(etc|var\/lib)\/testigo\b/g, this.at('machine', '$1/testigo'))
				.replaceAll('/run/', `${this.at('machine', 'run')}/`)
				.replaceAll('[ "$(id -u)" = 0 ]', 'true')
				.replaceAll('-user 0', `-user ${process.getuid?.()}`)
				.replaceAll('PATH=/usr/sbin:', `PATH=${this.at('machine', 'bin')}:/usr/sbin:`)
			writeFileSync(path, text)
		}
		for (const name of ['bin', 'run', 'var/lib/testigo'])
			mkdirSync(this.at('machine', name), { recursive: true })
		this.program('dpkg-deb', 'echo 1.0')
		this.program('dpkg-query', 'exit 1')
		this.program('systemctl', 'true')
		this.dpkg('true')
		for (const key of ['ours', 'theirs']) this.makeKey(key)
		mkdirSync(this.at('built'))
		writeFileSync(this.at('built', packageName), 'a package')
	}

	at(...names: string[]): string {
		return join(this.directory, ...names)
	}

	makeKey(name: string): void {
		spawnSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', this.at(name)])
	}

	/** A stand-in for a program of Debian's. */
	program(name: string, script: string): void {
		const path = this.at('machine', 'bin', name)
		writeFileSync(path, `#!/bin/sh\n${script}\n`)
		chmodSync(path, 0o755)
	}

	/** `installing`: what happens while a package is installed. */
	dpkg(installing: string): void {
		const installed = this.at('installed')
		this.program(
			'dpkg',
			`case $1 in --print-architecture) echo amd64 ;; --install) cat "$2" >>${installed}; ${installing} ;; *) exit 1 ;; esac`,
		)
	}

	run(script: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
		const { status, stdout, stderr } = spawnSync('sh', [script, ...words], {
			encoding: 'utf8',
			env: { PATH: process.env['PATH'], ...env },
		})
		return { status, out: stdout, err: stderr }
	}

	make(stick = 'stick', { key = 'ours', from = 'built', env = {} } = {}) {
		return this.run(
			this.at('scripts', 'make-stick'),
			[this.at(key), this.at(stick), this.at(from, packageName)],
			env,
		)
	}

	install(stick = 'stick', ...words: string[]) {
		return this.run(this.at(stick, 'install.sh'), ['kiosk', ...words])
	}

	update(stick = 'stick') {
		return this.run(this.at('scripts', 'testigo-update'), [this.at(stick)])
	}

	/** The letters that make-stick prints for paper. */
	letters(stick = 'stick'): string {
		const { stdout } = spawnSync('openssl', [
			'pkey',
			'-pubin',
			'-in',
			this.at(stick, 'updates.pem'),
			'-outform',
			'DER',
		])
		return createHash('sha256').update(stdout).digest('hex')
	}

	get pinned(): string | null {
		const path = this.at('machine/etc/testigo/updates.pem')
		return existsSync(path) ? readFileSync(path, 'utf8') : null
	}

	get installed(): string {
		return existsSync(this.at('installed')) ? readFileSync(this.at('installed'), 'utf8') : ''
	}

	/** What is left where testigo-update copies to. */
	get copies(): string[] {
		return readdirSync(this.at('machine/var/lib/testigo'))
	}
}

const onBench = (work: (bench: Bench) => void) => inDirectory(async (directory) => work(new Bench(directory)))

describe.skipIf(without !== undefined)(`make-stick${reason}`, () => {
	test('prints what is carried on paper, and its stick is taken', () =>
		onBench((bench) => {
			const { status, out } = bench.make()
			const own = createHash('sha256')
				.update(readFileSync(bench.at('stick/install.sh')))
				.digest('hex')
			expect({ status, out }).toEqual({
				status: 0,
				out: `install.sh  ${own}\nthe key     ${bench.letters()}\n`,
			})
			expect(bench.install('stick', '--key', bench.letters())).toMatchObject({ status: 0 })
			expect([bench.installed, bench.pinned]).toEqual([
				'a package',
				readFileSync(bench.at('stick/updates.pem'), 'utf8'),
			])
			expect(bench.update().status).toBe(0)
		}))

	test.each(['testigo_9.0_amd64.deb', 'testigo_0.9_arm64.deb', 'else.DEB'])(
		'signs no %s that lies on the stick',
		(name) =>
			onBench((bench) => {
				mkdirSync(bench.at('stick'))
				writeFileSync(bench.at('stick', name), 'nobody named it')
				expect(bench.make()).toMatchObject({
					status: 2,
					err: expect.stringContaining(`${name} was not named`),
				})
				expect(readdirSync(bench.at('stick'))).toEqual([name])
			}),
	)

	test('signs the package as it was built, whatever bytes the stick gives back', () =>
		onBench((bench) => {
			mkdirSync(bench.at('lying'))
			const cp = bench.at('lying', 'cp')
			writeFileSync(
				cp,
				`#!/bin/sh\n/bin/cp "$@"\n[ ! -f ${bench.at('stick')}/*.deb ] || echo else >>${bench.at('stick', packageName)}\n`,
			)
			chmodSync(cp, 0o755)
			expect(
				bench.make('stick', { env: { PATH: `${bench.at('lying')}:${process.env['PATH']}` } }).status,
			).toBe(0)
			const digest = createHash('sha256').update('a package').digest('hex')
			expect(readFileSync(bench.at('stick/SHA256SUMS'), 'utf8')).toContain(`${digest}  ${packageName}\n`)
		}))

	test('takes no package from the stick itself', () =>
		onBench((bench) => {
			mkdirSync(bench.at('stick'))
			writeFileSync(bench.at('stick', packageName), 'a package')
			expect(bench.make('stick', { from: 'stick' })).toMatchObject({
				status: 2,
				err: expect.stringContaining('lies on the stick'),
			})
		}))

	test('writes through no link that lies on the stick', () =>
		onBench((bench) => {
			mkdirSync(bench.at('stick'))
			const names = ['SHA256SUMS', 'SHA256SUMS.sig', 'updates.pem', 'install.sh', packageName]
			for (const name of names) {
				writeFileSync(bench.at(`own ${name}`), 'mine')
				symlinkSync(bench.at(`own ${name}`), bench.at('stick', name))
			}
			expect(bench.make().status).toBe(0)
			expect(names.map((name) => readFileSync(bench.at(`own ${name}`), 'utf8'))).toEqual(
				names.map(() => 'mine'),
			)
		}))
})

describe.skipIf(without !== undefined)(`install.sh${reason}`, () => {
	test('a stick whose signature is bad is refused with nothing kept, and the honest one is taken after it', () =>
		onBench((bench) => {
			bench.make('bad', { key: 'theirs' })
			appendFileSync(bench.at('bad/SHA256SUMS'), `${'0'.repeat(64)}  else\n`)
			expect(bench.install('bad', '--key', bench.letters('bad'))).toMatchObject({
				...{ status: 1, err: expect.stringContaining('not signed with its key') },
			})
			expect([bench.pinned, bench.installed]).toEqual([null, ''])
			bench.make()
			expect(bench.install('stick', '--key', bench.letters()).status).toBe(0)
			expect(bench.installed).toBe('a package')
		}))

	test('nothing of the stick runs that its key did not sign', () =>
		onBench((bench) => {
			bench.make()
			writeFileSync(bench.at('stick/testigo-update'), `touch ${bench.at('ran')}\n`)
			for (const _ of ['first', 'with a key that is kept']) {
				const told = bench.install('stick', '--key', bench.letters())
				expect(told).toMatchObject({ status: 1, err: expect.stringContaining('testigo-update is damaged') })
				expect(existsSync(bench.at('ran'))).toBe(false)
				bench.make('honest')
				expect(bench.install('honest', '--key', bench.letters()).status).toBe(0)
			}
		}))

	test('without a person or the letters no key is kept, and with those of another neither', () =>
		onBench((bench) => {
			bench.make()
			bench.make('other', { key: 'theirs' })
			expect(bench.install()).toMatchObject({
				status: 2,
				err: expect.stringContaining('give them with --key'),
			})
			const other = bench.install('other', '--key', bench.letters())
			expect(other).toMatchObject({ status: 1, err: expect.stringContaining('nothing was installed') })
			expect([bench.pinned, bench.installed]).toEqual([null, ''])
			expect(bench.install('stick', '--key', bench.letters()).status).toBe(0)
			expect(bench.install('other', '--key', bench.letters('other'))).toMatchObject({
				...{ status: 1, err: expect.stringContaining('another key') },
			})
			expect(bench.pinned).toBe(readFileSync(bench.at('stick/updates.pem'), 'utf8'))
		}))

	test.each([
		['no', 1, ''],
		['sí', 0, 'a package'],
	])('asked at a terminal, %s is taken at its word', (answer, status, installed) =>
		onBench((bench) => {
			bench.make()
			const line = `sh ${bench.at('stick/install.sh')} kiosk`
			const asked = spawnSync('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
				...{ encoding: 'utf8', input: `${answer}\n` },
			})
			expect(asked.stdout).toContain(bench.letters())
			expect([asked.status, bench.installed, bench.pinned !== null]).toEqual([
				status,
				installed,
				status === 0,
			])
		}),
	)

	test('run from a copy that was compared, it takes the folder by name', () =>
		onBench((bench) => {
			bench.make()
			cpSync(bench.at('stick/install.sh'), bench.at('copy.sh'))
			rmSync(bench.at('stick/install.sh'))
			const words = ['kiosk', '--from', bench.at('stick'), '--key', bench.letters()]
			expect(bench.run(bench.at('copy.sh'), words).status).toBe(0)
			expect(bench.installed).toBe('a package')
		}))
})

describe.skipIf(without !== undefined)(`testigo-update${reason}`, () => {
	test.each(['HUP', 'INT', 'TERM'])('leaves no copy behind at SIG%s', (signal) =>
		onBench((bench) => {
			bench.make()
			bench.install('stick', '--key', bench.letters())
			bench.dpkg(`kill -s ${signal} $PPID`)
			expect(bench.update().status).not.toBe(0)
			expect(bench.copies).toEqual([])
		}),
	)

	test('what one left behind that was killed goes with the next', () =>
		onBench((bench) => {
			bench.make()
			bench.install('stick', '--key', bench.letters())
			bench.dpkg('kill -s KILL $PPID')
			bench.update()
			expect(bench.copies).toHaveLength(1)
			bench.dpkg('true')
			expect(bench.update().status).toBe(0)
			expect(bench.copies).toEqual([])
		}))
})
