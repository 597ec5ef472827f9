/** The files that the board's pages ask for. */
import type { Asset, Assets } from '../platform/http/assets.ts'

export const assets: Assets = new Map([
	script('board.js', new URL('./client/board.js', import.meta.url)),
	script('exchange.js', new URL('./client/exchange.js', import.meta.url)),
	script('follow.js', new URL('./client/follow.js', import.meta.url)),
	script('rows.js', new URL('./client/rows.js', import.meta.url)),
	script('time.js', new URL('./client/time.js', import.meta.url)),
	[
		'client/board.css',
		{ url: new URL('./client/board.css', import.meta.url), mediaType: 'text/css; charset=utf-8' },
	],
	['client/icon.svg', { url: new URL('./client/icon.svg', import.meta.url), mediaType: 'image/svg+xml' }],
])

function script(name: string, url: URL): readonly [string, Asset] {
	return [`client/${name}`, { url, mediaType: 'text/javascript; charset=utf-8' }]
}
