/** The files that pages ask for, beside them: where each lies, and what it is. */

export interface Asset {
	readonly url: URL
	readonly mediaType: 'text/javascript; charset=utf-8' | 'text/css; charset=utf-8' | 'image/svg+xml'
}

/** By the path at which pages ask for it. */
export const assets: ReadonlyMap<string, Asset> = new Map([
	[
		'/client/board.js',
		{ url: new URL('../client/board.js', import.meta.url), mediaType: 'text/javascript; charset=utf-8' },
	],
	[
		'/client/board.css',
		{ url: new URL('../client/board.css', import.meta.url), mediaType: 'text/css; charset=utf-8' },
	],
])
