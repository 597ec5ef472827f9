/**
 * `npm run test:full-disk`: a centre as it ships on a disk of 64 MB, to which one enrolled device sends new entries of
 * 47 kB, every second one of an unknown version, as fast as it can, while others record calmly. It is killed in the middle, and begun again on the
 * disk as it is then; at last the disk is filled to its end by another. Exit status 1 where a receipt was not true, an
 * honest device was not served, or the centre ended by itself.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { openIdentity } from '#src/enrolment/device-identity.js'
import { signEntry } from '#src/evidence/entry.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { signJws } from '#src/evidence/jws.js'
import { openReceipt, type Receipt } from '#src/evidence/receipt.js'
import { systemClock } from '#src/platform/clock.js'
import { Broker } from '#src/platform/mqtt/broker.js'
import { MqttConnection } from '#src/platform/mqtt/mqtt-connection.js'
import { formatTopic } from '#src/protocol/topics.js'
import { SignedEntries } from '../../bench/signed-entries.ts'
import { draftAfter, someBytes } from '../../support/journal-maker.ts'
import { freePort, Mosquitto, withoutMosquitto } from '../../support/mosquitto.ts'
import { Mount, withoutMounts } from '../../support/mounts.ts'
import { execute, RunningProcess, testigo } from '../../support/processes.ts'
import { gotten } from '../../support/result.ts'
import { EnvironmentFailed, runSuite, wholeNumber } from '../../support/suite-script.ts'
import { makeSigner } from '../../support/test-identity.ts'
import { until } from '../../support/until.ts'

const megabytes = 64

/** A device that keeps no journal: what it was promised, by the entry's id. */
class Device {
	readonly id: string
	readonly entries: SignedEntries
	readonly promised = new Set<string>()
	refusals = 0
	answered = 0
	sent = 0
	readonly connection: MqttConnection
	readonly #waiting = new Map<number, string>()

	constructor(id: string, url: string, centre: Parameters<typeof openReceipt>[1]) {
		this.id = id
		this.entries = new SignedEntries(makeSigner(id))
		this.connection = new MqttConnection({
			...{ broker: Broker.parse({ url }), clientId: id, clock: systemClock, random: Math.random },
			subscriptions: [formatTopic({ kind: 'receipt', device: id })],
			connected: () => {},
			disconnected: () => {},
			message: (_, payload) => {
				const opened = openReceipt(payload.toString('latin1'), centre)
				if (opened.ok) this.#answer(opened.value.receipt)
			},
		})
	}

	#answer({ seq, entry, status, reason = '' }: Receipt): void {
		if (status === 'rejected') {
			if (reason === 'quota') this.refusals++
			return
		}
		this.promised.add(entry)
		if (this.#waiting.delete(seq)) this.answered++
	}

	/** One that floods waits for nothing. */
	async send(seq: number, text: string, isKept = true): Promise<void> {
		this.sent++
		if (isKept) this.#waiting.set(seq, text)
		await this.#publish(seq, text)
	}

	async sendAgain(): Promise<void> {
		for (const [seq, text] of this.#waiting) await this.#publish(seq, text)
	}

	async #publish(seq: number, text: string): Promise<void> {
		const topic = formatTopic({ kind: 'entry', device: this.id, seq })
		await this.connection.publish({ topic, payload: Buffer.from(text) })
	}
}

/** New entries without end, every second one of a version that nobody knows. */
class FloodChain {
	readonly #device: Device
	#seq = 0
	#last: { seq: number; id: string } | null = null
	readonly #noise = Buffer.from(someBytes(34_000, 1)).toString('base64')

	constructor(device: Device) {
		this.#device = device
	}

	async next(): Promise<void> {
		// A connection that is not there answers at once, and nothing else would have a turn.
		if (!this.#device.connection.connected) return void (await after(50))
		const { signer } = this.#device.entries
		const seq = ++this.#seq
		const padding = `${seq} ${this.#noise}`
		if (seq % 2 === 0) {
			const { text } = await signJws('entry', { v: 999_999, device: signer.kid, seq, padding }, signer)
			return await this.#device.send(seq, text, false)
		}
		const entry = await signEntry(
			draftAfter(this.#last === null ? null : { seq: seq - 1, id: this.#last.id }, signer, {
				kind: 'boot',
				padding,
			}),
			signer,
		)
		this.#last = { seq, id: entry.id }
		await this.#device.send(seq, entry.text, false)
	}
}

