/**
 * Boots the package as systemd boots it in the field: a bare Debian in a container, the package installed from a
 * stick, kiosk, uplink, broker and centre as units, papers on the tray, processes that freeze, power that goes.
 * See test/integration/README.md.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { Random } from '#src/simulator/random.js'
import { Mount } from '../../support/mounts.ts'
import {
	EnvironmentFailed,
	flag,
	runSuite,
	seed,
	wholeNumber,
	wordsIfGiven,
} from '../../support/suite-script.ts'
import { buildPackage, makeSignedStick } from '../package/built.ts'
import { prepare, setUpCentre, setUpKiosk, setUpLog, stick } from './commissioning.ts'
import { keptDebian, unpack } from './debian-root.ts'
import { Laptop } from './laptop.ts'
import { Machine, uptime } from './machine.ts'
import { whyNoBoot } from './needs.ts'
import { PaperPile } from './paper-pile.ts'
import { faultsOfUnit, holdPublished } from './publishing.ts'
import { actasIn, faultsOn, listening } from './records.ts'
import { installStandIns, Person } from './stand-ins.ts'
import { closeDay, voidLast, withScanner } from './technician.ts'

const units = ['testigo-kiosk', 'testigo-uplink', 'testigo-central'].map((name) => `${name}.service`)

/** Until the next boot: two minutes each would be most of the test. */
const shortWatchdogs = { 'testigo-uplink.service': 40, 'testigo-central.service': 40 }

await runSuite({
	...{ name: 'boot', root: 'boot a container', ownMounts: true },
	options: {
		cuts: wholeNumber(3, 999),
		seed: seed(),
		/** Built before; without it one is built. */
		package: wordsIfGiven,
		/** A bare Debian as tar, made where it is missing. */
		debian: wordsIfGiven,
		/** Leaves the units' watchdogs as they are shipped. */
		'long-watchdogs': flag,
	},
	async run({ values, folder: root, say, atEnd }) {
		const why = await whyNoBoot()
		if (why !== null) throw new EnvironmentFailed(why)
		const random = new Random(values.seed)
		const debian = values.debian ?? join(tmpdir(), 'testigo-debian-12.tar')
		await keptDebian(debian, root, say)
		if (values.package === undefined) say('the package')
		const built = values.package ?? (await buildPackage(root))
		const disk = Mount.cuttable(join(root, 'disk'), join(root, 'disk.img'), 2_048, 'ordered')
		const letters = await furnish(disk, debian, built).finally(() => disk.unmount())
		const machine = new Machine(disk)
		atEnd(() => machine.kill())
		const person = new Person(machine)
		const laptop = new Laptop(root, () => machine.path(stick))
		const rootWords = await laptop.init()
		const papers = await PaperPile.of(10 + values.cuts)
		/** Seconds from the display's first word of it until it is recorded. */
		const scan = async (picture: Buffer) => {
			await person.layDown(picture)
			const since = uptime()
			await person.until('the paper recorded', ([line = '']) => line.includes('GUARDADA'))
			return uptime() - since
		}
		const received = (lines: readonly string[]) =>
			lines[3]?.startsWith(`G${papers.laid} R${papers.laid} `) === true
		try {
			say('a bare Debian boots')
			await machine.boot()
			const booted = uptime()
			const bare = seconds(booted - machine.began)
			for (const [unit, sec] of Object.entries(values['long-watchdogs'] ? {} : shortWatchdogs)) {
				await machine.dropIn(unit, `[Service]\nWatchdogSec=${sec}\n`)
			}
			await prepare(machine)
			const test = await papers.next()
			person.putBefore(test)
			const atCentre = await setUpCentre(machine, laptop, { rootWords, letters })
			const [kioskBegun, before] = [uptime(), laptop.commands]
			const atKiosk = await setUpKiosk(machine, laptop, { rootWords, letters })
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
			for (let count = 0; count < 4; count++) await scan(await papers.next())
			await person.until('all receipts', received)
			await setUpLog(machine, laptop)
			await machine.run('systemctl', 'start', 'testigo-publish')
			const publishedFirst = await holdPublished(machine)
			const shutIn = await faultsOfUnit(machine)
			say(`${publishedFirst} entries published; ${shutIn.join(', ') || 'shut in as its unit says'}`)
			const ports = await listening(machine)
			say(`listening: ${ports.join(', ')}`)
			const centre = ['mosquitto', 'testigo-central', 'testigo-board']
			await machine.run('systemctl', 'stop', ...centre)
			const kioskAlone = await listening(machine)
			await scan(await papers.next())
			say(`without broker and centre: listening: ${kioskAlone.join(', ') || 'nothing'}; scanned`)
			await machine.run('systemctl', 'start', ...centre)
			await person.until('a receipt once the broker is back', received)
			await withScanner(machine, person, async (save) => {
				await save(await papers.next())
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
			await scan(await papers.next())
			await person.until('a receipt after the freeze', received)

			await machine.stop()
			await machine.boot()
			person.begin()
			const canScan = await machine.secondsUntilActive('testigo-kiosk.service', machine.began)
			say(`switched on, and can scan after ${canScan} s`)
			await person.until('LISTO', ([line]) => line === 'LISTO')
			const whole = await scan(await papers.next())

			const cuts = []
			let lost = 0
			for (let cut = 0; cut < values.cuts; cut++) {
				const picture = await papers.next()
				await person.layDown(picture)
				const at = random.between(0, whole)
				await after(at * 1000)
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
			await scan(await papers.next())
			await person.until('a receipt on a day that goes on', received)
			const kept = await actasIn(machine)
			const [laid, right] = [papers.laid, papers.rightIn(kept)]
			const published = await holdPublished(machine)
			await machine.stop()
			const faults = await faultsOn(disk)
			const result = {
				...{ bareBoot: bare, first, ports, kioskAlone, watchdog, canScan, cuts },
				...{ laid, kept: kept.length, right, lost, faults, published, shutIn },
			}
			const whatIsRight = right === laid && kept.length === laid && lost === 0 && faults === 0
			const [board = '', ...others] = ports
			const isBoard = board.startsWith('127.0.0.1:8470 ')
			const onlyBroker = isBoard && others.join() === '8883 mosquitto' && kioskAlone.length === 0
			return { result, right: whatIsRight && onlyBroker && shutIn.length === 0 }
		} catch (error) {
			say(
				await machine
					.run('journalctl', '--no-pager', '--lines=120')
					.catch(() => 'the machine does not answer'),
			)
			throw error
		}
	},
})

/** A Debian with the stand-ins, and the stick in its place; gives the letters of the stick's key. */
async function furnish({ path }: Mount, debian: string, built: string): Promise<string> {
	await unpack(debian, path)
	await installStandIns(path)
	return await makeSignedStick(join(path, '..'), join(path, stick), built)
}

function seconds(exact: number): number {
	return Math.round(exact * 10) / 10
}
