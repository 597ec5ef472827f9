/** Runs a process until it is told to end. */

export interface Running {
	start(): Promise<void>
	/** Also halfway through start. */
	stop(): Promise<void>
}

/** Resolves after SIGINT or SIGTERM, when `running` has stopped; a second signal ends at once. */
export async function runUntilSignal(running: Running): Promise<void> {
	const asked = new Promise<void>((resolve) => {
		let before = false
		const end = () => {
			if (before) process.exit(1)
			before = true
			resolve()
		}
		process.on('SIGINT', end)
		process.on('SIGTERM', end)
	})
	try {
		await Promise.race([running.start(), asked])
		await asked
	} finally {
		await running.stop()
	}
}
