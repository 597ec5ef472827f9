import type { Result } from '../platform/result.ts'
import type { CameraFault } from './camera.ts'

/** One small picture of the tray, e.g. 160 by 120, row by row, 0 black to 255 white. */
export interface PreviewFrame {
	readonly width: number
	readonly height: number
	readonly grey: Uint8Array
	/** When it came, on the clock's monotonic time, milliseconds. */
	readonly at: number
}

/**
 * A stream of small pictures of the tray, some 5 to 10 a second, unpacked and not made by a video codec: a codec
 * repeats what hardly changed to the letter, and then nobody knows whether the camera still looks.
 */
export interface Preview {
	/** Answers within a deadline of its own. `onFrame` may keep the frame: its bytes are not used again. */
	start(onFrame: (frame: PreviewFrame) => void): Promise<Result<true, CameraFault>>
	stop(): Promise<void>
}
