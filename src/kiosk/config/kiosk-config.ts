/** The kiosk's configuration: one JSON file, every fault of it listed, defaults that work on an appliance. */
import * as z from 'zod'
import { largestFrameBytes } from '../../capture/camera.ts'
import { PinnedCentre } from '../../evidence/pinned-centre.ts'
import { conditionPath } from '../../handover/kiosk-condition.ts'
import { Custodians } from '../../sealing/custodians.ts'
import {
	ButtonConfig,
	CameraConfig,
	Crop,
	clashesOf,
	roles,
	SignalsConfig,
	TrayConfig,
} from './device-config.ts'

const path = z.string().min(1).max(4096)

/** `/dev/serial/by-id/…`, which stays the same, or any other device file. */
const serial = { port: path, baud: z.int().min(1_200).max(921_600).default(9_600) }

/** `auto` is the terminal, where there is one. A kind that needs no more can be said by its name alone. */
const Display = z.preprocess(
	(value) => (typeof value === 'string' ? { kind: value } : value),
	z.discriminatedUnion('kind', [
		z.strictObject({ kind: z.enum(['auto', 'terminal', 'none']) }),
		/** `rom`: which characters its controller has, see `panel/lcd-characters.ts`. */
		z.strictObject({ kind: z.literal('lcd'), ...serial, rom: z.enum(['A00', 'A02']).default('A00') }),
		z.strictObject({ kind: z.literal('nextion'), ...serial }),
		z.strictObject({ kind: z.literal('vt100'), ...serial }),
	]),
)

const Settings = z.strictObject({
	/** Refuses whatever is only simulated, and pictures of actas where a disk could keep them. */
	production: z.boolean().default(false),
	/** Starts with the technician's screens. */
	technician: z.boolean().default(false),
	language: z.enum(['es', 'en']).default('es'),
	/** Made by `testigo enrol request`: the device's id and signing key. */
	identity: path.default('/etc/testigo/identity'),
	/** A file with another election's definition; the 2024 presidential one without it. */
	election: path.optional(),
	journal: path.default('/var/lib/testigo/journal'),
	/** Small state: the boot counter; beside it, in `signed/`, the last entry that each key has signed. */
	state: path.default('/var/lib/testigo/kiosk.json'),
	/** Where it says how it does, for its uplink and `testigo status`; in memory. */
	condition: path.default(conditionPath),
	/** The uplink's own directory, read to show what was received. */
	uplink: path.default('/var/lib/testigo/uplink'),
	/** Whose receipts count. Without it nothing is ever shown as received. */
	centre: PinnedCentre.optional(),
	/** Who can open the images (`age1…`); the kiosk can't. Without any, images are kept as they come. */
	custodians: Custodians.default([]),
	/**
	 * By role: which part of a picture is also stored and sent unsealed, for everybody and for ever. A strip that
	 * lies otherwise than expected shows names and signatures there: see provisioning/custodians.md.
	 */
	publicCrop: z.partialRecord(z.enum(roles), Crop).default({}),
	camera: CameraConfig.prefault({ kind: 'folder', directory: '/run/testigo/inbox' }),
	tray: TrayConfig.default('auto'),
	disk: z
		.strictObject({
			/** Bytes that must be free for a scan to begin: twice the largest picture that is taken in. */
			room: z
				.int()
				.min(0)
				.default(2 * largestFrameBytes),
			/** And inodes. */
			inodes: z.int().min(0).default(64),
			/** Bytes put aside to finish what was begun: four cameras' pictures, generously. */
			reserve: z
				.int()
				.min(1 << 16)
				.default(32 << 20),
			/**
			 * When there is no room, the oldest sealed images go that the centre's receipts say are held in so many
			 * copies; null for never.
			 */
			giveAway: z
				.strictObject({ copies: z.int().min(1) })
				.nullable()
				.default({ copies: 2 }),
		})
		.prefault({}),
	panel: Display.prefault('auto'),
	button: ButtonConfig.default('auto'),
	signals: SignalsConfig.default({}),
	/** What becomes of a paper that can't be read when nobody presses the button. */
	unread: z.enum(['record', 'set-aside']).default('set-aside'),
	/** Pictures of a paper that can't be read at once, where the camera can take another. */
	shots: z.int().min(1).max(5).default(3),
	/** Milliseconds after the first one within which another may be asked for. */
	shotsWithin: z.int().min(0).max(60_000).default(8_000),
	/** Milliseconds for which `GUARDADA` stands when the next paper waits already. */
	glance: z.int().min(0).max(10_000).default(700),
})

export const KioskConfig = Settings.check(({ value, issues }) => {
	for (const clash of [...clashesOf(value), ...unsealed(value)]) {
		issues.push({ code: 'custom', input: value, ...clash })
	}
})

/** What would leave images on the disk that anybody can look at. */
function unsealed({
	production,
	custodians,
	publicCrop,
}: z.infer<typeof Settings>): { path: string[]; message: string }[] {
	if (custodians.length > 0) return []
	if (production) {
		const message = 'in production images are sealed: name a custodian ("testigo custodian new" makes one)'
		return [{ path: ['custodians'], message }]
	}
	if (Object.keys(publicCrop).length === 0) return []
	return [{ path: ['publicCrop'], message: 'without custodians all of each picture is unsealed' }]
}

export type KioskConfig = z.infer<typeof KioskConfig>
