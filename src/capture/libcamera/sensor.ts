import type { Result } from '../../platform/result.ts'
import type { CameraFault } from '../camera.ts'

/** One camera of a rig, however its pictures are got. */
export interface Sensor {
	start(): Promise<Result<true, CameraFault>>
	/** A whole JPEG, taken from now on. Answers within `deadlineMs`. */
	shoot(deadlineMs: number): Promise<Result<Uint8Array, CameraFault>>
	stop(): Promise<void>
}

/** What is meant by what libcamera and rpicam-apps say of a camera that can't be had. */
export function explainCameraError(text: string): string | undefined {
	if (/in use by another process|failed to acquire camera|resource busy/i.test(text)) {
		return 'the camera is in use by another program: end that, or start the kiosk again'
	}
	if (/no cameras available|selected camera is not available/i.test(text)) {
		return 'there is no such camera: check its cable and its number'
	}
	return undefined
}
