/** The files of an archive, by their paths from its top. */
import { sha256, toHex } from './bytes.js'
import { codeOf, refuse } from './faults.js'

/** Bytes of the longest file that is read whole. */
export const longestArchived = 268_435_456

/** So many are read at once: a browser takes its time for each. */
const atOnce = 64

export class ArchiveFiles {
	constructor(files) {
		this.files = files
	}

	paths() {
		return [...this.files.keys()]
	}

	/** `cap`: the most bytes that it may have. */
	async read(path, cap = longestArchived) {
		const blob = this.files.get(path) ?? refuse('file-missing')
		if (blob.size > Math.min(cap, longestArchived)) refuse('too-large')
		try {
			return new Uint8Array(await blob.arrayBuffer())
		} catch (error) {
			// It is not there any more, or there is no memory for it.
			if (error instanceof DOMException || error instanceof RangeError) return refuse('file-unreadable')
			throw error
		}
	}

	/** The code of what is wrong with a file that should have this digest; null where nothing is. */
	async faultOf(path, digest, cap) {
		try {
			return toHex(await sha256(await this.read(path, cap))) === digest ? null : 'file-altered'
		} catch (error) {
			return codeOf(error)
		}
	}
}

/** What `work` gives of each, in their order; `progress` hears what part is done. */
export async function manyAtOnce(all, work, progress = () => {}) {
	const given = []
	for (let at = 0; at < all.length; at += atOnce) {
		given.push(...(await Promise.all(all.slice(at, at + atOnce).map(work))))
		progress(given.length / all.length)
	}
	return given
}

/** In the order of their bytes in UTF-8, which is that of the code points. */
export function byBytes(one, other) {
	const [points, others] = [one, other].map((path) => [...path].map((character) => character.codePointAt(0)))
	const at = points.findIndex((point, index) => point !== others[index])
	return at < 0 ? points.length - others.length : points[at] - (others[at] ?? -1)
}
