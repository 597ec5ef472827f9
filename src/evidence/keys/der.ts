/** DER (X.690) as far as keys and certificates need it: lengths in their shortest spelling, of at most two bytes. */

export interface DerElement {
	readonly tag: number
	/** Tag, length and content. */
	readonly all: Buffer
	readonly content: Buffer
}

/** Bytes that are no DER, or not what should stand there. */
export class DerError extends Error {}

/** The elements of which `bytes` are made, one after another. Throws a `DerError`. */
export function derElements(bytes: Buffer): DerElement[] {
	const found: DerElement[] = []
	for (let at = 0; at < bytes.length; ) {
		const octets = Math.max((bytes[at + 1] ?? 0x80) - 0x80, 0)
		const start = at + 2 + octets
		if ((bytes[at + 1] ?? 0x80) === 0x80 || octets > 2 || start > bytes.length) throw new DerError()
		const length = octets === 0 ? (bytes[at + 1] ?? 0) : bytes.readUIntBE(at + 2, octets)
		const end = start + length
		if (end > bytes.length || (octets > 0 && length < (octets === 1 ? 0x80 : 0x100))) throw new DerError()
		found.push({ tag: bytes[at] ?? 0, all: bytes.subarray(at, end), content: bytes.subarray(start, end) })
		at = end
	}
	return found
}

/** The elements of `bytes`, which must bear these tags, in this order. Throws a `DerError`. */
export function derOf<const T extends readonly number[]>(
	bytes: Buffer,
	...tags: T
): { [K in keyof T]: DerElement } {
	const found = derElements(bytes)
	if (found.length !== tags.length || found.some(({ tag }, index) => tag !== tags[index]))
		throw new DerError()
	return found as { [K in keyof T]: DerElement }
}
