/** The kiosk's configuration: one JSON file, every fault of it listed, defaults that work on an appliance. */
import * as z from 'zod'
import { PinnedCentre } from '../../evidence/authority/pinned-centre.ts'
import { imageRoles } from '../../evidence/entry.ts'
import { conditionPath } from '../../handover/kiosk-condition.ts'
import { largestFrameBytes } from '../../protocol/limits.ts'
import { Custodians } from '../../sealing/custodians.ts'
import { ButtonConfig, CameraConfig, Crop, clashesOf, SignalsConfig, TrayConfig } from './device-config.ts'

const path = z.string().min(1).max(4096)

const serial = {
	port: path.describe('A device file, best `/dev/serial/by-id/…`, which stays the same.'),
	baud: z.int().min(1_200).max(921_600).default(9_600).describe('Bits a second.'),
}

/** A kind that needs no more can be said by its name alone. */
const Display = z.preprocess(
	(value) => (typeof value === 'string' ? { kind: value } : value),
	z.discriminatedUnion('kind', [
		z.strictObject({
			kind: z.enum(['auto', 'terminal', 'none']).describe('`auto` is the terminal, where there is one.'),
		}),
		z.strictObject({
			kind: z
				.literal('lcd')
				.describe('20x4, by the commands of Matrix Orbital, as the backpack of Adafruit.'),
			...serial,
			rom: z.enum(['A00', 'A02']).default('A00').describe('Characters of its controller; `A02`: European.'),
		}),
		z.strictObject({
			kind: z
				.literal('nextion')
				.describe('Page 0 has `t0` to `t3`, and a button that sends press and release.'),
			...serial,
		}),
		z.strictObject({ kind: z.literal('vt100').describe('A terminal on a serial port.'), ...serial }),
	]),
)

const Settings = z.strictObject({
	production: z
		.boolean()
		.default(false)
		.describe('Refuses whatever is only simulated, and pictures of actas where a disk could keep them.'),
	technician: z.boolean().default(false).describe('Starts with the screens of the technician.'),
	language: z.enum(['es', 'en']).default('es').describe('Of the display.'),
	identity: path.default('/etc/testigo/identity').describe('Id and signing key, by `testigo enrol request`.'),
	identities: z
		.enum(['one', 'daily'])
		.default('one')
		.describe(
			'`daily`: with the first paper or start after a closed day one of the spares follows (`testigo enrol spares`).',
		),
	election: path.optional().describe('A file that defines the election; without it, that of 2024.'),
	journal: path.default('/var/lib/testigo/journal').describe('Entries and images.'),
	state: path
		.default('/var/lib/testigo/kiosk.json')
		.describe('The boot counter; beside it, in `signed/`, the last entry that each key has signed.'),
	condition: path
		.default(conditionPath)
		.describe('Where it says how it is, for uplink and `testigo status`.'),
	uplink: path.default('/var/lib/testigo/uplink').describe('Of the uplink, read to show what was received.'),
	centre: PinnedCentre.optional().describe('Whose receipts count. Without it nothing is shown as received.'),
	custodians: Custodians.default([]).describe(
		'Who can open the images (`age1…`, with ` 2/3` after it where shares of the key open, which is only a claim); the kiosk can not. Without any, images are kept as they come.',
	),
	publicCrop: z
		.partialRecord(z.enum(imageRoles), Crop)
		.default({})
		.describe(
			'By role of a camera: the part of a picture that is also stored and sent unsealed, for everybody and for ever. A paper that lies otherwise than expected shows names and signatures there: see provisioning/custodians.md.',
		),
	camera: CameraConfig.prefault({ kind: 'folder', directory: '/run/testigo/inbox' }).describe(
		'Takes pictures.',
	),
	tray: TrayConfig.default('auto').describe(
		'Says that a paper is there. `auto`: a file in the folder; with cameras the button, pressed for each paper.',
	),
	disk: z
		.strictObject({
			room: z
				.int()
				.min(0)
				.default(2 * largestFrameBytes)
				.describe('Bytes free for a scan to begin: twice the largest picture that is taken in.'),
			inodes: z.int().min(0).default(64).describe('Inodes free for a scan to begin.'),
			reserve: z
				.int()
				.min(1 << 16)
				.default(32 << 20)
				.describe('Bytes put aside to finish what was begun: pictures of four cameras, generously.'),
			giveAway: z
				.strictObject({ copies: z.int().min(1).describe('Copies held, as signed receipts say.') })
				.nullable()
				.default({ copies: 2 })
				.describe('With no room, the oldest sealed images go that the centre holds; `null`: never.'),
		})
		.prefault({})
		.describe('Room on the disk.'),
	panel: Display.prefault('auto').describe('The display.'),
	button: ButtonConfig.default('auto').describe('`auto`: that of the display, else the keyboard.'),
	signals: SignalsConfig.default({}).describe('Lamps and buzzer.'),
	unread: z
		.enum(['record', 'set-aside'])
		.default('set-aside')
		.describe('What becomes of a paper that can not be read when nobody presses the button.'),
	shots: z.int().min(1).max(5).default(3).describe('Pictures of a paper that can not be read at once.'),
	shotsWithin: z
		.int()
		.min(0)
		.max(60_000)
		.default(8_000)
		.describe('Milliseconds within which they are taken.'),
	glance: z
		.int()
		.min(0)
		.max(10_000)
		.default(700)
		.describe('Milliseconds for which `GUARDADA` stands when the next paper waits already.'),
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
