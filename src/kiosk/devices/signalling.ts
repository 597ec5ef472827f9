import { dark, type Signal } from '../../capture/signals/signals.ts'
import type { Scene, TechnicianPage } from '../../panel/status.ts'
import { unreachable } from '../../platform/result.ts'

/**
 * What the lamps and the buzzer show of a scene. Green is the promise that it is on the disk: only scenes that
 * follow the journal's answer have it. The light burns only for the picture. But for the technician's test, which
 * has all of them.
 */
export function signalOf(scene: Scene): Signal {
	switch (scene.at) {
		case 'starting':
		case 'idle':
		case 'reading':
		case 'recording':
		case 'asking-to-close':
		case 'closing':
			return dark
		case 'capturing':
			return { ...dark, light: true }
		case 'recorded':
			return { ...dark, green: true, buzzer: 'recorded' }
		// It stands all night.
		case 'closed':
			return { ...dark, buzzer: 'recorded' }
		case 'technician':
			return technicianSignal(scene.page)
		case 'already-scanned':
			return { ...dark, green: true, buzzer: 'already-scanned' }
		// Recorded, and somebody must look.
		case 'conflict':
			return { ...dark, green: true, red: true, buzzer: 'trouble' }
		case 'confirming':
		case 'rejected':
		case 'fault':
		case 'disk-trouble':
			return { ...dark, red: true, buzzer: 'trouble' }
		default:
			return unreachable(scene)
	}
}

function technicianSignal({ page }: TechnicianPage): Signal {
	if (page === 'test') return { light: true, green: true, red: true, buzzer: 'recorded' }
	return { ...dark, light: page === 'trying-cameras' }
}

/** As `signalOf`, but that a trouble is sounded once, however often it is tried again with the same paper. */
export class Signalling {
	/** The last trouble, until a try comes to something else. */
	#trouble: string | null = null
	#at: Scene['at'] = 'starting'
	#silent = false

	of(scene: Scene): Signal {
		const trouble = troubleIn(scene)
		if (scene.at !== this.#at) this.#silent = trouble !== null && trouble === this.#trouble
		if (trouble !== null || !tries.includes(scene.at)) this.#trouble = trouble
		this.#at = scene.at
		const signal = signalOf(scene)
		return this.#silent ? { ...signal, buzzer: null } : signal
	}
}

/** Phases of another try. */
const tries: readonly Scene['at'][] = ['capturing', 'reading', 'recording']

function troubleIn(scene: Scene): string | null {
	if (scene.at === 'fault') return `fault ${scene.device} ${scene.fault.code}`
	return scene.at === 'disk-trouble' ? `disk ${scene.trouble}` : null
}
