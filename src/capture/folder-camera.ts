import { fail, ok, type Result } from '../platform/result.ts'
import type { Camera, CameraFault, Frame } from './camera.ts'
import { shownName } from './folder-file.ts'
import type { TakenFile, WatchedFolder } from './watched-folder.ts'

/**
 * A watched folder as a camera: the oldest finished file is the picture of the paper on the tray. Files that
 * are no pictures are captured too: the reader says what is wrong with them.
 *
 * After a capture that failed a `release` is allowed and does nothing: what had to be done was done.
 */
export class FolderCamera implements Camera {
	readonly retakes = false
	readonly #folder: WatchedFolder
	#taken: TakenFile | undefined
	#unsubscribe = () => {}

	/** Starts and stops the folder; a `FolderTray` on the same folder only listens to it. */
	constructor(folder: WatchedFolder) {
		this.#folder = folder
	}

	/** Camera 0 while there is no folder. */
	get away(): readonly number[] {
		return this.#folder.isMissing ? [0] : []
	}

	/** `device` when the folder is not there now. It is waited for all the same. */
	start(onChange: () => void = () => {}): Promise<Result<true, CameraFault>> {
		let before = this.#folder.isMissing
		this.#unsubscribe()
		this.#unsubscribe = this.#folder.afterLook(() => {
			if (this.#folder.isMissing === before) return
			before = !before
			onChange()
		})
		return this.#folder.start()
	}

	async capture(): Promise<Result<readonly Frame[], CameraFault>> {
		this.#taken = undefined
		const taken = await this.#folder.take()
		if (!taken.ok) return fail(taken.fault.code, taken.fault.detail)
		this.#taken = taken.value
		const { name, bytes } = taken.value
		return ok([{ role: 'full', bytes, origin: shownName(name) }])
	}

	/** Deletes the file once the journal holds its bytes: plain images must not lie around. */
	async release(outcome: 'recorded' | 'set-aside'): Promise<void> {
		const taken = this.#taken
		if (taken === undefined) return
		this.#taken = undefined
		await this.#folder.clear(taken, outcome === 'recorded' ? 'delete' : 'set-aside')
		await this.#folder.look()
	}

	stop(): Promise<void> {
		this.#unsubscribe()
		return this.#folder.stop()
	}
}
