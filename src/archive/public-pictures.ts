/** Which pictures of an archive everybody may see: those that entries name as public, and none names otherwise. Pure. */
import { type Entry, publicRole } from '../evidence/entry.ts'

export class PublicPictures {
	/** Bytes by digest; null where an entry names it in another role. */
	readonly #sizes = new Map<string, number | null>()

	note(entry: Entry): void {
		if (entry.kind !== 'acta') return
		for (const { sha256, size, role } of entry.images) {
			const isPublic = role === publicRole && this.#sizes.get(sha256) !== null
			this.#sizes.set(sha256, isPublic ? size : null)
		}
	}

	/** Bytes by digest. */
	named(): ReadonlyMap<string, number> {
		const named = new Map<string, number>()
		for (const [sha256, size] of this.#sizes) if (size !== null) named.set(sha256, size)
		return named
	}
}
