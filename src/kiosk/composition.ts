/** The one place that names the kiosk's concrete devices. */
import { join } from 'node:path'
import type { ReadStream, WriteStream } from 'node:tty'
import type { ElectionDefinition } from '../acta/election.ts'
import type { Button } from '../capture/button.ts'
import type { OpenIdentity } from '../enrolment/device-identity.ts'
import type { CentreList } from '../evidence/authority/centre-list.ts'
import { readCentreList } from '../evidence/authority/pinned-centre.ts'
import type { Identity } from '../evidence/identity.ts'
import { KioskHeartbeat } from '../handover/kiosk-heartbeat.ts'
import { type Journal, reserveDirectory } from '../journal/journal.ts'
import { nullPanel, type Panel } from '../panel/panel.ts'
import { kindOf } from '../panel/serial-kinds.ts'
import { SerialPanel } from '../panel/serial-panel.ts'
import { TerminalPanel } from '../panel/terminal-panel.ts'
import type { Clock } from '../platform/clock.ts'
import { clockSource } from '../platform/clock-source.ts'
import { Reserve } from '../platform/files/reserve.ts'
import { buildTime, software } from '../platform/process/software.ts'
import type { Vitals } from '../platform/process/supervision.ts'
import { type Fault, ok, type Result } from '../platform/result.ts'
import { QrReader } from '../reading/qr-reader.ts'
import { keepVipsInMemory } from '../reading/vips-memory.ts'
import { heldByOne, recipientOf } from '../sealing/custodians.ts'
import { Sealer } from '../sealing/sealer.ts'
import type { OwnCondition } from './condition.ts'
import type { KioskConfig } from './config/kiosk-config.ts'
import { composeDevices, type Devices } from './devices/compose-devices.ts'
import type { DailyIdentities } from './effect-runner.ts'
import { type KioskLog, logTrouble } from './events.ts'
import { type IdentityOfNow, type IdentityOpener, identityOfNow, identityOpener } from './identity-of-now.ts'
import { Kiosk } from './kiosk.ts'
import { Disk } from './recording/disk.ts'
import { ImageEviction, type ImageEvictionParts } from './recording/image-eviction.ts'
import { type ImageStorage, PlainImageStorage, SealedImageStorage } from './recording/image-storage.ts'
import { openJournal } from './recording/open-journal.ts'
import { Recorder } from './recording/recorder.ts'
import { waitForDisk } from './recording/wait-for-disk.ts'
import { openWordsBeside } from './recording/words-beside.ts'
import { holdMs, type SessionDelays, sessionDelays } from './session/delays.ts'
import type { SessionSettings } from './session/session-types.ts'
import { UplinkWatcher } from './uplink-watcher.ts'

export interface Surroundings {
	readonly election: ElectionDefinition
	readonly clock: Clock
	readonly log: KioskLog
	/** The first one, where it was read before, by root. */
	readonly identity?: OpenIdentity
	/** The terminal, where the process has one. */
	readonly keys?: ReadStream
	readonly screen?: WriteStream
	/** A display of the caller's own, instead of the configured one. */
	readonly panel?: Panel
	readonly delays?: SessionDelays
	/** Called when the start waits for a disk that takes nothing, which the display says. */
	readonly waiting?: (fault: Fault) => void
	/** Called for the first paper after a closed day, where another identity follows: to be stopped and composed anew. */
	readonly renew?: () => void
	/** Devices that are only simulated, instead of the configured ones; refused in production. */
	readonly simulated?: Partial<Devices>
}

/** A kiosk with its journal, not started. Closing it ends both. */
export interface ComposedKiosk extends Vitals {
	readonly kiosk: Kiosk
	readonly journal: Journal
	start(): Promise<void>
	stop(): Promise<void>
}

export async function composeKiosk(
	config: KioskConfig,
	around: Surroundings,
): Promise<Result<ComposedKiosk>> {
	const open = identityOpener(config.identity, around.identity)
	const now = await identityOfNow(config, open, Math.random, around.log)
	return now.ok ? await composeAs(now.value, { ...config, ...now.value.places }, open, around) : now
}

