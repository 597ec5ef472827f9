/** strace, which can make a system call fail, or kill a process in it. */
import { execFileSync } from 'node:child_process'

function whyNot(): string | null {
	try {
		execFileSync('strace', ['-f', '-o', '/dev/null', '-e', 'trace=none', 'true'], { stdio: 'pipe' })
		return null
	} catch (error) {
		const reason =
			(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not installed' : 'may not trace here'
		return `skipped, strace ${reason} (apt install strace)`
	}
}

/** Why tests that need it are skipped; null where it works. */
export const withoutStrace = whyNot()
