/** Scripts, styles and pictures of our own pages: read once, served from memory under `/assets/`. */
import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readCapped } from '../files/capped-file.ts'
import type { WholeAnswer } from './exchange.ts'

/** By name (`board.js`, below `/assets/`), the file as it lies in what is installed. */
export type Assets = Readonly<Record<string, URL>>

const types: Readonly<Record<string, string>> = {
	'.css': 'text/css; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.png': 'image/png',
	'.svg': 'image/svg+xml',
}

/** Bytes: far over any of ours. */
const capBytes = 4 * 1024 * 1024

/** By path. Throws where one is not there: the program is not whole then. */
export async function loadAssets(assets: Assets): Promise<ReadonlyMap<string, WholeAnswer>> {
	const loaded = new Map<string, WholeAnswer>()
	for (const [name, url] of Object.entries(assets)) {
		const file = fileURLToPath(url)
		const type = types[extname(name)]
		const read = await readCapped(file, capBytes)
		if (!read.ok || type === undefined)
			throw new Error(`${file}: ${read.ok ? 'of no known type' : read.fault.detail}`)
		const body = read.value
		const tag = createHash('sha256').update(body).digest('base64url')
		loaded.set(`/assets/${name}`, { status: 200, type, body, tag, headers: { 'cache-control': 'no-cache' } })
	}
	return loaded
}
