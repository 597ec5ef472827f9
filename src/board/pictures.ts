/** Public pictures that the centre holds, by their digests: the one thing on the board that is not made of records. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Semaphore } from 'async-mutex'
import { addressOf } from '../platform/files/durable.ts'
import type { ForeignFiles } from '../platform/files/foreign-file.ts'
import { plainAnswer, type Route, type WholeAnswer } from '../platform/http/exchange.ts'

/** Bytes: far over a part of a paper. */
const capBytes = 8 * 1024 * 1024

/** Read at the same time: each is held whole. Others wait, as many as there are connections. */
const mostAtOnce = 4

export interface PicturesParts {
	/** The centre's. */
	readonly directory: string
	readonly files: ForeignFiles
	/** A picture that may be shown. */
	readonly isPublic: (sha256: string) => boolean
}

export function pictureRoute({ directory, files, isPublic }: PicturesParts): Route {
	const turns = new Semaphore(mostAtOnce)
	const read = async (sha256: string): Promise<WholeAnswer> => {
		const picture = await files.read(addressOf(join(directory, 'images'), sha256), capBytes)
		if (!picture.ok) return plainAnswer(404, 'this picture is not here')
		const { bytes: body } = picture.value
		const type = typeOf(body)
		const isWhole = createHash('sha256').update(body).digest('hex') === sha256
		if (type === null || !isWhole) return plainAnswer(404, 'this picture is not here')
		const headers = { 'cache-control': 'private, max-age=86400, immutable' }
		return { status: 200, type, body, headers, tag: sha256 }
	}
	return {
		method: 'GET',
		path: '/picture/:sha256',
		async answer({ parameters: { sha256 = '' } }) {
			if (!/^[0-9a-f]{64}$/.test(sha256) || !isPublic(sha256)) return plainAnswer(404, 'no public picture')
			return await turns.runExclusive(() => read(sha256))
		},
	}
}

/** By how it begins: nothing that a browser could take for a page. */
function typeOf(bytes: Buffer): string | null {
	if (bytes.subarray(0, 3).toString('hex') === 'ffd8ff') return 'image/jpeg'
	if (bytes.subarray(0, 8).toString('hex') === '89504e470d0a1a0a') return 'image/png'
	return null
}
