/** Opens sealed images, for custodians: a kiosk has nothing to do it with. */
import { createHash } from 'node:crypto'
import type { Decrypter } from 'age-encryption'
import { readCapped } from '../platform/files/capped-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { largestFrameBytes } from '../protocol/limits.ts'
import type { FileFacts, SealedFile } from './sealer.ts'

export type OpeningFault = Fault<
	'image-missing' | 'image-unreadable' | 'image-altered' | 'other-custodian' | 'not-age' | 'other-picture'
>

/** The largest picture that is taken in, sealed: 16 bytes for each 64 KiB, and a header. */
const largestSealed = largestFrameBytes + (largestFrameBytes >> 12) + (1 << 16)

/** The plain bytes of the file at `path`; without `expected` nothing says whether they are what was recorded. */
export async function openSealed(
	path: string,
	decrypter: Decrypter,
	expected?: SealedFile,
): Promise<Result<Uint8Array, OpeningFault>> {
	const read = await readCapped(path, largestSealed)
	if (!read.ok) {
		const missing = read.fault.code === 'file-missing'
		return fail(missing ? 'image-missing' : 'image-unreadable', read.fault.detail)
	}
	const sealed = read.value
	if (expected !== undefined && !areFacts(sealed, expected.sealed)) {
		return fail('image-altered', 'holds other bytes than the entry says')
	}
	let plain: Uint8Array
	try {
		plain = await decrypter.decrypt(sealed)
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error)
		if (/no identity matched/.test(why)) {
			return fail('other-custodian', 'was not sealed to this custodian')
		}
		return fail('not-age', 'is no whole file of age')
	}
	if (expected !== undefined && !areFacts(plain, expected.plain)) {
		return fail('other-picture', 'opens, and what was sealed in it is not what the entry says')
	}
	return ok(plain)
}

function areFacts(bytes: Uint8Array, { sha256, size }: FileFacts): boolean {
	return bytes.length === size && createHash('sha256').update(bytes).digest('hex') === sha256
}
