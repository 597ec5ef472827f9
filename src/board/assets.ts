/** The files that the board's pages ask for. */ import type { Assets } from '../platform/http/assets.ts'

export const assets: Assets = new Map([
	[
		'client/board.js',
		{ url: new URL('./client/board.js', import.meta.url), mediaType: 'text/javascript; charset=utf-8' },
	],
	[
		'client/board.css',
		{ url: new URL('./client/board.css', import.meta.url), mediaType: 'text/css; charset=utf-8' },
	],
])
