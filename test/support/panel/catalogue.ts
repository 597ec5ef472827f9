/** Every screen that a kiosk can show, as an example status each, and what it means. See screens.md. */
import { closedPages } from '#src/panel/closing-screens.js'
import type {
	Cause,
	Connection,
	Device,
	DiskTrouble,
	PanelStatus,
	Scene,
	TechnicianPage,
} from '#src/panel/status.js'

export interface CatalogueEntry {
	readonly status: PanelStatus
	readonly meaning: string
	/** Of the main screens: the name of its picture. */
	readonly picture?: string
}

interface Example<S extends Scene> {
	readonly scene: S
	readonly meaning: string
	readonly picture?: string
	readonly setAside?: number
	readonly camerasAway?: readonly number[]
}

/** Examples by scene: the type demands that none is missing. */
type Examples = { readonly [At in Scene['at']]: readonly Example<Extract<Scene, { at: At }>>[] }

const table = { centro: '121202007', mesa: '01', votes: 164 }

/** What keeps a paper from being read, and what to do. */
const causes: Readonly<Record<Cause, string>> = {
	'no-code': 'No QR code is found in the picture, and nothing says why. Flatten the acta and try again.',
	'no-paper': 'There is no acta in the picture.',
	'too-dark': 'The picture is too dark. Switch the light on.',
	'code-outside': 'The acta is in the picture, its QR code is not. Move it, or turn it over.',
	glare: 'A lamp or the sun is mirrored on the QR code. Shade it, or move the acta.',
	'too-small': 'The QR code is too small in the picture. Move the acta closer to the camera.',
	blurred: 'The picture is blurred. Flatten the acta and keep it still.',
	'pen-on-code': 'Something is written over the QR code. Try another copy of this acta, if there is one.',
	'several-codes': 'Two different actas are in the picture. Lay down one at a time.',
	'web-address': 'The QR code is a link, as on posters. It is not the acta’s.',
	'not-an-acta': 'The QR code says something that no acta says.',
	'settings-code':
		'The QR code is one for technicians, by which a kiosk is enrolled or set, and not the acta’s. Nothing was changed: the technician stops the kiosk and takes it in by a command.',
	'other-election':
		'The QR code is of an acta that this election does not know: another election, or a new format.',
	'not-a-picture': 'The scanner saved a file that is no picture. Check what it is set to save.',
	'damaged-picture': 'The file of the picture ends too early. Scan it again.',
	'picture-too-large':
		'The picture has more pixels or bytes than are read. Set the scanner to a lower resolution.',
	'reading-too-long': 'Reading took too long and was given up. Lay the acta down again.',
}

/** Of these there is no picture to record, so nothing is asked. */
const withoutPicture: readonly Cause[] = ['not-a-picture', 'damaged-picture', 'picture-too-large']

const devices: Readonly<Record<Device, string>> = {
	camera: 'No picture can be taken. Check the cable; it goes on by itself when the camera is back.',
	key: 'Entries can not be signed. Nothing is recorded until they can; keep the actas.',
	journal:
		'The centre signed for entries that this disk does not hold, or this kiosk did when it closed a day: it is an older copy, or somebody else signs with this kiosk’s key. Nothing more is recorded with it; keep the actas, and enrol the kiosk anew.',
}

/** The kiosk tries by itself, and goes on when the disk does; nobody has to press anything. */
const diskTroubles: Readonly<Record<DiskTrouble, string>> = {
	full: 'The disk has no room for another acta. Delete what is not Testigo’s, or put in a larger disk; an export deletes nothing.',
	'no-inodes':
		'The disk has no names left for new files (inodes), though there may be room. Delete small files that are not Testigo’s.',
	'read-only':
		'The disk can be read but not written: most often the system found it damaged. Start the machine anew, and if that is no help, change the disk.',
	'no-answer':
		'The disk has not answered for a minute. It may still; if it does not, start the machine anew.',
	failing: 'The disk does not keep what is written. Check its cable or card; if that is no help, change it.',
}

/** A closed day. Its id is base64url of a SHA-256. */
const sampleHead = {
	device: 'k-q5zt3mbwvd',
	seq: 128,
	id: 'nH7bXq2_Lw0vKcT9sYfJd4RgUeZp-1AxMiOo6BhGtNk',
}

interface TechnicianExample {
	readonly page: TechnicianPage
	readonly meaning: string
	readonly picture?: string
}

