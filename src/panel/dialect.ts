/** How one kind of display is spoken to: bytes only, no port. It remembers what the display shows. */
import type { Fault } from '../platform/result.ts'
import type { Code } from './head-code.ts'
import type { Screen, Tone } from './screens.ts'

export interface Dialect {
	/** Bytes that make any display of this kind an empty one, also one that was cut off within a command. */
	greet(): Uint8Array
	/**
	 * What changes the display, as it was left by the bytes before, to this; none where it shows it already. What
	 * takes long comes in parts, of which each asking gives the next. A display that can't draw leaves the code out.
	 */
	draw(screen: Screen, tone: Tone, code?: Code | null): Uint8Array
	/** Bytes that change nothing. */
	readonly idle: Uint8Array
	/** Leaves the display empty: one that nobody writes to must not go on asking for actas. */
	readonly farewell: Uint8Array
	/** Takes what the display sends, cut anywhere, with anything in between. */
	hear(bytes: Uint8Array): readonly PanelInput[]
}

export type PanelInput =
	| { readonly kind: 'pressed' }
	| { readonly kind: 'released' }
	/** It was switched on anew, or lost something: it must be greeted again. */
	| { readonly kind: 'restarted' }
	| { readonly kind: 'refused'; readonly fault: Fault }
