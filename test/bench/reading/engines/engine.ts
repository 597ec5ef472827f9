/** One reader under test. All are asked for QR codes only. */

export interface Frame {
	/** The file as a camera or scanner would give it. */
	readonly bytes: Uint8Array
	/** The same decoded to grey, row by row; engines other than ours get this and are not charged for decoding. */
	readonly grey: { readonly plane: Uint8Array; readonly width: number; readonly height: number }
}

export interface Answer {
	/** Of every code found. */
	readonly texts: readonly string[]
	/** Milliseconds of processor time; null where it can't be told. */
	readonly cpuMs: number | null
	readonly wallMs: number
	readonly parts?: { readonly decodeMs: number; readonly searchMs: number; readonly firstMs: number }
}

export interface Engine {
	/** Resolves to false where the engine is not installed. */
	start(): Promise<boolean>
	/** Rejects when the engine breaks or takes too long; the engine can be asked again all the same. */
	read(frame: Frame): Promise<Answer>
	stop(): Promise<void>
}
