/** Files: `files` is a Map of path to Blob. */
import { concat, longest, longestFile, sha256, toHex } from './bytes.js'
import { refuse } from './faults.js'

export async function contentOfKey(files, path) {
	const blob = files.get(path)
	if (blob === undefined) refuse('file-missing')
	if (blob.size > longestFile) refuse('too-large')
	return new TextDecoder('latin1').decode(await blob.arrayBuffer())
}

/** Yields number, text and code of what is wrong with the line as such (null: nothing). Holds one line at a time. */
export async function* linesOf(blob, progress = () => {}, most = longest) {
	const slice = 1 << 20
	let number = 0
	let held = []
	let length = 0
	const line = (ended) => {
		const bytes = concat(...held).subarray(0, most + 1)
		const code = bytes.includes(0)
			? 'nul-byte'
			: length > most
				? 'line-too-long'
				: !ended
					? 'torn-tail'
					: length === 0
						? 'empty-line'
						: bytes[length - 1] === 13
							? 'crlf'
							: null
		held = []
		length = 0
		return { number: ++number, code, jws: code === null ? new TextDecoder('latin1').decode(bytes) : '' }
	}
	const hold = (part) => {
		if (length <= most) held.push(part.subarray(0, most + 1))
		length += part.length
	}
	for (let offset = 0; offset < blob.size; offset += slice) {
		const bytes = new Uint8Array(await blob.slice(offset, offset + slice).arrayBuffer())
		let start = 0
		for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
			hold(bytes.subarray(start, end))
			yield line(true)
			start = end + 1
		}
		hold(bytes.subarray(start))
		progress(Math.min(offset + slice, blob.size) / blob.size)
	}
	if (length > 0) yield line(false)
}

/** Of a sealed image the sealed bytes are stored. */
export function noteImages(entry, entryId, line, named) {
	for (const all of entry.kind === 'acta' ? entry.images : []) {
		const { sha256: digest, size } = all.sealed ?? all
		const key = `${digest} ${size}`
		if (!named.has(key)) named.set(key, { digest, size, line, seq: entry.seq, device: entry.device, entryId })
	}
}

export async function lookAtImage(files, { digest, size }) {
	const blob = files.get(`images/${digest.slice(0, 2)}/${digest}`)
	if (blob === undefined) return 'image-missing'
	if (blob.size !== size) return 'image-altered'
	try {
		return toHex(await sha256(await blob.arrayBuffer())) === digest ? null : 'image-altered'
	} catch {
		return 'image-unreadable'
	}
}
