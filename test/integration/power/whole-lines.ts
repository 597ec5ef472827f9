/**
 * The bytes of a file of lines without its torn tail: from the first line on that has no end, or that holds NUL
 * bytes and only such lines behind it.
 */
export function wholeLines(bytes: Buffer): Buffer {
	let end = bytes.lastIndexOf(10) + 1
	while (end > 0) {
		const start = bytes.subarray(0, end - 1).lastIndexOf(10) + 1
		if (!bytes.subarray(start, end).includes(0)) break
		end = start
	}
	return bytes.subarray(0, end)
}

/** As the audits want their bytes. */
export async function* oneBlock(bytes: Buffer): AsyncGenerator<Uint8Array> {
	yield bytes
}
