/**
 * The image of a card, made by its recipe and started in a computer of its own, by emulation: what a locked machine is
 * to be, sticks, scans, a systemd and a kernel that hang, power that goes. See test/integration/README.md.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { Random } from '#src/simulator/random.js'
import { someCustodian } from '../../support/custodian.ts'
import { execute } from '../../support/processes.ts'
import { textsIn } from '../../support/recorded.ts'
import {
	EnvironmentFailed,
	oneOf,
	runSuite,
	seed,
	wholeNumber,
	wordsIfGiven,
} from '../../support/suite-script.ts'
import { PaperPile } from '../boot/paper-pile.ts'
import { devices, Person } from '../boot/stand-ins.ts'
import { buildPackage, makeSignedStick, provisioning } from '../package/built.ts'
import { Checks } from '../package/checks.ts'
import { Computer } from './computer.ts'
import { holdsAfterFirstStart, holdsAtEachStart, holdsForSticks } from './machine.ts'
import { whyNoImage } from './needs.ts'
import { hasNoIdentity } from './no-identity.ts'
import { displayPort, makeOverlay } from './overlay.ts'

/** As `openssl passwd -6` prints it, of a password that nobody uses. */
const someHash =
	'$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/'

/** For a screen, in milliseconds: a scan takes half a minute where it is emulated. */
const patience = 900_000

await runSuite({
	...{ name: 'image', root: 'make an image' },
	options: {
		cuts: wholeNumber(2, 99),
		seed: seed(),
		accel: oneOf('tcg', 'kvm'),
		suite: oneOf('bookworm', 'trixie'),
		/** A package, or an image that this test had made (--keep), of before. */
		...{ package: wordsIfGiven, image: wordsIfGiven, keep: wordsIfGiven },
	},
	async run({ values, folder: work, say, atEnd }) {
		const why = await whyNoImage()
		if (why !== null) throw new EnvironmentFailed(why)
		const checks = new Checks(say)
		const random = new Random(values.seed)
		const disk = join(work, 'disk.img')
		await copyFile(values.image ?? (await makeImage(work, values.suite, values.package, say)), disk)
		if (values.keep !== undefined) await copyFile(disk, values.keep)
		const [, root, records] = await partitions(disk)
		if (root === undefined || records === undefined) throw new Error('the image has not three partitions')
		await hasNoIdentity(disk, root.start, checks)
		// The card is larger than the image, as cards are.
		await truncate(disk, (await stat(disk)).size + 512 * 1024 * 1024)
		await onFirstPartition(disk, work, '/technician', () => `${someHash}\n`)
		// Where this machine is busy, an emulated timer comes late, and the kernel takes it for broken.
		await onFirstPartition(disk, work, '/loader/entries/testigo.conf', (text) =>
			text.replace(/^options .*/m, '$& no_timer_check'),
		)

		const computer = new Computer(work, disk, await makeStickWithFile(work), values.accel)
		atEnd(() => computer.cut())
		const person = new Person(computer, patience)
		const papers = await PaperPile.of(4 + values.cuts)
		const shows = (word: string) => person.until(word, ([line = '']) => line.includes(word))
		const scan = async (picture: Buffer) => {
			await person.layDown(picture)
			await shows('GUARDADA')
		}
		try {
			await checks.timed('first start', () => computer.switchOn('no stick'))
			await holdsAfterFirstStart(computer, checks, records.bytes)
			await holdsAtEachStart(computer, checks)
			computer.plugStick()
			await holdsForSticks(computer, checks)
			await commission(computer)
			await computer.switchOff()
			const before = await digest(disk, root)

			person.begin()
			await checks.timed('switched on, stick plugged, until LISTO', async () => {
				await computer.switchOn('stick plugged')
				await shows('LISTO')
			})
			await holdsAtEachStart(computer, checks)
			const sticks = (await computer.tryToRun('sh', '-c', 'ls /sys/block | grep ^sd')).text
			checks.hold('a stick that was plugged in before is none', sticks === '', sticks)
			await checks.timed('a paper', async () => scan(await papers.next()))

			for (const [what, command] of Object.entries({
				'systemd hangs': 'kill -SEGV 1',
				'the kernel hangs': 'echo c >/proc/sysrq-trigger',
			})) {
				await checks.timed(`${what}, until LISTO`, async () => {
					await computer.untilStartedAgain(command)
					person.begin()
					await shows('LISTO')
				})
				checks.hold(`${what}: the watchdog starts it again`, computer.events.includes('WATCHDOG'))
				computer.events.length = 0
				await scan(await papers.next())
			}

			for (let cut = 0; cut < values.cuts; cut++) {
				const picture = await papers.next()
				await person.layDown(picture)
				await after(random.between(0, (checks.times['a paper'] ?? 1) * 1000))
				const [shown] = await person.look()
				await computer.cut()
				await person.look()
				person.begin()
				await computer.switchOn('no stick')
				await shows('LISTO')
				const kept = await actas(computer)
				checks.hold(
					`cut at ${shown}: ${person.highest} shown, ${kept.length} kept`,
					kept.length >= person.highest,
				)
				await scan(picture)
			}
			await holdsAtEachStart(computer, checks)
			const kept = await actas(computer)
			const [laid, right] = [papers.laid, papers.rightIn(kept)]
			checks.hold(
				`${laid} papers laid down, ${right} of ${kept.length} are these`,
				right === laid && kept.length === laid,
			)
			const audit = await computer.tryToRun('testigo', 'verify', '/var/lib/testigo/journal')
			checks.hold('the journal is whole', audit.status === 0, audit.text)
			await computer.switchOff()
			checks.hold('not one byte of / was written', (await digest(disk, root)) === before)
			const result = { failed: checks.failed, laid, kept: kept.length, times: checks.times }
			return { result, right: checks.failed === 0 }
		} catch (error) {
			say(await computer.console())
			const log = computer.tryToRun('journalctl', '--no-pager', '--lines=60', '--unit=testigo-kiosk')
			say((await Promise.race([log, after(60_000)]))?.text ?? 'it does not answer')
			throw error
		}
	},
})

