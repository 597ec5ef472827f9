import type { ChildProcess } from 'node:child_process'

/** The next message of a forked process; rejects when the process ends or stays silent for so long. */
export function messageOf<T>(child: ChildProcess, deadlineMs: number): Promise<T> {
	return new Promise((resolve, reject) => {
		const settle = (then: () => void) => {
			clearTimeout(late)
			child.off('message', answered)
			child.off('exit', ended)
			then()
		}
		const answered = (message: T) => settle(() => resolve(message))
		const ended = () => settle(() => reject(new Error('a process of the bench ended by itself')))
		const late = setTimeout(
			() => settle(() => reject(new Error(`a process of the bench gave no answer within ${deadlineMs} ms`))),
			deadlineMs,
		)
		child.on('message', answered)
		child.on('exit', ended)
	})
}
