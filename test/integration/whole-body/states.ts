/** Drives a kiosk through every screen of the catalogue, and tells of those that it could not be brought to. */
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { catalogue } from '#src/panel/catalogue.js'
import type { Cause, DiskTrouble, Scene } from '#src/panel/status.js'
import { ActaPrinter } from '#src/simulator/acta-printer.js'
import { dropFile } from '#src/simulator/drop-file.js'
import { Mount, withoutMounts } from '../mounts.ts'
import { HandledBody, lens } from './handled-body.ts'
import { actaPicture, pictureOf, table } from './papers.ts'
import { catalogued, kindOf } from './seen-screens.ts'

export interface StatesReport {
	/** Screens of the catalogue that were shown, each to the last cell as the catalogue's own function has it. */
	readonly shown: readonly string[]
	/** The others, and why. */
	readonly absent: Readonly<Record<string, string>>
	/** Of the catalogue, neither shown nor known to be absent: must be none. */
	readonly missing: readonly string[]
	readonly strays: readonly string[]
}

/** `directory` is empty. */
export async function runStates(directory: string, say: (what: string) => void): Promise<StatesReport> {
	const memory = await mkdtemp('/dev/shm/testigo-')
	const disk =
		withoutMounts === null
			? Mount.ext4(join(directory, 'disk'), join(directory, 'image'), 24, '-N', '300', '-m', '0')
			: null
	const journal = join(disk?.path ?? directory, 'journal')
	const printer = new ActaPrinter(presidential2024)
	const body = new HandledBody({ directory, memory, journal })
	try {
		await printer.start()
		const run = new States(body, disk, printer, say)
		await body.prepare()
		await run.all()
		return run.report()
	} finally {
		await printer.stop()
		await body.clear()
		disk?.clear()
		await rm(memory, { recursive: true, force: true })
	}
}

const causes = catalogue.flatMap(({ status: { scene } }) => (scene.at === 'rejected' ? [scene.cause] : []))

class States {
	readonly #body: HandledBody
	readonly #disk: Mount | null
	/** Those that are asked about, printed in the background. */
	readonly #pictures: ReadonlyMap<Cause, Promise<Uint8Array | null>>
	readonly #say: (what: string) => void
	readonly #shown = new Set<string>()
	readonly #absent = new Map<string, string>()

	constructor(body: HandledBody, disk: Mount | null, printer: ActaPrinter, say: (what: string) => void) {
		this.#body = body
		this.#disk = disk
		this.#pictures = new Map(causes.map((cause) => [cause, pictureOf(cause, printer)]))
		this.#say = say
	}

