/** Runs a process until it is signalled to end, and keeps whoever runs it informed. */
import { systemClock } from '../platform/clock.ts'
import { takeServiceManager } from '../platform/process/service-manager.ts'
import { Supervision, type SupervisionEvent, type Vitals } from '../platform/process/supervision.ts'

export interface Running extends Vitals {
	start(): Promise<void>
	/** Also halfway through start. */
	stop(): Promise<void>
}

/** By whatever runs this process, where that listens. */
export function superviseProcess(log: (event: SupervisionEvent) => void): Supervision {
	return new Supervision({ manager: takeServiceManager(process.env, process.pid), clock: systemClock, log })
}

/** Resolves after SIGINT or SIGTERM, when `running` has stopped; a second signal ends at once. */
export async function runUntilSignal(running: Running, supervision: Supervision): Promise<void> {
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
		await Promise.race([running.start().then(() => supervision.ready(running)), asked])
		await asked
	} finally {
		await Promise.all([supervision.stop(), running.stop()])
	}
}
