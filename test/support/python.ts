/** Python 3, in which one of the verifiers is written. */
import { execFileSync } from 'node:child_process'

function whyNot(): string | null {
	try {
		execFileSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))'], { stdio: 'pipe' })
		return null
	} catch {
		return 'skipped, no python3 of 3.8 or later (apt install python3)'
	}
}

/** Why tests that need it are skipped; null where it works. */
export const withoutPython = whyNot()
