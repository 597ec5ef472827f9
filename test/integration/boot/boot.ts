/**
 * Boots the package as systemd boots it in the field: a bare Debian in a container, the package installed from a
 * stick, kiosk, uplink, broker and centre as units, papers on the tray, processes that freeze, power that goes.
 * See test/integration/README.md.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import sharp from 'sharp'
import { Random } from '#src/simulator/random.js'
import { runInOwnMounts } from '../../support/suite-script.ts'
import { makePapers } from '../power/papers.ts'
import { Volume } from '../power/volume.ts'
import { prepare, setUpCentre, setUpKiosk, stick } from './commissioning.ts'
import { keptDebian, unpack } from './debian-root.ts'
import { Laptop } from './laptop.ts'
import { Machine, uptime } from './machine.ts'
import { whyNoBoot } from './needs.ts'
import { actasIn, faultsOn, listening } from './records.ts'
import { installStandIns, Person } from './stand-ins.ts'
import { closeDay, voidLast, withScanner } from './technician.ts'

const run = promisify(execFile)
const provisioning = fileURLToPath(new URL('../../../provisioning', import.meta.url))

/** As of the commands. */
const status = { nothingLost: 0, lost: 1, usedWrongly: 2, environmentFailed: 3 } as const

const units = ['testigo-kiosk', 'testigo-uplink', 'testigo-central'].map((name) => `${name}.service`)

/** Until the next boot: two minutes each would be most of the test. */
const shortWatchdogs = { 'testigo-uplink.service': 40, 'testigo-central.service': 40 }

const say = (line: string) => process.stderr.write(`${line}\n`)

interface Wanted {
	readonly cuts: number
	readonly seed: string
	/** A package that was built before; without it one is built. */
	readonly package: string | undefined
	/** A bare Debian as tar, made where it is missing. */
	readonly debian: string
	/** Leaves the units' watchdogs as they are shipped. */
	readonly longWatchdogs: boolean
}

async function bootRun(root: string, wanted: Wanted): Promise<number> {
	const begun = uptime()
	const random = new Random(wanted.seed)
	say(`seed ${wanted.seed}`)
	await keptDebian(wanted.debian, root, say)
	const built = wanted.package ?? (await buildPackage(root))
	const volume = new Volume(join(root, 'disk.img'), join(root, 'disk'), 'ordered', 2 * 1024 ** 3)
	await mkdir(volume.directory)
	await volume.make()
	await furnish(volume, wanted.debian, built)
	const machine = new Machine(volume)
	const person = new Person(machine)
	const laptop = new Laptop(root, () => machine.path(stick))
	const rootWords = await laptop.init()
	const papers = await makePapers(10 + wanted.cuts)
	let laid = 0
	const next = async () => {
		const paper = papers[laid++]
		if (paper === undefined) throw new Error('there are no more papers')
		return await sharp(paper.bytes).jpeg({ quality: 95 }).toBuffer()
	}
	/** Seconds from the display's first word of it until it is recorded. */
	const scan = async (picture: Buffer) => {
		await person.layDown(picture)
		const since = uptime()
		await person.until('the paper recorded', ([line = '']) => line.includes('GUARDADA'))
		return uptime() - since
	}
	const received = (lines: readonly string[]) => lines[3]?.startsWith(`G${laid} R${laid} `) === true
	try {
		say('a bare Debian boots')
		await machine.boot()
		const booted = uptime()
		const bare = seconds(booted - machine.began)
		for (const [unit, sec] of Object.entries(wanted.longWatchdogs ? {} : shortWatchdogs)) {
			await machine.dropIn(unit, `[Service]\nWatchdogSec=${sec}\n`)
		}
		await prepare(machine)
		const test = await next()
		person.putBefore(test)
		const atCentre = await setUpCentre(machine, laptop, rootWords)
		const [kioskBegun, before] = [uptime(), laptop.commands]
		const atKiosk = await setUpKiosk(machine, laptop, rootWords)
		person.begin()
		await person.until('LISTO', ([first]) => first === 'LISTO')
		await scan(test)
		await person.until('the first receipt', received)
		const first = {
			centre: { typed: atCentre, onLaptop: before, seconds: seconds(kioskBegun - booted) },
			kiosk: {
				...{ typed: atKiosk, onLaptop: laptop.commands - before },
				seconds: seconds(uptime() - kioskBegun),
			},
		}
		say(`booted in ${bare} s; first acta received: commands and seconds ${JSON.stringify(first)}`)
		await voidLast(machine, person)
		for (let count = 0; count < 4; count++) await scan(await next())
		await person.until('all receipts', received)
		const ports = await listening(machine)
		say(`listening: ${ports.join(', ')}`)
		await machine.run('systemctl', 'stop', 'mosquitto', 'testigo-central')
		const kioskAlone = await listening(machine)
		await scan(await next())
		say(`without broker and centre: listening: ${kioskAlone.join(', ') || 'nothing'}; scanned`)
		await machine.run('systemctl', 'start', 'mosquitto', 'testigo-central')
		await person.until('a receipt once the broker is back', received)
		await withScanner(machine, person, async (save) => {
			await save(await next())
			await person.until('the saved picture recorded', ([line = '']) => line.includes('GUARDADA'))
			await person.until('the saved picture received', received)
		})
		say('a document scanner of another user saved a paper')

		const frozen = uptime()
		await machine.run('systemctl', 'kill', '--kill-whom=main', '--signal=STOP', ...units)
		const watchdog: Record<string, number> = {}
		for (const unit of units) watchdog[unit] = await machine.secondsUntilActive(unit, frozen)
		say(`frozen, and active again after ${JSON.stringify(watchdog)} s`)
		await person.until('LISTO', ([line]) => line === 'LISTO')
		await scan(await next())
		await person.until('a receipt after the freeze', received)

		await machine.stop()
		await machine.boot()
		person.begin()
		const canScan = await machine.secondsUntilActive('testigo-kiosk.service', machine.began)
		say(`switched on, and can scan after ${canScan} s`)
		await person.until('LISTO', ([line]) => line === 'LISTO')
		const whole = await scan(await next())

		const cuts = []
		let lost = 0
		for (let cut = 0; cut < wanted.cuts; cut++) {
			const picture = await next()
			await person.layDown(picture)
			const at = random.between(0, whole)
			await new Promise((resolve) => setTimeout(resolve, at * 1000))
			const shown = await machine.cut(person.shown)
			const lines = await person.look(shown)
			await machine.kill()
			await machine.boot()
			person.begin()
			const again = await machine.secondsUntilActive('testigo-kiosk.service', machine.began)
			const kept = await actasIn(machine)
			if (kept.length < person.highest) lost++
			say(`cut at ${lines[0]}; ${person.highest} shown, ${kept.length} kept; can scan after ${again} s`)
			cuts.push({ shown: lines[0], kept: kept.length, canScan: again })
			await person.until('LISTO', ([line]) => line === 'LISTO')
			await scan(picture)
		}
		await person.until('all receipts', received)
		await closeDay(machine, person)
		await scan(await next())
		await person.until('a receipt on a day that goes on', received)
		const kept = await actasIn(machine)
		const right = papers.slice(0, laid).filter(({ text }) => kept.includes(text)).length
		await machine.stop()
		const faults = await faultsOn(volume)
		const report = {
			...{ seed: wanted.seed, bareBoot: bare, first, ports, kioskAlone, watchdog, canScan, cuts },
			...{ laid, kept: kept.length, right, lost, faults, seconds: seconds(uptime() - begun) },
		}
		process.stdout.write(`${JSON.stringify(report)}\n`)
		const whatIsRight = right === laid && kept.length === laid && lost === 0 && faults === 0
		const onlyBroker = ports.join() === '8883 mosquitto' && kioskAlone.length === 0
		return whatIsRight && onlyBroker ? status.nothingLost : status.lost
	} catch (error) {
		say(
			await machine.run('journalctl', '--no-pager', '--lines=120').catch(() => 'the machine does not answer'),
		)
		throw error
	} finally {
		await machine.kill()
	}
}