await runSuite({
	name: 'full-disk',
	root: 'mount a disk',
	ownMounts: true,
	options: {
		/** Seconds of each of the two floods. */
		seconds: wholeNumber(30, 3600),
	},
	async run({ values, folder, say, atEnd }) {
		for (const lacking of [withoutMosquitto, withoutMounts]) {
			if (lacking !== null) throw new EnvironmentFailed(lacking)
		}
		const disk = Mount.ext4(join(folder, 'disk'), join(folder, 'image'), megabytes, '-m', '0')
		atEnd(() => disk.clear())
		const broker = new Mosquitto(await freePort())
		await broker.up()
		atEnd(() => broker.clear())
		const identity = join(folder, 'centre')
		const enrolled = await testigo('enrol', 'centre', '--dir', identity)
		if (enrolled.status !== 0) throw new EnvironmentFailed(enrolled.err)
		const { kid, publicKey } = gotten(await openIdentity(identity)).signer
		const directory = join(disk.path, 'central')
		mkdirSync(join(directory, 'devices'), { recursive: true })
		const names = ['k-flood', 'k-calm-1', 'k-calm-2', 'k-calm-3'] as const
		const [flood, ...calm] = names.map((name) => new Device(name, broker.url, { id: kid, publicKey }))
		if (flood === undefined) throw new Error('no devices')
		for (const { id, entries, connection } of [flood, ...calm]) {
			writeFileSync(join(directory, 'devices', `${id}.pem`), publicKeyPem(entries.signer.publicKey))
			connection.start()
			atEnd(() => connection.stop())
		}
		const config = join(folder, 'central.json')
		const mebibyte = 1 << 20
		writeFileSync(
			config,
			JSON.stringify({
				...{ identity, directory, broker: { url: broker.url } },
				limits: { partialBytes: 8 * mebibyte },
				disk: { pictures: 16 * mebibyte, entries: 6 * mebibyte, reserve: 4 * mebibyte },
			}),
		)
		const log = join(folder, 'central.log')
		const begin = async () => {
			const central = RunningProcess.testigo(['central', '--config', config], { log })
			atEnd(() => central.stop())
			const before = central.count('connected')
			await central.until(() => central.count('connected') > before)
			return central
		}

		const wrong: string[] = []
		let begun = () => {}
		const connected = new Promise<void>((resolve) => {
			begun = resolve
		})
		const flooding = { on: true, begun: () => begun() }
		const chain = new FloodChain(flood)
		const work = [
			(async () => {
				await connected
				while (flooding.on) await chain.next()
			})(),
			...calm.map(async (device) => {
				await connected
				for (let seq = 1; flooding.on; seq++) {
					await device.send(seq, (await device.entries.next()).text)
					await after(200)
					if (seq % 20 === 0) await device.sendAgain()
				}
			}),
		]
		/** What was promised stands in the ledger. */
		const checkReceipts = (when: string) => {
			const held = new Set(
				readFileSync(join(directory, 'ledger.jws'), 'latin1')
					.split('\n')
					.map((line) =>
						createHash('sha256')
							.update(line.slice(0, line.lastIndexOf('.')))
							.digest('base64url'),
					),
			)
			for (const { id, promised } of [flood, ...calm]) {
				const missing = [...promised].filter((entry) => !held.has(entry)).length
				if (missing > 0)
					wrong.push(`${when}: ${missing} entries of ${id} have receipts and are not in the ledger`)
			}
		}

		let central = await begin()
		await until(() => [flood, ...calm].every(({ connection }) => connection.connected))
		flooding.begun()
		const served: number[] = []
		const lives = async (when: string) => {
			const before = calm.map(({ answered }) => answered)
			await after(values.seconds * 500)
			for (const [index, device] of calm.entries()) {
				const more = device.answered - (before[index] ?? 0)
				served.push(more)
				if (more === 0) wrong.push(`${when}: ${device.id} was not served`)
			}
			if (central.ended) wrong.push(`${when}: the centre ended, status ${central.status}`)
			say(
				`${when}: ${Math.floor(disk.free / 1e6)} MB free; flood ${flood.promised.size} of ${flood.sent} kept, ${flood.refusals} refusals; calm ${calm.map(({ answered, sent }) => `${answered}/${sent}`).join(' ')}`,
			)
		}
		await lives('filling')
		await lives('flooded')
		await central.stop('SIGKILL')
		checkReceipts('killed')
		central = await begin()
		for (const device of calm) await device.sendAgain()
		await lives('begun again')

		// Others fill the disk to its end.
		disk.fill('others')
		await after(3_000)
		if (central.ended) wrong.push(`full: the centre ended, status ${central.status}`)
		await central.stop('SIGKILL')
		checkReceipts('killed on a full disk')
		// It begins on it all the same, or says in one line why not.
		const again = await Promise.race([begin(), endOf(log, config)])
		if (again instanceof RunningProcess) {
			central = again
			disk.remove('others')
			for (const device of calm) await device.sendAgain()
			await lives('with room again')
			await central.stop()
			if (central.status !== 0) wrong.push(`stopped with status ${central.status}`)
		} else wrong.push(`it did not begin on a full disk: ${again}`)
		flooding.on = false
		await Promise.all(work)
		checkReceipts('at the end')
		const lines = readFileSync(log, 'utf8').split('\n')
		if (lines.some((line) => /^\s+at /.test(line))) wrong.push('a stack trace in the log')
		for (const line of wrong) say(line)
		return {
			right: wrong.length === 0,
			result: {
				wrong,
				flood: { sent: flood.sent, kept: flood.promised.size, refusals: flood.refusals },
				calm: calm.map(({ sent, answered }) => ({ sent, answered })),
				ledgerMegabytes: Number((await execute('du', ['-sm', directory])).stdout.split('\t')[0]),
				logLines: lines.length,
			},
		}
	},
})

async function endOf(log: string, config: string): Promise<string> {
	await until(() => readFileSync(log, 'utf8').trimEnd().split('\n').at(-1)?.startsWith('{') === false, {
		timeoutMs: 60_000,
	})
	return `${config}: ${readFileSync(log, 'utf8').trimEnd().split('\n').at(-1)}`
}
