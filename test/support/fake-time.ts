/** Processes whose clock says another time, by the library that `faketime` loads before a program. */
import { execFileSync } from 'node:child_process'

const library = (() => {
	try {
		const words = ['-f', '+0', 'printenv', 'LD_PRELOAD']
		return execFileSync('faketime', words, { stdio: ['ignore', 'pipe', 'ignore'] })
			.toString()
			.trim()
	} catch {
		return null
	}
})()

/** Why tests that need it are skipped; null where it is there. */
export const withoutFaketime =
	library === null ? 'skipped, faketime is not installed (apt install faketime)' : null

/** The environment of a process whose clock begins at `since`, as faketime wants it: `1970-01-01 00:01:00`. */
export function clockFrom(since: string): Readonly<Record<string, string>> {
	return { LD_PRELOAD: library ?? '', FAKETIME: `@${since}`, FAKETIME_DONT_FAKE_MONOTONIC: '1', TZ: 'UTC' }
}
