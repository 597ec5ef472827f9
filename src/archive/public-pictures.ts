/** Which pictures of an archive everybody may see: those that an entry names as public, and not sealed. Pure. */
import { type Entry, publicRole } from '../evidence/entry.ts'

export class PublicPictures {
	readonly #sizes = new Map<string, number>()

	note(entry: Entry): void {
		if (entry.kind !== 'acta') return
		for (const { sha256, size, role, sealed } of entry.images) {
			if (role !== publicRole || sealed !== undefined) continue
			// Another entry may lie about its size: the digest alone says whether a file is it.
			this.#sizes.set(sha256, Math.max(size, this.#sizes.get(sha256) ?? 0))
		}
	}

	/** The most bytes of each, by digest. */
	named(): ReadonlyMap<string, number> {
		return this.#sizes
	}
}