const technicianPages: readonly TechnicianExample[] = [
	{
		page: { page: 'device', device: sampleHead.device },
		meaning:
			'The technician’s screens: the button was held while the kiosk started, or it was started with `--technician`. Nothing is recorded. This is the device’s id. A press shows the next screen, holding the button leaves.',
		picture: 'tecnico',
	},
	{
		page: { page: 'versions', software: 'testigo/0.1.0', format: 1 },
		meaning: 'Which software this is, and the version of the format of what it signs.',
	},
	{
		page: { page: 'network', addresses: ['192.168.1.20', '10.0.0.7'] },
		meaning: 'The machine’s addresses, the first that have room.',
	},
	{ page: { page: 'network', addresses: [] }, meaning: 'It is in no network.' },
	{
		page: { page: 'counts', entries: 128, confirmed: 120, setAside: 2 },
		meaning:
			'Entries in the journal, those that the centre confirmed, those that wait, and how many of them do not get through.',
	},
	{
		page: { page: 'storage', free: 12_345_000_000, reserveMissing: 0 },
		meaning: 'Room on the disk; the reserve for finishing what was begun on a full disk is whole.',
	},
	{
		page: { page: 'storage', free: 80_000_000, reserveMissing: 32 << 20 },
		meaning: 'The reserve is missing, in part or all.',
	},
	{
		page: { page: 'storage', free: null, reserveMissing: 0 },
		meaning: 'The disk does not say what it has.',
	},
	{ page: { page: 'trying-cameras' }, meaning: 'Each camera takes a picture.' },
	{
		page: {
			page: 'camera',
			shot: {
				kind: 'picture',
				role: 'top',
				width: 4056,
				height: 3040,
				bytes: 2_100_000,
				light: 63,
				sharpness: 41,
			},
		},
		meaning:
			'A picture of each camera: its size, how bright it is, and how sharp. Lay a printed sheet down and turn the lens until the sharpness is greatest.',
		picture: 'camara',
	},
	{
		page: { page: 'camera', shot: { kind: 'unreadable', role: 'top', bytes: 312_000 } },
		meaning: 'The camera gave something that is no picture.',
	},
	{
		page: { page: 'camera', shot: { kind: 'missing', role: 'bottom' } },
		meaning: 'This camera gave nothing.',
	},
	{
		page: { page: 'camera', shot: { kind: 'missing', role: null } },
		meaning: 'No camera gave anything.',
	},
	{
		page: { page: 'camera', shot: { kind: 'nothing-new' } },
		meaning: 'The scanner’s folder has no new file.',
	},
	{
		page: { page: 'test' },
		meaning: 'The letters that a display may lack; all lamps burn and the buzzer sounds once.',
	},
]

