/** What a command's exit status says. */
export const exit = {
	done: 0,
	/** It ran, and found something wrong: an unreadable image, a broken chain. */
	foundWrong: 1,
	/** The command line or the configuration is at fault. */
	usedWrongly: 2,
	/** The machine is at fault: a disk, a port, a permission. */
	environmentFailed: 3,
} as const

/**
 * Ends a command with one line for a person and an exit status, and a line for each fault where there are several;
 * thrown only before work has begun.
 */
export class CommandRefused extends Error {
	readonly status: number
	readonly faults: readonly string[]

	constructor(status: number, message: string, faults: readonly string[] = []) {
		super(message)
		this.status = status
		this.faults = faults
	}
}
