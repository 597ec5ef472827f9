/** A panel whose display hangs on a cable: for the test that runs, with which both end. */
import { onTestFinished } from 'vitest'
import type { Dialect } from '#src/panel/dialect.js'
import type { Screen, Tone } from '#src/panel/screens.js'
import type { LinkDelays } from '#src/panel/serial-link.js'
import { SerialPanel } from '#src/panel/serial-panel.js'
import { systemClock } from '#src/platform/clock.js'
import { baud, SerialCable } from '../serial-cable.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { until } from '../until.ts'
import { screenOn } from './emulated.ts'
import type { Emulator } from './emulator.ts'

/** Short, so that tests need not wait; none of them counts on how short. */
const delays: LinkDelays = {
	reopen: { firstMs: 10, mostMs: 50 },
	openMs: 20_000,
	settleMs: 20,
	writeMs: 2_000,
	idleMs: 100,
	closeMs: 1_000,
	stableMs: 60_000,
}

export class PanelOnCable {
	readonly cable: SerialCable
	readonly panel: SerialPanel
	/** Codes of the troubles reported, in order. */
	readonly troubles: string[] = []
	/** How often the display was begun with, and how often a pause before an opening was drawn. */
	begun = 0
	pauses = 0
	readonly #clock: SimulatedClock | undefined

	private constructor(
		cable: SerialCable,
		dialect: Dialect,
		clock: SimulatedClock | undefined,
		changed: Partial<LinkDelays>,
	) {
		this.cable = cable
		this.#clock = clock
		this.panel = new SerialPanel({
			line: { path: cable.port, baud },
			dialect,
			clock: clock ?? systemClock,
			random: () => {
				this.pauses++
				return 0.5
			},
			delays: { ...delays, ...changed },
			onTrouble: ({ code }) => this.troubles.push(code),
			onOpen: () => {
				this.begun++
			},
		})
	}

	/** With another clock than the machine's, which `until` moves on, and with changed delays. */
	static async make(
		dialect: Dialect,
		{ clock, ...changed }: Partial<LinkDelays> & { readonly clock?: SimulatedClock } = {},
	): Promise<PanelOnCable> {
		const cable = new SerialCable(await temporaryFolder())
		const made = new PanelOnCable(cable, dialect, clock, changed)
		onTestFinished(async () => {
			cable.thaw()
			const stopped = made.panel.stop()
			await clock?.advance(10_000)
			await stopped
			await cable.unplug()
		})
		return made
	}

	/** Plugs `display` in, starts, and shows a screen until it stands there. */
	async startWith(display: Emulator, screen: Screen): Promise<void> {
		await this.cable.plug(display)
		await this.panel.start()
		this.panel.show(screen, 'attention')
		await this.untilOn(display, screen)
	}

	/** Shows a screen until it stands there. */
	async shows(display: Emulator, screen: Screen, tone: Tone = 'quiet'): Promise<void> {
		this.panel.show(screen, tone)
		await this.untilOn(display, screen)
	}

	async untilOn(display: Emulator, screen: Screen): Promise<void> {
		await this.until(() => `${screenOn(display)}` === `${screen}`)
	}

	/** A clock that is simulated goes on in small steps, each of which lets real bytes pass too, and sooner than time does. */
	async until(condition: () => boolean): Promise<void> {
		const everyMs = this.#clock === undefined ? 10 : 1
		await until(
			async () => {
				await this.#clock?.advance(10)
				return condition()
			},
			{ everyMs },
		)
	}
}
