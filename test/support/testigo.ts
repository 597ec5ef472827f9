import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/cli/testigo.js', import.meta.url))

export interface Ended {
	readonly status: number | null
	readonly out: string
	readonly err: string
}

/** Runs the command as it ships, to its end. */
export async function testigo(...words: string[]): Promise<Ended> {
	const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once('error', reject)
		child.once('close', resolve)
	})
	const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended])
	return { status, out, err }
}
