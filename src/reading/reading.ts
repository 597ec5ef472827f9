import type { Acta, PayloadFault } from '../acta/payload.ts'
import type { Fault } from '../platform/result.ts'
import type { MediaType, PictureFault } from './media-type.ts'
import type { Sighting } from './search/found-code.ts'
import type { PictureTrouble } from './trouble/picture-trouble.ts'

/** What an image says. Every image gives one of these; none makes the reader fail. */
export type Reading =
	/** A QR code that is an acta of this election; `text` is its text to the letter. */
	| { readonly kind: 'acta'; readonly text: string; readonly acta: Acta }
	/** A QR code that is not one, as its bytes; `text` is null where they are no printable text. */
	| {
			readonly kind: 'foreign'
			readonly bytes: Uint8Array
			readonly text: string | null
			readonly fault: PayloadFault
	  }
	/** A picture in which no code could be read, and why; or two actas in view: nobody knows which is meant. */
	| { readonly kind: 'unread'; readonly fault: PictureTrouble | Fault<'several-codes'> }
	/** Bytes that are no picture, or not a whole one, or too large a one, or one that nothing was got out of in time. */
	| { readonly kind: 'no-picture'; readonly fault: PictureFault }

export type ActaReading = Extract<Reading, { kind: 'acta' }>
export type UnreadReading = Exclude<Reading, { kind: 'acta' }>
/** What of `picture-search.ts` read a code: zxing over the whole picture, zxing at length, the known grid. */
export type StageName = 'whole' | 'small' | 'grid'

/** A reading, with what the picture was and what it took. */
export interface ReadingReport {
	readonly reading: Reading
	/** Null for `no-picture`. */
	readonly picture: { readonly mediaType: MediaType; readonly width: number; readonly height: number } | null
	/** Milliseconds of decoding to grey and of looking for a code. */
	readonly decodeMs: number
	readonly searchMs: number
	/** Of `searchMs`, the first try over the whole frame. */
	readonly firstMs: number
	/** What read the code; null when nothing did. */
	readonly stage: StageName | null
	/** Where the code lies, read or not; null when nothing looks like one. */
	readonly sighting: Sighting | null
}

/** Reads frames one after another, off the main thread, each within a deadline. */
export interface Reader {
	start(): Promise<void>
	/** The bytes stay the caller's: they are copied, not changed. */
	read(bytes: Uint8Array): Promise<ReadingReport>
	/**
	 * Whether it gives a sign of life, or reads, for which there is a deadline already. One that does neither is
	 * started anew, and may do so the next time.
	 */
	answers(): Promise<boolean>
	stop(): Promise<void>
}
