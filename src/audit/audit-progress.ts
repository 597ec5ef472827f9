/** Called now and then with how far an audit is: bytes of the file of evidence first, then images. */
export type AuditProgress = (what: 'bytes' | 'images', done: number, total: number) => void

/** Hands the bytes on and reports how many of `total` have passed. */
export async function* counted(
	bytes: AsyncIterable<Uint8Array>,
	total: number,
	progress: AuditProgress,
): AsyncGenerator<Uint8Array> {
	let done = 0
	for await (const part of bytes) {
		yield part
		done += part.length
		progress('bytes', done, total)
	}
}
