import type { Tray, TrayEvent } from './tray.ts'
import type { WatchedFolder } from './watched-folder.ts'

/**
 * A watched folder as a tray: a finished file is a paper laid down, and a file that was cleared away, or that
 * went before it was taken, is one taken up. Between two files it says `no-paper`, as between two papers.
 */
export class FolderTray implements Tray {
	readonly #folder: WatchedFolder
	#unsubscribe = () => {}

	constructor(folder: WatchedFolder) {
		this.#folder = folder
	}

	async start(on: (event: TrayEvent) => void): Promise<void> {
		await this.stop()
		let there = false
		let turns = this.#folder.turns
		const compare = () => {
			const next = this.#folder.turns !== turns
			turns = this.#folder.turns
			if (there && (next || !this.#folder.holdsFile)) {
				there = false
				on('no-paper')
			}
			if (!there && this.#folder.holdsFile) {
				there = true
				on('paper')
			}
		}
		this.#unsubscribe = this.#folder.afterLook(compare)
		compare()
	}

	stop(): Promise<void> {
		this.#unsubscribe()
		this.#unsubscribe = () => {}
		return Promise.resolve()
	}
}
