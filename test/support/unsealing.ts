import { join } from 'node:path'

/** What `testigo unseal` wants to know besides: into which log, who, and why. */
export function unsealingAt(home: string): string[] {
	return ['--log', join(home, 'unsealings.jws'), '--who', 'Ana, Luis', '--reason', 'a test']
}
