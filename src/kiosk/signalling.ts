import { dark, type Signal } from '../capture/signals/signals.ts'
import type { Scene } from '../panel/status.ts'
import { unreachable } from '../platform/result.ts'

/**
 * What the lamps and the buzzer tell of a scene. Green is the promise that the acta is on the disk: only scenes
 * that follow the journal's answer have it. The light burns only for the picture.
 */
export function signalOf(scene: Scene): Signal {
	switch (scene.at) {
		case 'starting':
		case 'idle':
		case 'reading':
		case 'recording':
			return dark
		case 'capturing':
			return { ...dark, light: true }
		case 'recorded':
			return { ...dark, green: true, buzzer: 'recorded' }
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
