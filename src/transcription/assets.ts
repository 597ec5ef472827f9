/** The files that the reading station's pages ask for. */
import type { Assets } from '../platform/http/assets.ts'

export const readingAssets: Assets = new Map([
	[
		'client/reading.js',
		{ url: new URL('./client/reading.js', import.meta.url), mediaType: 'text/javascript; charset=utf-8' },
	],
	[
		'client/reading.css',
		{ url: new URL('./client/reading.css', import.meta.url), mediaType: 'text/css; charset=utf-8' },
	],
])