async function buildPackage(root: string): Promise<string> {
	say('the package')
	const { stdout } = await run(join(provisioning, 'package', 'build'), ['--out', root])
	return stdout.trim()
}

/** A Debian with the stand-ins, and the stick in its place. */
async function furnish(volume: Volume, debian: string, built: string): Promise<void> {
	await volume.attach()
	try {
		await unpack(debian, volume.directory)
		await installStandIns(volume.directory)
		const key = join(volume.directory, '..', 'updates-key.pem')
		await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', key])
		const to = join(volume.directory, stick)
		await run(join(provisioning, 'install', 'make-stick'), [key, to, built])
	} finally {
		await volume.detach()
	}
}

function seconds(exact: number): number {
	return Math.round(exact * 10) / 10
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			cuts: { type: 'string', default: '3' },
			seed: { type: 'string', default: String(Date.now()) },
			package: { type: 'string' },
			'long-watchdogs': { type: 'boolean', default: false },
			debian: { type: 'string', default: join(tmpdir(), 'testigo-debian-12.tar') },
		},
	})
	if (!/^[1-9]\d{0,2}$/.test(values.cuts)) throw new Error('--cuts takes a number from 1 to 999')
	if (process.getuid?.() !== 0) {
		say('only root can boot a container: run this as root')
		return status.environmentFailed
	}
	const again = await runInOwnMounts()
	if (again !== null) return again
	const root = await mkdtemp(join(tmpdir(), 'testigo-boot-'))
	try {
		const why = await whyNoBoot(root)
		if (why !== null) {
			say(why)
			return status.environmentFailed
		}
		const wanted = {
			...values,
			cuts: Number(values.cuts),
			package: values.package,
			longWatchdogs: values['long-watchdogs'],
		}
		return await bootRun(root, wanted).catch((error: unknown) => {
			say(error instanceof Error ? String(error.stack) : String(error))
			return status.lost
		})
	} finally {
		await rm(root, { recursive: true, force: true })
	}
}

process.exitCode = await main().catch((error: Error) => {
	say(error.message)
	return status.usedWrongly
})
