/** Whether something listens where the broker or the board should be. Nothing is said to it: what it thinks of this device, the uplink reports. */
import { connect } from 'node:net'
import type { Clock } from '../platform/clock.ts'

/** Milliseconds, with the look-up of its name. */
const timeoutMs = 3_000

/** Null when it does; else why not, in a word or two. */
export async function whyUnreachable(url: string, clock: Clock): Promise<string | null> {
	const { hostname, port, protocol } = new URL(url)
	const socket = connect({
		host: hostname.replace(/^\[|\]$/g, ''),
		port: port === '' ? (protocol === 'mqtts:' ? 8883 : 1883) : Number(port),
	})
	return await new Promise((resolve) => {
		const end = (why: string | null) => {
			cancel()
			socket.destroy()
			resolve(why)
		}
		const cancel = clock.after(timeoutMs, () => end(`no answer within ${timeoutMs / 1000} s`))
		socket.once('connect', () => end(null))
		socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
	})
}