async function makeImage(
	work: string,
	suite: string,
	given: string | undefined,
	say: (line: string) => void,
): Promise<string> {
	if (given === undefined) say('the package')
	const built = given ?? (await buildPackage(work))
	const stick = join(work, 'stick')
	const letters = await makeSignedStick(work, stick, built)
	const overlay = join(work, 'overlay')
	await mkdir(overlay)
	await makeOverlay(overlay)
	say('the image')
	const image = join(work, 'image.img')
	const words = ['--stick', stick, '--key', letters, '--out', image, '--add', overlay, '--suite', suite]
	const building = execute(join(provisioning, 'image', 'build'), words, {
		env: { ...process.env, TMPDIR: work },
	})
	await building.catch(({ stderr = '' }: { stderr?: string }) => {
		throw new Error(`the recipe failed: ${stderr.split('\n').slice(-20).join('\n')}`)
	})
	return image
}

/** Writes a file of the FAT that starts it; `change` gets what was there. */
async function onFirstPartition(
	disk: string,
	work: string,
	name: string,
	change: (text: string) => string,
): Promise<void> {
	const image = `${disk}@@1M`
	const before = await execute('mtype', ['-i', image, `::${name}`]).catch(() => ({ stdout: '' }))
	const file = join(work, 'for-the-first-partition')
	await writeFile(file, change(before.stdout))
	await execute('mcopy', ['-o', '-i', image, file, `::${name}`])
}

/** A stick with one file on it. */
async function makeStickWithFile(work: string): Promise<string> {
	const stick = join(work, 'stick.img')
	await writeFile(stick, '')
	await truncate(stick, 64 * 1024 * 1024)
	await execute('mkfs.vfat', [stick])
	await writeFile(join(work, 'hello'), 'hello\n')
	await execute('mcopy', ['-i', stick, join(work, 'hello'), '::/hello'])
	return stick
}

/** Opens the machine, makes a kiosk of it, and locks it. */
async function commission(computer: Computer): Promise<void> {
	const settings = async (name: string, value: object) => {
		const text = Buffer.from(JSON.stringify(value)).toString('base64')
		await computer.run('sh', '-c', `echo ${text} | base64 -d >/etc/testigo/${name}.json`)
	}
	await computer.run('testigo-technician', 'on')
	const [id] = (await computer.run('testigo', 'enrol', 'centre', '--dir', '/run/centre')).split('\n')
	await computer.run('testigo', 'enrol', 'request', '--dir', '/etc/testigo/identity')
	await computer.run('install', '-m644', '/run/centre/public.pem', '/etc/testigo/centre.pem')
	const centre = { id, publicKey: '/etc/testigo/centre.pem' }
	const panel = { ...devices.panel, port: displayPort }
	const kiosk = { production: true, centre, custodians: [someCustodian], glance: 0 }
	await settings('kiosk', { ...kiosk, ...devices, panel })
	await settings('uplink', { centre })
	await computer.run('testigo-technician', 'off')
}

async function actas(computer: Computer): Promise<string[]> {
	return textsIn(await computer.run('cat', '/var/lib/testigo/journal/entries.jws'))
}

interface Partition {
	/** Of the disk's first byte. */
	readonly start: number
	readonly bytes: number
}

async function partitions(disk: string): Promise<Partition[]> {
	const { stdout } = await execute('sfdisk', ['--json', disk])
	const { partitiontable } = JSON.parse(stdout) as {
		partitiontable: { partitions: { start: number; size: number }[] }
	}
	return partitiontable.partitions.map(({ start, size }) => ({ start: start * 512, bytes: size * 512 }))
}

async function digest(disk: string, { start, bytes }: Partition): Promise<string> {
	const hash = createHash('sha256')
	for await (const chunk of createReadStream(disk, { start, end: start + bytes - 1 }))
		hash.update(chunk as Buffer)
	return hash.digest('hex')
}