const examples: Examples = {
	starting: [{ scene: { at: 'starting' }, meaning: 'The kiosk starts. Wait.' }],
	idle: [
		{ scene: { at: 'idle' }, meaning: 'Ready. Lay down an acta.', picture: 'listo' },
		{
			scene: { at: 'idle' },
			meaning:
				'Ready, but two entries do not get through to the centre. They are tried again and again; tell the technician.',
			setAside: 2,
		},
		{
			scene: { at: 'idle' },
			meaning:
				'Ready, but camera 1 takes no pictures. The other cameras go on without it, and it is tried again and again. Tell the technician.',
			camerasAway: [1],
		},
		{
			scene: { at: 'idle' },
			meaning:
				'Ready, but two cameras take no pictures. Where there are more, these go on; where not, the next acta tries them again. Tell the technician.',
			camerasAway: [0, 1],
		},
	],
	capturing: [
		{
			scene: { at: 'capturing', shot: 1 },
			meaning: 'A picture is taken. Do not move the acta.',
			picture: 'foto',
		},
		{
			scene: { at: 'capturing', shot: 2 },
			meaning: 'The first picture could not be read; another is taken.',
		},
	],
	reading: [{ scene: { at: 'reading' }, meaning: 'The QR code is read.' }],
	recording: [
		{
			scene: { at: 'recording', slow: false },
			meaning: 'Picture and entry are being written. Do not take the acta away yet.',
		},
		{
			scene: { at: 'recording', slow: true },
			meaning: 'They are still being written: the disk is slow. Do not take the acta away yet.',
		},
	],
	recorded: [
		{
			scene: { at: 'recorded', number: 12, table, received: false },
			meaning: 'It is on the disk, as the 12th acta of this kiosk. Compare table and votes, and take it.',
			picture: 'guardada',
		},
		{
			scene: { at: 'recorded', number: 12, table, received: true },
			meaning: 'It is on the disk, and the centre signed that it has it.',
			picture: 'recibida',
		},
		{
			scene: { at: 'recorded', number: 12, table: null, received: false },
			meaning: 'The picture is on the disk without a reading; people will read it later. Take the acta.',
		},
	],
	'already-scanned': [
		{
			scene: { at: 'already-scanned', number: 9, table },
			meaning: 'This very acta was recorded before, as the 9th. There is nothing to do.',
			picture: 'ya-guardada',
		},
	],
	conflict: [
		{
			scene: { at: 'conflict', number: 12, other: 9, table },
			meaning:
				'It is on the disk; the 9th acta is of the same table and has other votes. Both are kept. Put both papers aside and tell the technician.',
			picture: 'otros-votos',
		},
	],
	confirming: causeNames()
		.filter((cause) => !withoutPicture.includes(cause))
		.map((cause) => ({
			scene: { at: 'confirming', cause },
			meaning: `${causes[cause]} Or press the button: then the picture is recorded without a reading.`,
			...(cause === 'no-code' ? { picture: 'no-se-lee' } : {}),
		})),
	rejected: causeNames().map((cause) => ({
		scene: { at: 'rejected', cause },
		meaning: withoutPicture.includes(cause)
			? `${causes[cause]} Nothing was recorded.`
			: `${causes[cause]} Nobody pressed the button, so nothing was recorded.`,
	})),
	fault: (Object.keys(devices) as Device[]).map((device) => ({
		scene: { at: 'fault', device, fault: { code: 'device', detail: '' } },
		meaning: devices[device],
		...(device === 'camera' ? { picture: 'falla' } : {}),
	})),
	'disk-trouble': (Object.keys(diskTroubles) as DiskTrouble[]).flatMap((trouble) => [
		{
			scene: { at: 'disk-trouble', trouble, unfinished: true },
			meaning: `${diskTroubles[trouble]} The picture of this acta is kept and recorded when the disk is back. Leave the acta there.`,
		},
		// A disk that does not answer does so while something is recorded.
		...(trouble === 'no-answer'
			? []
			: [
					{
						scene: { at: 'disk-trouble', trouble, unfinished: false } as const,
						meaning: `${diskTroubles[trouble]} Until then no acta is taken; keep them.`,
					},
				]),
	]),
	'asking-to-close': [
		{
			scene: { at: 'asking-to-close' },
			meaning:
				'The button was held for three seconds. Pressed once more, the day is closed; otherwise nothing happens.',
			picture: 'cerrar-dia',
		},
	],
	closing: [
		{ scene: { at: 'closing', slow: false }, meaning: 'The close of the day is being written and signed.' },
		{ scene: { at: 'closing', slow: true }, meaning: 'It is still being written: the disk is slow.' },
	],
	closed: [
		...closedPages(sampleHead, true).map((_, page) => ({
			scene: { at: 'closed' as const, head: sampleHead, page },
			meaning:
				page === 0
					? 'The day is closed and the head signed. Photograph the pages, which turn by themselves or with the button: they prove that nothing was cut off later. Whoever lays down an acta goes on scanning; the day can be closed again.'
					: 'The id of the last entry, in groups of four. A display that can draw shows the signed head as a QR code.',
			...(page === 0 ? { picture: 'dia-cerrado' } : { picture: 'dia-cerrado-id' }),
		})),
		...[2, 0].map((spares) => ({
			scene: {
				at: 'closed' as const,
				head: { ...sampleHead, spares },
				page: closedPages(sampleHead, true).length,
			},
			meaning:
				spares > 0
					? 'With `"identities": "daily"`: few identities are left for the days to come. The technician brings more.'
					: 'The same, and none is left: the kiosk goes on with the one that it has.',
		})),
	],
	technician: technicianPages.map(({ page, ...rest }) => ({ scene: { at: 'technician', page }, ...rest })),
}

/** What the last line says beside the counts. */
export const connections: Readonly<Record<Connection, string>> = {
	online: 'The centre can be reached; what is recorded is being sent.',
	paused:
		'The centre keeps no more of this kiosk for now. Nothing is lost: it is asked again by itself. Tell the coordinator.',
	offline: 'There is no network. Nothing is lost: it is sent when there is one.',
	'no-uplink': 'The part of the kiosk that sends is not running. Tell the technician.',
}

const counts = { recorded: 12, received: 9, setAside: 0, connection: 'offline' } as const

export const catalogue: readonly CatalogueEntry[] = Object.values(examples).flat().map(entryOf)

/** The counts go with the scene: 12 recorded, of which the centre has 9, or 12 when it says so. */
function entryOf({ scene, setAside = 0, camerasAway = [], ...rest }: Example<Scene>): CatalogueEntry {
	if (scene.at === 'starting') return { ...rest, status: { ...counts, scene, recorded: 0, received: 0 } }
	if (scene.at === 'recorded' && scene.received) {
		return { ...rest, status: { ...counts, scene, received: 12, connection: 'online' } }
	}
	return { ...rest, status: { ...counts, scene, setAside, camerasAway } }
}

function causeNames(): readonly Cause[] {
	return Object.keys(causes) as Cause[]
}
