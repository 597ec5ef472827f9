/** Images that entries name, held against the folder that should have them. */
import type { SignedEntry } from '../evidence/entry.ts'
import type { Position } from '../evidence/fields.ts'
import {
	checkStoredImage,
	type StoredImage,
	type StoredImageFault,
	storedImagesOf,
} from '../journal/stored-image.ts'
import type { AuditProgress } from './audit-progress.ts'

/** An image, and the entry that named it first. */
export interface NamedImage extends StoredImage, Position {
	readonly line: number
	readonly device: string
}

export interface ImagesFound {
	readonly named: number
	readonly present: number
	/** Not there, and need not be. */
	readonly excused: readonly NamedImage[]
	readonly missing: number
	readonly altered: number
}

export class NamedImages {
	readonly #named = new Map<string, NamedImage>()

	note(line: number, { entry, id }: Pick<SignedEntry, 'entry' | 'id'>): void {
		for (const image of storedImagesOf(entry)) {
			const key = `${image.sha256} ${image.size}`
			const { device, seq } = entry
			if (!this.#named.has(key)) this.#named.set(key, { ...image, line, device, seq, id })
		}
	}

	/** `report` gets each image that is at fault. */
	async audit(
		folder: string,
		progress: AuditProgress,
		mayBeMissing: (image: NamedImage) => boolean,
		report: (image: NamedImage, fault: StoredImageFault) => void,
	): Promise<ImagesFound> {
		const excused: NamedImage[] = []
		const found = { named: this.#named.size, present: 0, missing: 0, altered: 0 }
		let done = 0
		for (const image of this.#named.values()) {
			const checked = await checkStoredImage(folder, image)
			progress('images', ++done, found.named)
			if (checked.ok) {
				found.present++
			} else if (checked.fault.code === 'image-missing' && mayBeMissing(image)) {
				excused.push(image)
			} else {
				report(image, checked.fault)
				if (checked.fault.code === 'image-altered') found.altered++
				else found.missing++
			}
		}
		return { ...found, excused }
	}
}