async function composeAs(
	now: IdentityOfNow,
	config: KioskConfig,
	open: IdentityOpener,
	around: Surroundings,
): Promise<Result<ComposedKiosk>> {
	keepVipsInMemory()
	const { clock, log, election } = around
	const delays = around.delays ?? delaysOf(config)
	const identity = await open(config.identity)
	if (!identity.ok) return identity
	const { signer, certificate } = identity.value
	const read = config.centre === undefined ? ok(null) : await readCentreList(config.centre)
	if (!read.ok) return read
	const centres = read.value

	const display = displayOf(config, around)
	const { button: touch } = display
	const devices = await composeDevices(config, touch === undefined ? around : { ...around, touch })
	if (!devices.ok) return devices

	const sealer =
		config.custodians.length === 0 ? null : new Sealer(config.custodians.map(recipientOf), { clock })
	const sealing = await sealer?.start()
	if (sealing?.ok === false) return sealing
	if (sealer === null) log({ event: 'images-unsealed' })
	if (config.production) {
		for (const custodian of heldByOne(config.custodians)) log({ event: 'custodian-unsplit', custodian })
	}

	const heartbeat = new KioskHeartbeat(config.condition, clock)
	const waiting = (fault: Fault) => {
		around.waiting?.(fault)
		heartbeat.publish(async () => ({ ...waitingFor(fault), v: 1, software, clock: await clockSource() }))
	}
	const opened = await waitForDisk(() => openJournal(config, signer, certificate, log), {
		...{ clock, log, panel: display.panel, language: config.language, delays, waiting },
	})
	if (!opened.ok) {
		await sealer?.stop()
		return opened
	}
	const { journal, boot, mark, guarded, rollback } = opened.value
	log({ event: 'journal-opened', entries: journal.tail?.seq ?? 0, actas: journal.actas.count })
	if (journal.quarantined !== null) log({ event: 'journal-tail-quarantined', ...journal.quarantined })

	const words = await openWordsBeside(journal.directory, config, centres, log)
	const eviction = evictionOf(config, journal, centres, { clock, log })
	const uplink = new UplinkWatcher({
		...{ journal, centres, directory: config.uplink, clock, log },
		newerCentres: (newer) => words.keep(newer),
	})
	const recorder = new Recorder({
		journal,
		imageStorage: imageStorageOf(config, sealer, journal, log),
		signer: guarded,
		clock,
		clockSource,
		anchor: () => uplink.anchor,
		refusal: () => rollback ?? uplink.contradiction,
		appended: (entry) => mark.note(entry),
		notBefore: () => uplink.notBefore,
		floor: buildTime,
		election,
		software,
		boot,
	})
	const kiosk = new Kiosk(
		{
			...devices.value,
			reader: new QrReader(election, { clock }),
			journal,
			recorder,
			disk: diskOf(config, journal, eviction, log),
			uplink,
			panel: display.panel,
			...(await dailyOf(now, open, around)),
			clock,
			log,
		},
		{ language: config.language, session: sessionOf(config), delays, technician: config.technician },
	)
	return ok({
		kiosk,
		journal,
		async start() {
			heartbeat.publish(async () => ({ ...kiosk.condition, v: 1, software, clock: await clockSource() }))
			await kiosk.start()
		},
		healthFault: () => kiosk.healthFault(),
		get statusText() {
			return kiosk.statusText
		},
		async stop() {
			await heartbeat.stop()
			await kiosk.stop()
			await sealer?.stop()
			await eviction?.stop()
			await journal.close()
			await mark.settled()
		},
	})
}

async function dailyOf(
	{ spares, before, endsWithDay }: IdentityOfNow,
	open: IdentityOpener,
	{ renew }: Surroundings,
): Promise<{ readonly daily?: DailyIdentities }> {
	if (spares === null) return {}
	const owner = before === null ? null : await open(before.identity)
	const shown =
		before === null || !owner?.ok ? null : { journal: before.journal, device: ownerOf(owner.value) }
	return { daily: { spares, before: shown, renew: (endsWithDay && renew) || null } }
}

function ownerOf({ id, signer: { publicKey } }: OpenIdentity): Identity {
	return { id, publicKey }
}

function waitingFor({ code, detail }: Fault): OwnCondition {
	return { canScan: false, trouble: `disk ${code}`, detail, actas: { recorded: 0, received: 0 } }
}

function imageStorageOf(
	{ publicCrop }: KioskConfig,
	sealer: Sealer | null,
	journal: Journal,
	log: KioskLog,
): ImageStorage {
	const images = () => journal.images
	if (sealer === null) return new PlainImageStorage(images)
	return new SealedImageStorage({ images, sealer, publicCrop, onTrouble: logTrouble('camera', log) })
}

function diskOf(
	{ disk }: KioskConfig,
	journal: Journal,
	eviction: ImageEviction | null,
	log: KioskLog,
): Disk {
	const reserve = new Reserve(join(journal.directory, reserveDirectory), disk.reserve)
	const need = { bytes: disk.room, inodes: disk.inodes }
	return new Disk({ journal, reserve, need, log, ...(eviction === null ? {} : { eviction }) })
}

function evictionOf(
	{ disk: { giveAway }, uplink }: KioskConfig,
	journal: Journal,
	centres: CentreList | null,
	around: Pick<ImageEvictionParts, 'clock' | 'log'>,
): ImageEviction | null {
	if (giveAway === null || centres === null) return null
	return new ImageEviction({ journal, centres, uplink, copies: giveAway.copies, ...around })
}

function sessionOf({ unread, shots, shotsWithin }: KioskConfig): SessionSettings {
	return { unread, shots, shotsWithin }
}

function delaysOf({ glance }: KioskConfig): SessionDelays {
	return {
		...sessionDelays,
		glance: { ...sessionDelays.glance, recorded: glance, 'already-scanned': glance },
	}
}

/** `button` is there where the display can be touched. */
interface Display {
	readonly panel: Panel
	readonly button?: Button
}

function displayOf({ panel: config }: KioskConfig, { panel, screen, clock, log }: Surroundings): Display {
	if (panel !== undefined) return { panel }
	if (!('port' in config)) {
		const drawn = config.kind !== 'none' && screen !== undefined
		return { panel: drawn ? new TerminalPanel(screen) : nullPanel }
	}
	const serial = new SerialPanel({
		line: { path: config.port, baud: config.baud },
		...kindOf(config),
		clock,
		random: Math.random,
		holdMs,
		onTrouble: (fault) => log({ event: 'trouble', device: 'panel', fault }),
		onOpen: () => log({ event: 'panel-opened' }),
	})
	return config.kind === 'nextion' ? { panel: serial, button: serial.button } : { panel: serial }
}
