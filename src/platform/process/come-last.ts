import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Gives way to all other processes. In Linux each thread has a priority of its own (setpriority(2), BUGS), and V8 has
 * begun its own by now, which compile and collect garbage.
 */
export function comeLast(): void {
	for (const thread of readdirSync('/proc/self/task')) {
		try {
			setPriority(Number(thread), constants.priority.PRIORITY_LOW)
		} catch {
			// It has ended.
		}
	}
}
