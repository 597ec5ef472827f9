/**
 * Whether a file is a JPEG and nothing else (ITU-T T.81, annex B): a telephone writes place, time and its owner's name into
 * a picture, and a hostile kiosk whatever it wants beside one. What the kiosk cuts out to be shown is bare. No library that
 * decodes pictures runs beside the log's key. Pure.
 */

const startOfImage = 0xd8
const endOfImage = 0xd9
const startOfScan = 0xda
const jfif = 0xe0
/** Bytes of a JFIF segment without a thumbnail. */
const jfifLength = 16
/** Tables of quantisation, of Huffman and arithmetic coding, restart interval, scan; frames are C0 to CF. */
const ofPicture: ReadonlySet<number> = new Set([0xdb, 0xdd, startOfScan])

export function isBareJpeg(bytes: Uint8Array): boolean {
	if (bytes[0] !== 0xff || bytes[1] !== startOfImage) return false
	for (let at = 2; at + 1 < bytes.length; ) {
		const [first, marker = 0, high = 0, low = 0] = bytes.subarray(at, at + 4)
		if (first !== 0xff) return false
		if (marker === endOfImage) return at + 2 === bytes.length
		const length = high * 256 + low
		const isTableOrFrame = ofPicture.has(marker) || (marker >= 0xc0 && marker <= 0xcf)
		if (length < 2 || !(isTableOrFrame || (marker === jfif && length === jfifLength))) return false
		at += 2 + length
		if (marker === startOfScan) at = endOfScan(bytes, at)
	}
	return false
}

/** Where the next marker stands: within a scan 0 follows FF, or the number of a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
	for (let at = from; ; at++) {
		at = bytes.indexOf(0xff, at)
		const next = at === -1 ? undefined : bytes[at + 1]
		if (next === undefined) return bytes.length
		if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at
	}
}
