import type { Fault, Result } from '../platform/result.ts'

/** One picture as the camera or scanner made it, not decoded and not trusted. */
export interface Frame {
	/** Which part of the strip it shows: `full`, `top`, `bottom`. */
	readonly role: string
	readonly bytes: Uint8Array
	/** For people: where it came from (a file name, a camera number). Never recorded. */
	readonly origin: string
}

/**
 * `nothing-there`: no paper to photograph. `too-large`, `unreadable`: this paper's picture can't be taken in.
 * `device`: the camera itself fails; the next try may work.
 */
export type CameraFault = Fault<'nothing-there' | 'too-large' | 'unreadable' | 'device'>

/** A rig of one to four cameras, or something that stands in for one. */
export interface Camera {
	/** True where another capture of the same paper gives another picture; a scanner's file stays what it is. */
	readonly retakes: boolean
	/** The roles of the frames that a capture should have, where that is known. */
	readonly roles?: readonly string[]
	/** Cameras of the rig, by number, that failed and are tried again: the others go on without them. */
	readonly away?: readonly number[]
	/** Calls back when `away` has changed. */
	start(onChange?: () => void): Promise<Result<true, CameraFault>>
	/** Takes pictures of what lies on the tray now: a frame of each camera that has one, in a fixed order. */
	capture(): Promise<Result<readonly Frame[], CameraFault>>
	/**
	 * Called once for each capture with what became of the paper, so that a scanner's file can be cleared away:
	 * `recorded` (it is in the journal), `set-aside` (kept where a person finds it).
	 */
	release(outcome: 'recorded' | 'set-aside'): Promise<void>
	stop(): Promise<void>
}
