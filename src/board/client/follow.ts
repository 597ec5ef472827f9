/** The stream by which the board says that something has changed, and whether it is there. */
import { keepTime, setTime } from './time.ts'

/** The board says something every 3 s (board.ts); after this long without a word it is gone. */
const silentMs = 10_000

/** A short break is no news. */
const graceMs = 3000

/** Calls `changed` at the first word of each connection, and whenever the version is another. */
export function follow(changed: () => void): void {
	let version: unknown
	let timer = 0
	/** By `performance.now()`. */
	let goneAt = Number.POSITIVE_INFINITY
	const goneAfter = (milliseconds: number) => {
		clearTimeout(timer)
		goneAt = performance.now() + milliseconds
		timer = setTimeout(() => showOffline(true), milliseconds)
	}
	const open = () => {
		const stream = new EventSource('/live')
		stream.addEventListener('board', ({ data }) => {
			showOffline(false)
			goneAfter(silentMs)
			const state = JSON.parse(data)
			setTime(state.nowMs)
			keepTime()
			if (state.version !== version) changed()
			version = state.version
		})
		stream.addEventListener('error', () => {
			version = undefined
			// Each try that fails says so again: the grace is of the first.
			if (goneAt > performance.now() + graceMs) goneAfter(graceMs)
			// A refusal ends a stream for good, as while the board starts; a break does not.
			if (stream.readyState !== EventSource.CLOSED) return
			stream.close()
			setTimeout(open, graceMs)
		})
	}
	goneAfter(silentMs)
	open()
}

function showOffline(isOffline: boolean): void {
	const line = document.getElementById('offline')
	if (line !== null && line.hidden === isOffline) line.hidden = !isOffline
}
