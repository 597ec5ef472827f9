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

/** The plain bytes of the file at `path`, as the entry says them. */
export async function openSealed(
	path: string,
	decrypter: Decrypter,
	expected: SealedFile,
): Promise<Result<Uint8Array, OpeningFault>> {
	const sealed = await readSealed(path)
	if (!sealed.ok) return sealed
	if (!areFacts(sealed.value.bytes, expected.sealed)) {
		return fail('image-altered', 'holds other bytes than the entry says')
	}
	const plain = await openBytes(sealed.value.bytes, decrypter)
	if (plain.ok && !areFacts(plain.value, expected.plain)) {
		return fail('other-picture', 'opens, and what was sealed in it is not what the entry says')
	}
	return plain
}

/** A sealed file as it lies there, with its SHA-256. */
export async function readSealed(
	path: string,
): Promise<Result<{ readonly bytes: Uint8Array; readonly sha256: string }, OpeningFault>> {
	const read = await readCapped(path, largestSealed)
	if (read.ok) return ok({ bytes: read.value, sha256: digestOf(read.value) })
	const missing = read.fault.code === 'file-missing'
	return fail(missing ? 'image-missing' : 'image-unreadable', read.fault.detail)
}

/** What was sealed; nothing says whether it is what was recorded. */
export async function openBytes(
	sealed: Uint8Array,
	decrypter: Decrypter,
): Promise<Result<Uint8Array, OpeningFault>> {
	try {
		return ok(await decrypter.decrypt(sealed))
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error)
		if (/no identity matched/.test(why)) {
			return fail('other-custodian', 'was not sealed to this custodian')
		}
		return fail('not-age', 'is no whole file of age')
	}
}

function areFacts(bytes: Uint8Array, { sha256, size }: FileFacts): boolean {
	return bytes.length === size && digestOf(bytes) === sha256
}

function digestOf(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}
