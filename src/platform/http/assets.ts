/** Scripts, styles and pictures of our own pages: read once, served from memory. */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { readCapped } from '../files/capped-file.ts'
import type { WholeAnswer } from './exchange.ts'

export interface Asset {
	/** The file, as it lies in what is installed. */
	readonly url: URL
	readonly mediaType:
		| 'text/javascript; charset=utf-8'
		| 'text/css; charset=utf-8'
		| 'image/png'
		| 'image/svg+xml'
}

/** By the path at which pages ask for it, without its first stroke. */
export type Assets = ReadonlyMap<string, Asset>

/** Bytes: far over any of ours. */
const capBytes = 4 * 1024 * 1024

/** By path. Throws where one is not there: the program is not whole then. */
export async function loadAssets(assets: Assets): Promise<ReadonlyMap<string, WholeAnswer>> {
	const loaded = new Map<string, WholeAnswer>()
	for (const [name, { url, mediaType: type }] of assets) {
		const file = fileURLToPath(url)
		const read = await readCapped(file, capBytes)
		if (!read.ok) throw new Error(`${file}: ${read.fault.detail}`)
		const body = read.value
		const tag = createHash('sha256').update(body).digest('base64url')
		loaded.set(`/${name}`, { status: 200, type, body, tag, headers: { 'cache-control': 'no-cache' } })
	}
	return loaded
}
