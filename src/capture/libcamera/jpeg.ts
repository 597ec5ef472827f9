/** Where a JPEG ends, by its own structure (ITU T.81 annex B): a thumbnail's end inside it is not taken for it. */

/** `unfinished`: more bytes must come. `broken`: these bytes are no JPEG. */
export type JpegEnd = number | 'unfinished' | 'broken'

const startOfImage = 0xd8
const endOfImage = 0xd9
const startOfScan = 0xda

/** The offset behind the end of the JPEG that begins at `from`. */
export function endOfJpeg(bytes: Uint8Array, from = 0): JpegEnd {
	if (bytes.length < from + 2) return 'unfinished'
	if (bytes[from] !== 0xff || bytes[from + 1] !== startOfImage) return 'broken'
	let at = from + 2
	for (;;) {
		// Any marker may be preceded by fill bytes (B.1.1.2).
		while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++
		const marker = bytes[at + 1]
		if (marker === undefined) return 'unfinished'
		// Under 0xc0 all is reserved (table B.1), and up to the start of an image nothing stands here by itself.
		if (bytes[at] !== 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= startOfImage)) return 'broken'
		if (marker === endOfImage) return at + 2
		const [high, low] = [bytes[at + 2], bytes[at + 3]]
		if (high === undefined || low === undefined) return 'unfinished'
		const length = high * 256 + low
		if (length < 2) return 'broken'
		at += 2 + length
		if (marker === startOfScan) at = endOfScan(bytes, at)
		if (at < 0 || at >= bytes.length) return 'unfinished'
	}
}

/** The marker behind entropy-coded data, which has only stuffed zeros and restarts in it (B.1.1.5); -1 for none yet. */
function endOfScan(bytes: Uint8Array, from: number): number {
	for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
		const next = bytes[at + 1]
		if (next === undefined) return -1
		const goesOn = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7)
		if (!goesOn) return at
	}
	return -1
}
