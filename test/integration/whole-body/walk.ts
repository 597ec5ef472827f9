/** A walk through the catalogue: what all its parts do with a kiosk's body, and which screens it came by. */
import type { Cause, Scene } from '#src/panel/status.js'
import type { Mount } from '../../support/mounts.ts'
import type { HandledBody } from './handled-body.ts'
import { catalogued, kindOf } from './seen-screens.ts'

export class Walk {
	readonly body: HandledBody
	/** On which the journal is, where one can be mounted. */
	readonly disk: Mount | null
	/** Those that are asked about, printed in the background. */
	readonly pictures: ReadonlyMap<Cause, Promise<Uint8Array | null>>
	readonly say: (what: string) => void
	readonly shown = new Set<string>()
	readonly absent = new Map<string, string>()

	constructor(
		body: HandledBody,
		disk: Mount | null,
		pictures: ReadonlyMap<Cause, Promise<Uint8Array | null>>,
		say: (what: string) => void,
	) {
		this.body = body
		this.disk = disk
		this.pictures = pictures
		this.say = say
	}

	/** Until the display shows this, with the real numbers. */
	async shows(scene: Scene): Promise<void> {
		await this.body.shows(scene)
		this.shown.add(this.#kind(scene))
	}

	lacks(scene: Scene, why: string): void {
		this.absent.set(this.#kind(scene), why)
	}

	/** A paper that can't be read, up to the button. */
	async layUnread(before: () => void = () => {}): Promise<void> {
		const body = this.body
		await body.lay(await this.picture('no-code'))
		await this.shows({ at: 'confirming', cause: 'no-code' })
		before()
		await body.press()
	}

	async recordedUnread(): Promise<void> {
		const body = this.body
		body.recorded++
		const scene = { at: 'recorded', number: body.recorded, table: null, received: false } as const
		await this.untilAfter(() => body.isShown(scene))
		await this.shows(scene)
		await this.away()
	}

	/**
	 * The kiosk tries again after a while, and then after another; each time it is given twice as long to do so. Nothing is
	 * skipped while it takes, reads or records a picture, nor when the display has just changed: that would take its
	 * deadlines away, or end what is waited for.
	 */
	async untilAfter(condition: () => boolean): Promise<void> {
		const { body } = this
		let before = body.text.join('|')
		for (let tries = 1; tries <= 20; tries++) {
			if (condition()) return
			const now = body.text.join('|')
			if (now === before && !/^(FOTO.*\.\.\.|LEYENDO|GUARDANDO)/.test(now)) await body.next()
			before = now
			if (await body.within(Math.min(300 * 2 ** (tries - 1), 20_000), condition)) return
		}
		throw new Error(`stays at ${before}`)
	}

	/** What the display shows is one of the catalogue's, whatever its measures. */
	async isCatalogued(): Promise<void> {
		await this.body.until(() => catalogued(this.body.text) !== undefined)
		this.shown.add(catalogued(this.body.text) ?? '')
	}

	/** Takes the paper off the tray, and waits until the kiosk is ready for the next. */
	async away(): Promise<void> {
		const body = this.body
		await body.lift()
		await body.next()
		await this.shows({ at: 'idle' })
	}

	async picture(cause: Cause): Promise<Uint8Array> {
		const picture = await this.pictures.get(cause)
		if (picture == null) throw new Error(`there is no picture of ${cause}`)
		return picture
	}

	#kind(scene: Scene): string {
		const { recorded, received, setAside, connection, camerasAway } = this.body
		return kindOf({ scene, recorded, received, setAside, connection, camerasAway })
	}
}
