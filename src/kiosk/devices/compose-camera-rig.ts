import { CameraRig } from '../../capture/libcamera/camera-rig.ts'
import { OneShotSensor } from '../../capture/libcamera/one-shot.ts'
import { ShotDirectory } from '../../capture/libcamera/shot-directory.ts'
import { WarmSensor } from '../../capture/libcamera/warm.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Fault } from '../../platform/result.ts'
import type { CameraConfig } from '../config/device-config.ts'
import type { KioskLog } from '../events.ts'

interface Surroundings {
	readonly clock: Clock
	readonly log: KioskLog
	readonly production: boolean
}

/** Under `capturing` of `delays.ts`, so that the camera's own words are what is logged. */
const deadlineMs = 18_000

export function cameraRig(
	config: Exclude<CameraConfig, { kind: 'folder' }>,
	{ clock, log, production }: Surroundings,
): CameraRig {
	const places = config.cameras.map((lens) => {
		const directory = new ShotDirectory(`${config.directory}/${lens.camera}`, { onlyInMemory: production })
		const sensor =
			config.kind === 'libcamera'
				? new OneShotSensor(lens, directory, clock)
				: new WarmSensor(lens, directory, { clock, random: Math.random, settleMs: config.settle })
		return { camera: lens.camera, role: lens.role, sensor }
	})
	const onTrouble = (camera: number, fault: Fault | null) => {
		if (fault === null) log({ event: 'camera-back', camera })
		else log({ event: 'trouble', device: 'camera', fault })
	}
	return new CameraRig(places, { clock, deadlineMs, order: config.order, onTrouble })
}
