/**
 * Notifies systemd how this process does (sd_notify(3)). Node has no datagram sockets on paths, so systemd's own
 * program says it, and the unit has `NotifyAccess=all`. It runs without `--no-block`: it ends when systemd has
 * taken its word, since of a child that is gone systemd can't tell whose it was.
 */
import { execFile } from 'node:child_process'
import { printable } from '../printable.ts'
import { type Fault, fail, ok, type Result } from '../result.ts'

export type NotifyFault = Fault<'notify-failed'>

export interface ServiceManager {
	/** Assignments of sd_notify(3), such as `READY=1`, in one message. Never rejects. */
	notify(...assignments: string[]): Promise<Result<true, NotifyFault>>
	/** Milliseconds after which a process that was silent is started anew; null where nobody watches. */
	readonly watchdogMs: number | null
}

/** How long systemd may take to listen, in milliseconds. */
const timeoutMs = 10_000

/**
 * Null where none listens, as in a terminal. Takes its variables out of `environment`, so that no program that is
 * started later speaks for this process.
 */
export function takeServiceManager(environment: NodeJS.ProcessEnv, pid: number): ServiceManager | null {
	const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: time, WATCHDOG_PID: watched, PATH } = environment
	for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name]
	if (socket === undefined) return null
	const microseconds = Number(time)
	// As sd_watchdog_enabled(3) has it: another process may be meant.
	const isWatched = microseconds > 0 && (watched === undefined || Number(watched) === pid)
	return {
		watchdogMs: isWatched ? microseconds / 1_000 : null,
		notify: (...assignments) =>
			new Promise((resolve) => {
				const env = { PATH, NOTIFY_SOCKET: socket }
				execFile('systemd-notify', assignments, { env, timeout: timeoutMs }, (error) => {
					resolve(
						error === null ? ok(true) : fail('notify-failed', `systemd-notify: ${error.message.trim()}`),
					)
				})
			}),
	}
}

/** For people: what `systemctl status` shows of a process. */
export function statusLine(text: string): string {
	return `STATUS=${printable(text, 200)}`
}
