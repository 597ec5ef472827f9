import { isTransient } from '../../journal/disk-fault.ts'
import type { Panel } from '../../panel/panel.ts'
import { draw, type Language, toneOf } from '../../panel/screens.ts'
import type { PanelStatus } from '../../panel/status.ts'
import { delayBefore } from '../../platform/backoff.ts'
import { type Clock, pause } from '../../platform/clock.ts'
import type { Fault, Result } from '../../platform/result.ts'
import type { KioskLog } from '../events.ts'
import type { SessionDelays } from '../session/delays.ts'
import { diskTroubleOf } from '../session/scene.ts'

export interface WaitingParts {
	readonly clock: Clock
	readonly log: KioskLog
	readonly panel: Panel
	readonly language: Language
	readonly delays: SessionDelays
	/** Called with the fault that is waited for. */
	readonly waiting?: ((fault: Fault) => void) | undefined
}

/**
 * Does `open` at start, and again while the disk is full, read-only or failing, which the display says meanwhile:
 * a kiosk that came back from a power cut to such a disk goes on without a person when the disk does. Any other
 * fault is given back at once: to a mistake in the configuration waiting is no answer. The panel goes on running.
 */
export async function waitForDisk<T>(
	open: () => Promise<Result<T>>,
	{ clock, log, panel, language, delays, waiting }: WaitingParts,
): Promise<Result<T>> {
	for (let tries = 0; ; tries++) {
		const opened = await open()
		if (opened.ok) return opened
		if (!isTransient(opened.fault)) {
			await panel.stop()
			return opened
		}
		if (tries === 0) {
			await panel.start()
			log({ event: 'trouble', device: 'storage', fault: opened.fault })
			waiting?.(opened.fault)
		}
		const scene = { at: 'disk-trouble', trouble: diskTroubleOf(opened.fault), unfinished: false } as const
		const status: PanelStatus = { scene, recorded: 0, received: 0, setAside: 0, connection: 'no-uplink' }
		panel.show(draw(status, language), toneOf(status))
		await pause(
			clock,
			delayBefore(tries, delays.disk, () => 1),
		)
	}
}
