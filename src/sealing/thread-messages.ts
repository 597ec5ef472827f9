/** What the sealer and its thread say to each other: each request has one answer. */

/** Given to the thread at its start. */
export interface SealerData {
	readonly custodians: readonly string[]
}

/** The first part of a file forgets whatever was begun before. */
export type Request =
	| { readonly ask: 'part'; readonly bytes: Uint8Array; readonly first: boolean }
	| { readonly ask: 'end' }

export type SealerAnswer =
	/** Sent once, unasked: the thread has sealed something for all custodians, or a recipient is none (by its place). */
	| { readonly kind: 'ready'; readonly refused: { readonly place: number; readonly why: string } | null }
	/** What has been sealed by now; possibly nothing. */
	| { readonly kind: 'sealed'; readonly bytes: Uint8Array }
	/** The rest, and what has been sealed in all, as digests in lower-case hex and bytes. */
	| { readonly kind: 'ended'; readonly bytes: Uint8Array; readonly plain: string; readonly sealed: string }
