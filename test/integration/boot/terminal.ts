/** A person at a terminal: a command that asks whether two screens show the same words is answered as by eye. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const patience = 120_000

/**
 * Runs a command in a terminal (util-linux's `script`) and types `sí` when it asks, if it shows the words that the
 * other machine showed; else `no`. Gives what stood on the terminal; rejects where the command did not end with 0.
 */
export async function compares(seenElsewhere: string, command: readonly string[]): Promise<string> {
	const how = ['--quiet', '--flush', '--return', '--echo', 'never']
	const child = spawn('script', [...how, '--command', command.map(quoted).join(' '), '/dev/null'], {
		stdio: ['pipe', 'pipe', 'ignore'],
		timeout: patience,
	})
	const ended = once(child, 'close')
	let shown = ''
	let answered = false
	child.stdout.on('data', (bytes: Buffer) => {
		shown += bytes.toString()
		if (answered || !shown.includes('Escriba "sí":')) return
		answered = true
		child.stdin.write(shown.includes(seenElsewhere) ? 'sí\r' : 'no\r')
	})
	const [status] = await ended
	if (status !== 0 || !answered) throw new Error(`${command.join(' ')}: ${status}: ${shown}`)
	return shown
}

export function quoted(word: string): string {
	return `'${word.replaceAll("'", "'\\''")}'`
}
