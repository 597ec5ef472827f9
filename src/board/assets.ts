/** The files that pages ask for: where each lies, and what it is. */

export interface Asset {
	readonly url: URL
	readonly mediaType: 'text/javascript; charset=utf-8' | 'text/css; charset=utf-8'
}

/** By the path at which pages ask for it, without its first stroke. */
export const assets: ReadonlyMap<string, Asset> = new Map([
	[
		'client/board.js',
		{ url: new URL('./client/board.js', import.meta.url), mediaType: 'text/javascript; charset=utf-8' },
	],
	[
		'client/board.css',
		{ url: new URL('./client/board.css', import.meta.url), mediaType: 'text/css; charset=utf-8' },
	],
])