	async all(): Promise<void> {
		await this.#start()
		await this.#recorded()
		await this.#unread()
		await this.#longReading()
		await this.#camera()
		if (this.#disk !== null) await this.#troubledDisk(this.#disk)
		await this.#closeOfDay()
		await this.#technician()
		await this.#setBack()
		await this.#body.stop()
		await this.#otherCameras()
		this.#lacks(
			{ at: 'fault', device: 'key', fault: { code: '', detail: '' } },
			'a key that was read from a file goes on signing',
		)
		this.#lacks(
			{ at: 'disk-trouble', trouble: 'no-inodes', unfinished: true },
			'a write that finds no inode says only that there is no room: DISCO LLENO',
		)
	}

	report(): StatesReport {
		const { seen } = this.#body
		for (const { status } of catalogue) {
			const why = undriven(status.scene, this.#disk !== null)
			if (why !== null && !this.#shown.has(kindOf(status))) this.#absent.set(kindOf(status), why)
		}
		const kinds = catalogue.map(({ status }) => kindOf(status))
		return {
			shown: [...this.#shown].sort(),
			absent: Object.fromEntries(this.#absent),
			missing: kinds.filter((kind) => !this.#shown.has(kind) && !this.#absent.has(kind)),
			strays: seen.strays.slice(0, 10),
		}
	}

	/** Until the display shows this, with the real numbers. */
	async #shows(scene: Scene): Promise<void> {
		await this.#body.shows(scene)
		this.#shown.add(this.#kind(scene))
	}

	#lacks(scene: Scene, why: string): void {
		this.#absent.set(this.#kind(scene), why)
	}

	#kind(scene: Scene): string {
		const { recorded, received, setAside, connection, camerasAway } = this.#body
		return kindOf({ scene, recorded, received, setAside, connection, camerasAway })
	}

	async #start(): Promise<void> {
		this.#say('start, and the network')
		const body = this.#body
		await body.camera('missing')
		const started = body.start()
		await this.#shows({ at: 'starting' })
		await body.camera('good')
		await started
		await this.#shows({ at: 'idle' })
		body.connection = 'offline'
		await body.post({ connected: false })
		await this.#shows({ at: 'idle' })
		body.connection = 'online'
		await body.post({ connected: true })
		await this.#shows({ at: 'idle' })
	}

	async #recorded(): Promise<void> {
		this.#say('actas')
		const body = this.#body
		const [acta, other] = [await actaPicture('acta'), await actaPicture('other')]
		await body.camera('hangs')
		await body.lay(acta)
		await this.#shows({ at: 'capturing', shot: 1 })
		body.recorded = 1
		await body.camera('good')
		await this.#shows({ at: 'recorded', number: 1, table, received: false })
		body.received = 1
		await body.post({ connected: true, latestReceipt: await body.receipt() })
		await this.#shows({ at: 'recorded', number: 1, table, received: true })
		await this.#away()
		await body.lay(acta)
		await this.#shows({ at: 'already-scanned', number: 1, table })
		await this.#away()
		await body.lay(other)
		body.recorded = 2
		await this.#shows({ at: 'conflict', number: 2, other: 1, table })
		await this.#away()
		body.setAside = 2
		await body.post({ connected: true, latestReceipt: await body.receipt(), setAsideCount: 2 })
		body.received = 2
		await this.#shows({ at: 'idle' })
		body.setAside = 0
		await body.post({ connected: true, latestReceipt: await body.receipt() })
		await this.#shows({ at: 'idle' })
	}

	/** Each trouble of a picture: asked about and given up, or turned away at once; one is recorded all the same. */
	async #unread(): Promise<void> {
		const body = this.#body
		const asked = new Set(
			catalogue.flatMap(({ status: { scene } }) => (scene.at === 'confirming' ? [scene.cause] : [])),
		)
		for (const cause of causes) {
			const picture = await this.#pictures.get(cause)
			// A camera leaves no file that is no picture; the long one comes later.
			if (picture == null || cause === 'reading-too-long') continue
			this.#say(cause)
			await body.lay(picture)
			if (asked.has(cause)) {
				await this.#shows({ at: 'confirming', cause })
				await body.next()
			}
			await this.#shows({ at: 'rejected', cause })
			await this.#away()
		}
		this.#say('an acta without a reading')
		await this.#layUnread()
		await this.#recordedUnread()
	}

	/** A picture that takes seconds, and a clock that jumps meanwhile. One that is read too soon is laid down again. */
	async #longReading(): Promise<void> {
		this.#say('a reading that takes too long')
		const body = this.#body
		const cause: Cause = 'reading-too-long'
		for (;;) {
			await body.lay(await this.#picture(cause))
			await this.#shows({ at: 'reading' })
			await body.next()
			await body.until(
				() =>
					body.isShown({ at: 'confirming', cause }) || body.isShown({ at: 'confirming', cause: 'no-code' }),
			)
			if (body.isShown({ at: 'confirming', cause })) break
			await this.#away()
		}
		await this.#shows({ at: 'confirming', cause })
		await body.next()
		await this.#shows({ at: 'rejected', cause })
		await this.#away()
	}

	async #camera(): Promise<void> {
		this.#say('a camera that fails')
		const body = this.#body
		await body.camera('nothing')
		await body.lay(await actaPicture('acta'))
		await this.#shows({ at: 'fault', device: 'camera', fault: { code: '', detail: '' } })
		await body.camera('good')
		await body.next()
		await this.#shows({ at: 'already-scanned', number: 1, table })
		await this.#away()
	}

	async #troubledDisk(disk: Mount): Promise<void> {
		const body = this.#body
		this.#say('a disk that does not answer')
		disk.freeze()
		try {
			await this.#layUnread()
			await this.#shows({ at: 'recording', slow: false })
			await body.next(3_000)
			await this.#shows({ at: 'recording', slow: true })
			await body.next(57_000)
			await this.#shows({ at: 'disk-trouble', trouble: 'no-answer', unfinished: true })
		} finally {
			disk.thaw()
		}
		await this.#recordedUnread()

		const anew = async () => {
			await disk.unmount()
			disk.mount()
		}
		const fills: readonly (readonly [DiskTrouble, () => void])[] = [
			['full', () => disk.fill('others')],
			['no-inodes', () => disk.fillInodes('others')],
		]
		for (const [trouble, fill] of fills) {
			this.#say(`a disk before a scan: ${trouble}`)
			fill()
			await body.lay(await actaPicture('acta'))
			await this.#shows({ at: 'disk-trouble', trouble, unfinished: false })
			disk.remove('others')
			await this.#untilAfter(() => body.isShown({ at: 'already-scanned', number: 1, table }))
			await this.#away()
		}
		this.#say('a disk in the middle of a scan')
		await this.#inTheMiddle(
			'full',
			() => disk.fill('others'),
			() => disk.remove('others'),
		)
		await this.#inTheMiddle('read-only', () => disk.damage(), anew)
		await this.#inTheMiddle('failing', () => disk.pullOut(), anew)
	}

	/** The disk fails between picture and record; what was taken is recorded when it is back. */
	async #inTheMiddle(trouble: DiskTrouble, breakIt: () => void, mend: () => unknown): Promise<void> {
		const body = this.#body
		await body.camera('good')
		await this.#layUnread(breakIt)
		await this.#shows({ at: 'disk-trouble', trouble, unfinished: true })
		await body.next()
		await mend()
		await this.#recordedUnread()
	}

	/** A paper that can't be read, up to the button. */
	async #layUnread(before: () => void = () => {}): Promise<void> {
		const body = this.#body
		await body.lay(await this.#picture('no-code'))
		await this.#shows({ at: 'confirming', cause: 'no-code' })
		before()
		await body.press()
	}

	async #recordedUnread(): Promise<void> {
		const body = this.#body
		body.recorded++
		const scene = { at: 'recorded', number: body.recorded, table: null, received: false } as const
		await this.#untilAfter(() => body.isShown(scene))
		await this.#shows(scene)
		await this.#away()
	}

	/** The kiosk tries again after a while, and then after another; each time it is given longer to do so. */
	async #untilAfter(condition: () => boolean): Promise<void> {
		for (let tries = 0; tries < 40; tries++) {
			if (await this.#body.within(tries * 500, condition)) return
			await this.#body.next()
		}
		throw new Error(`stays at ${this.#body.text.join('|')}`)
	}

	/** Asked and not answered; then closed, on a disk that is slow, and told in pages until a paper comes. */
	async #closeOfDay(): Promise<void> {
		this.#say('the close of day')
		const body = this.#body
		await body.hold()
		await this.#shows({ at: 'asking-to-close' })
		await body.next(15_000)
		await this.#shows({ at: 'idle' })
		await body.hold()
		await this.#shows({ at: 'asking-to-close' })
		const disk = this.#disk
		disk?.freeze()
		try {
			await body.press()
			if (disk !== null) {
				await this.#shows({ at: 'closing', slow: false })
				await body.next(3_000)
				await this.#shows({ at: 'closing', slow: true })
			}
		} finally {
			disk?.thaw()
		}
		await body.until(() => body.text[0]?.startsWith('DÍA CERRADO') === true)
		const head = body.end
		await this.#shows({ at: 'closed', head, page: 0 })
		await body.press()
		await this.#shows({ at: 'closed', head, page: 1 })
	}

	/** Each page, of a kiosk that is well: those with measures as their kind, the others to the letter. */
	async #technician(): Promise<void> {
		this.#say("the technician's pages")
		const body = this.#body
		await body.stop()
		await body.start({ technician: true })
		const { device } = body.end
		await this.#shows({ at: 'technician', page: { page: 'device', device } })
		for (const page of ['VERSIONES', 'RED', 'REGISTROS', 'DISCO']) await this.#turn(page)
		await body.camera('hangs')
		await this.#turn('CÁMARA')
		await this.#shows({ at: 'technician', page: { page: 'trying-cameras' } })
		await body.camera('good')
		await body.until(() => body.text[0]?.startsWith('CÁMARA full') === true)
		await this.#isCatalogued()
		await body.press()
		await this.#shows({ at: 'technician', page: { page: 'test' } })
		await body.hold()
		await this.#shows({ at: 'idle' })
	}

	async #turn(title: string): Promise<void> {
		await this.#body.press()
		await this.#body.until(() => this.#body.text[0]?.startsWith(title) === true)
		await this.#isCatalogued()
	}

	/** What the display shows is one of the catalogue's, whatever its measures. */
	async #isCatalogued(): Promise<void> {
		await this.#body.until(() => catalogued(this.#body.text) !== undefined)
		this.#shown.add(catalogued(this.#body.text) ?? '')
	}

	async #setBack(): Promise<void> {
		this.#say('receipts that know more')
		const body = this.#body
		await body.post({ connected: true, latestReceipt: await body.receipt(), contrary: await body.receipt(1) })
		body.received = body.recorded
		await this.#shows({ at: 'fault', device: 'journal', fault: { code: '', detail: '' } })
	}

	/** Takes the paper off the tray, and waits until the kiosk is ready for the next. */
	async #away(): Promise<void> {
		const body = this.#body
		await body.lift()
		await body.next()
		await this.#shows({ at: 'idle' })
	}

	/** A rig that lacks its cameras, on a disk that is not there at first; then a scanner's folder. */
	async #otherCameras(): Promise<void> {
		this.#say('cameras that are gone')
		const body = this.#body
		const disk = this.#disk
		Object.assign(body, { recorded: 0, received: 0, connection: 'no-uplink', camerasAway: [0, 1] })
		await body.camera('missing')
		await body.camera('missing', 1)
		disk?.pullOut()
		const rig = { ...body.settings.camera, cameras: [lens(0, 'top'), lens(1, 'bottom')] }
		const { journal, uplink, state } = body.settings
		// Beside the state stands what the key has signed: this is as if it had signed nothing.
		const anew = {
			journal: `${journal}-2`,
			uplink: `${uplink}-2`,
			state: join(dirname(state), 'second', 'state.json'),
		}
		const started = body.start({ ...anew, camera: rig, shots: 2, shotsWithin: 60_000 })
		if (disk !== null) {
			await this.#shows({ at: 'disk-trouble', trouble: 'failing', unfinished: false })
			await disk.unmount()
			disk.mount()
			disk.remount('ro')
			await body.next()
			await this.#shows({ at: 'disk-trouble', trouble: 'read-only', unfinished: false })
			disk.remount('rw')
		}
		await this.#untilAfter(() => body.isShown({ at: 'idle' }))
		await started
		await this.#shows({ at: 'idle' })
		body.camerasAway = [1]
		await body.camera('good')
		await this.#untilAfter(() => body.isShown({ at: 'idle' }))
		await this.#shows({ at: 'idle' })
		await body.camera('once')
		await body.lay(await this.#picture('no-code'))
		await this.#shows({ at: 'capturing', shot: 2 })
		await body.camera('good')
		await this.#shows({ at: 'confirming', cause: 'no-code' })
		await body.lift()
		body.camerasAway = []
		await body.camera('good', 1)
		await this.#untilAfter(() => body.isShown({ at: 'idle' }))
		await body.stop()

		this.#say('a folder')
		const inbox = await body.inbox()
		await body.start({ ...anew, camera: { kind: 'folder', directory: inbox, settle: 20 }, tray: 'auto' })
		await this.#shows({ at: 'idle' })
		await dropFile(inbox, 'acta.png', Buffer.from('not a picture'))
		await this.#shows({ at: 'rejected', cause: 'not-a-picture' })
	}

	async #picture(cause: Cause): Promise<Uint8Array> {
		const picture = await this.#pictures.get(cause)
		if (picture == null) throw new Error(`there is no picture of ${cause}`)
		return picture
	}
}

/** Why this run does not bring a kiosk there; null where it does. */
function undriven({ at }: Scene, withDisk: boolean): string | null {
	switch (at) {
		case 'recording':
		case 'closing':
		case 'disk-trouble':
			return withDisk ? null : withoutMounts
		case 'technician':
			return 'a page of a part that is broken, or of a network that this machine has or lacks'
		default:
			return null
	}
}
