/**
 * One writer at a time, by flock(2): the kernel lets go when the holder is gone, however it went, so there is
 * no stale lock to look into. Node has no call for it; util-linux's `flock` holds it in a child that lives as
 * long as our end of its standard input. proper-lockfile makes a directory instead, which outlives a power cut.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

export type LockFault = Fault<'locked' | 'no-flock' | 'disk-full' | 'unwritable'>

/** How long a writer that was just killed may take to let go, in seconds. */
const waitSeconds = 2

export class Lock {
	readonly #child: ChildProcess
	#lost = false

	private constructor(child: ChildProcess) {
		this.#child = child
		child.on('exit', () => {
			this.#lost = true
		})
	}

	/** Takes the lock on `path`, a file made for it. */
	static take(path: string): Promise<Result<Lock, LockFault>> {
		const child = spawn('flock', ['--wait', String(waitSeconds), path, 'cat'], {
			stdio: ['pipe', 'pipe', 'ignore'],
		})
		// A write to a child that is already gone must not become an uncaught error.
		child.stdin.on('error', () => {})
		child.stdin.write('held')
		return new Promise((resolve) => {
			child.once('error', () => resolve(fail('no-flock', "can't run flock (package util-linux)")))
			child.once('exit', (status) => resolve(notTaken(path, status)))
			child.stdout.once('data', () => resolve(ok(new Lock(child))))
		})
	}

	/** True when the child died under us: from then on somebody else may write. */
	get lost(): boolean {
		return this.#lost
	}

	async release(): Promise<void> {
		if (this.#lost) return
		const gone = new Promise((resolve) => this.#child.once('exit', resolve))
		this.#child.stdin?.end()
		await gone
	}
}

/** What its exit statuses mean: flock(1), EXIT STATUS, and sysexits.h. */
function notTaken(path: string, status: number | null): Result<never, LockFault> {
	switch (status) {
		case 1:
			return fail('locked', `${path}: another process is writing here; stop it first`)
		case 73:
			return fail('disk-full', `${path}: can't be made to be locked`)
		default:
			return fail('unwritable', `${path}: can't be opened to be locked`)
	}
}
