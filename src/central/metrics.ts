/**
 * What a centre does, as figures for Prometheus, in a file that node_exporter's textfile collector reads: so that
 * nothing listens for it. Figures and pseudonyms of devices; no personal data.
 */
import { rename, rm } from 'node:fs/promises'
import { Counter, Gauge, Registry } from 'prom-client'
import { type Clock, pause } from '../platform/clock.ts'
import { makeOwn } from '../platform/files/own-file.ts'
import type { Fault } from '../platform/result.ts'
import { silentAfterMs } from '../protocol/limits.ts'
import type { Takes } from './admission/disk-room.ts'
import type { DeviceEvent } from './admission/thinned-log.ts'
import type { CentralEvent } from './events.ts'
import type { HeldDevice } from './holdings.ts'

/** Milliseconds between two writings: Prometheus asks as often, by default every minute. */
const writeEveryMs = 15_000

/** Devices that have figures of their own: each costs the collector a dozen series for ever. */
export const mostNamedDevices = 500

/** What the centre's disk still takes. */
interface DiskFigures {
	/** Bytes, beside those put aside. */
	readonly free: number
	readonly takes: Takes
}

export interface MetricsParts {
	/** `…/testigo.prom`; its directory must be there. */
	readonly path: string
	readonly software: string
	readonly clock: Clock
	/** What is held, by device. */
	readonly devices: () => readonly HeldDevice[]
	readonly connected: () => boolean
	readonly disk: () => DiskFigures
	/** Called once for each trouble with the file. */
	readonly failed: (fault: Fault) => void
}

export class Metrics {
	readonly #parts: MetricsParts
	readonly #registry = new Registry()
	readonly #events: Counter<'event'>
	readonly #rejected: Gauge<'reason'>
	readonly #set: () => void
	readonly #stop = new AbortController()
	#running: Promise<void> | undefined
	#failing = false

	constructor(parts: MetricsParts) {
		this.#parts = parts
		const registers = [this.#registry]
		this.#events = new Counter({
			name: 'testigo_central_events_total',
			help: 'What has happened since the start, by event of the log.',
			labelNames: ['event'],
			registers,
		})
		const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
			new Gauge({ name: `testigo_${name}`, help, labelNames: [...labelNames], registers })
		this.#rejected = gauge('central_rejected', 'Messages that came to nothing, by reason.', ['reason'])
		const ofDevice = (name: string, help: string) => gauge(`device_${name}`, help, ['device'])
		const info = gauge('central_info', 'Version of the program.', ['software'])
		const written = gauge(
			'central_written_timestamp_seconds',
			'When this was written, since 1970: an old one shows that the centre is gone.',
		)
		const connected = gauge('central_connected', '1 while the broker is there.')
		const devices = gauge('central_devices', 'Devices of which entries are held.')
		const unnamed = gauge(
			'central_devices_unnamed',
			`Of these, without figures of their own: over ${mostNamedDevices}.`,
		)
		const entries = gauge('central_entries', 'Entries held.')
		const diskFree = gauge('central_disk_free_bytes', 'Free on its disk, beside what is put aside.')
		const takesPictures = gauge('central_takes_pictures', '1 while its disk takes pictures.')
		const takesEntries = gauge('central_takes_entries', '1 while its disk takes new entries.')
		const held = ofDevice('entries', 'Entries held.')
		const bytes = ofDevice('held_bytes', 'Bytes held: entries, receipts, heads and pictures.')
		const upto = ofDevice('upto', 'The number up to which all entries are held.')
		const reported = ofDevice(
			'told',
			'The highest number that the device has reported: more than are held are missing.',
		)
		const online = ofDevice('online', '1 while its uplink says so, and was heard in the last two minutes.')
		const lastHeard = ofDevice('heard_timestamp_seconds', 'When its last status came, since 1970.')
		const canScan = ofDevice(
			'can_scan',
			'1 while its kiosk says that it can scan; absent for one that says nothing.',
		)
		const free = ofDevice('free_bytes', 'Free where its journal is, as it says.')
		const setAside = ofDevice('set_aside', 'Entries that do not get through, as it says.')
		const oldest = ofDevice(
			'oldest_unsent_timestamp_seconds',
			'The day of the oldest entry that waits, by its clock: its beginning, since 1970.',
		)
		const perDevice = [held, bytes, upto, reported, online, lastHeard, canScan, free, setAside, oldest]
		this.#set = () => {
			const reports = parts.devices()
			info.set({ software: parts.software }, 1)
			written.set(Math.floor(parts.clock.wall() / 1_000))
			connected.set(parts.connected() ? 1 : 0)
			devices.set(reports.length)
			unnamed.set(Math.max(0, reports.length - mostNamedDevices))
			const { free: centreFree, takes } = parts.disk()
			diskFree.set(centreFree)
			takesPictures.set(takes === 'all' ? 1 : 0)
			takesEntries.set(takes === 'nothing' ? 0 : 1)
			entries.set(reports.reduce((sum, report) => sum + report.entries, 0))
			for (const metric of perDevice) metric.reset()
			for (const { device, status, heard, ...report } of reports.slice(0, mostNamedDevices)) {
				held.set({ device }, report.entries)
				bytes.set({ device }, report.bytes)
				upto.set({ device }, report.upto)
				reported.set({ device }, Math.max(report.head, status?.recorded ?? 0))
				if (status === null || heard === null) continue
				const heardAt = Date.parse(heard)
				lastHeard.set({ device }, heardAt / 1_000)
				const isSilent = parts.clock.wall() - heardAt > silentAfterMs
				online.set({ device }, status.state === 'online' && !isSilent ? 1 : 0)
				setAside.set({ device }, status.setAside)
				if (status.kiosk !== null) canScan.set({ device }, status.kiosk.canScan ? 1 : 0)
				if (status.free !== null) free.set({ device }, status.free)
				if (status.oldestUnsent !== null) oldest.set({ device }, Date.parse(status.oldestUnsent) / 1_000)
			}
		}
	}

	/** To be called for each event, in the log or not. Reasons are words of this program, so they are few. */
	count(event: CentralEvent | DeviceEvent): void {
		if (event.event === 'rejected') this.#rejected.inc({ reason: event.reason })
		else this.#events.inc({ event: event.event })
	}

	start(): void {
		this.#running ??= this.#run()
	}

	/** The last figures stay, with the time that they are of. */
	async stop(): Promise<void> {
		this.#stop.abort()
		await this.#running
	}

	async text(): Promise<string> {
		this.#set()
		return await this.#registry.metrics()
	}

	async #run(): Promise<void> {
		const { signal } = this.#stop
		while (!signal.aborted) {
			await this.#write()
			await pause(this.#parts.clock, writeEveryMs, signal)
		}
	}

	/** A reader sees the old figures or the new ones, never half. */
	async #write(): Promise<void> {
		const { path, failed } = this.#parts
		const fresh = `${path}.new`
		try {
			const text = await this.text()
			await rm(fresh, { force: true })
			const file = await makeOwn(fresh)
			try {
				await file.writeFile(text)
				// Whatever the centre's umask: the collector is another user.
				await file.chmod(0o644)
			} finally {
				await file.close()
			}
			await rename(fresh, path)
			this.#failing = false
		} catch (error) {
			const detail = `${path}: not written (${(error as NodeJS.ErrnoException).code ?? String(error)})`
			if (!this.#failing) failed({ code: 'metrics', detail })
			this.#failing = true
		}
	}
}
