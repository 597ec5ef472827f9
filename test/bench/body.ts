/** From the tray's signal to the first word on the display, and to the record, with stand-ins of camera and GPIO. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { makeIdentity } from '#src/enrolment/device-identity.js'
import { composeKiosk } from '#src/kiosk/composition.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { systemClock } from '#src/platform/clock.js'
import { makeCustodian } from '../support/custodian.ts'
import { LcdEmulator } from '../support/panel/lcd-emulator.ts'
import { gotten } from '../support/result.ts'
import { SerialCable, withoutSocat } from '../support/serial-cable.ts'
import { lens, StandIns } from '../support/stand-ins.ts'
import { until } from '../support/until.ts'
import type { Bench } from './part.ts'
import { spreadOf, spreadRow, type Table } from './table.ts'

const baud = 9_600

/** When, and by how many bytes, the display came to show something. */
interface Seen {
	readonly at: number
	readonly bytes: number
}

export async function benchBody(bench: Bench): Promise<Table[]> {
	if (withoutSocat !== null) throw new Error(withoutSocat)
	const custodians: string[] = []
	while (custodians.length < 2) custodians.push((await makeCustodian()).recipient)
	const tables: Table[] = []
	for (const [name, sealedTo] of [
		['plain', []],
		['sealed', custodians],
	] as const) {
		const directory = join(bench.directory, name)
		await mkdir(directory)
		const memory = await mkdtemp('/dev/shm/testigo-bench-')
		const standIns = StandIns.in(directory, memory)
		await standIns.install()
		try {
			tables.push(await measure({ ...bench, directory }, standIns, memory, sealedTo))
		} finally {
			standIns.uninstall()
			await rm(memory, { recursive: true, force: true })
		}
	}
	return tables
}

async function measure(
	{ directory, short, photographs, say }: Bench,
	standIns: StandIns,
	memory: string,
	custodians: readonly string[],
): Promise<Table> {
	const count = short ? 3 : 20
	const place = async (index: number) => {
		const { path } = await photographs.take(12, 0, 20_000 + index)
		standIns.putBefore(await readFile(path))
	}
	say('the camera by itself')
	await place(0)
	const own = await timeCamera(memory, count)

	gotten(await makeIdentity(join(directory, 'identity'), 'device', randomBytes))
	const cable = new SerialCable(directory)
	const display = new LcdEmulator()
	let waiting: { is: (line: string) => boolean; done: (seen: Seen) => void } | undefined
	let drawnAt = 0
	await cable.plug({
		take(bytes) {
			drawnAt = performance.now()
			display.take(bytes)
			if (waiting?.is(display.text()[0] ?? '') === true) {
				waiting.done({ at: performance.now(), bytes: bytes.length })
				waiting = undefined
			}
			return new Uint8Array()
		},
	})
	const shows = (is: (line: string) => boolean) =>
		new Promise<Seen>((done) => {
			waiting = { is, done }
		})
	const isReady = (line: string) => line.startsWith('LISTO')
	let recordedAt = 0
	const composed = await composeKiosk(
		KioskConfig.parse({
			identity: join(directory, 'identity'),
			journal: join(directory, 'journal'),
			state: join(directory, 'state.json'),
			uplink: join(directory, 'uplink'),
			camera: {
				kind: 'libcamera-warm',
				cameras: [lens(0, 'full')],
				directory: join(memory, 'camera'),
				settle: 0,
			},
			tray: { kind: 'gpio', line: 17, debounce: 1 },
			signals: { light: { line: 5 }, green: { line: 6 } },
			panel: { kind: 'lcd', port: cable.port, baud },
			glance: 0,
			custodians,
		}),
		{
			election: presidential2024,
			clock: systemClock,
			log: ({ event }) => {
				if (event === 'recorded') recordedAt = performance.now()
			},
		},
	)
	const kiosk = gotten(composed)
	const times = { feedback: [] as number[], recorded: [] as number[], shown: [] as number[] }
	try {
		const ready = shows(isReady)
		await kiosk.start()
		await ready
		say(`papers of 12 MP, ${custodians.length === 0 ? 'not sealed' : 'sealed'}`)
		for (let index = 0; index < count; index++) {
			await place(index)
			// A display that has drawn the last screen, as it has when a person lays the next paper down.
			await until(() => performance.now() - drawnAt > 500)
			const photo = shows((line) => !isReady(line))
			const begun = performance.now()
			standIns.edge(true)
			const first = await photo
			const stored = await shows((line) => line.startsWith('GUARDADA'))
			times.feedback.push(first.at - begun + (first.bytes * 10_000) / baud)
			times.recorded.push(recordedAt - begun)
			times.shown.push(stored.at - begun + (stored.bytes * 10_000) / baud)
			const again = shows(isReady)
			standIns.edge(false)
			await again
		}
	} finally {
		await kiosk.stop()
		await cable.unplug()
	}
	const ownMedian = spreadOf(own).median
	return {
		title: `Body: from the tray sensor, with a warm camera and a 12 MP frame, ${
			custodians.length === 0 ? 'not sealed' : `sealed to ${custodians.length} custodians`
		}, milliseconds`,
		columns: ['', 'papers', 'median', 'p95', 'aim, median'],
		rows: [
			spreadRow('the camera alone, from its signal to its picture', own, 'peer'),
			spreadRow('first word on the display', times.feedback, '100'),
			spreadRow('recorded: on the disk', times.recorded, ''),
			spreadRow(
				'  of that, above the camera',
				times.recorded.map((ms) => ms - ownMedian),
				'150',
			),
			spreadRow('GUARDADA on the display', times.shown, ''),
		],
		notes: [
			'Stand-ins: rpicam-still copies a file and looks for its signal each 20 ms; gpiomon looks each 20 ms.',
			`Display: the time that its bytes need at ${baud} baud is added. Debounce 1 ms, light 0 ms ahead: a rig's own come on top.`,
		],
	}
}

/** Milliseconds from SIGUSR1 to the link to the new picture. */
async function timeCamera(memory: string, count: number): Promise<number[]> {
	const latest = join(memory, 'latest.jpg')
	const child = spawn(
		'rpicam-still',
		['--signal', '--output', join(memory, 'own-%d.jpg'), '--latest', latest],
		{
			stdio: 'ignore',
		},
	)
	const times: number[] = []
	try {
		// Before it is open, the signal would end it.
		await until(() => catchesSignal(child.pid ?? 0))
		for (let shot = 0; shot < count; shot++) {
			await rm(latest, { force: true })
			const begun = performance.now()
			child.kill('SIGUSR1')
			await until(() => existsSync(latest), { everyMs: 1 })
			times.push(performance.now() - begun)
		}
		return times
	} finally {
		child.kill('SIGTERM')
		if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
	}
}

/** Whether a process has a handler of SIGUSR1, the tenth signal (proc(5), SigCgt). */
function catchesSignal(pid: number): boolean {
	const [, mask = '0'] = /SigCgt:\s+(\w+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
	return ((BigInt(`0x${mask}`) >> 9n) & 1n) === 1n
}
