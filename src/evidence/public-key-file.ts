import type { KeyObject } from 'node:crypto'
import { type CappedFileFault, readCapped } from '../platform/capped-file.ts'
import { fail, type Result } from '../platform/result.ts'
import { type PublicKeyFault, readPublicKey } from './identity.ts'

export type PublicKeyFileFault = CappedFileFault | PublicKeyFault

/** Bytes: a public key has some 180, a certificate a few thousand. */
const cap = 64 * 1024

/** Reads a public key or certificate in PEM, such as a journal's `device.pem`. */
export async function readPublicKeyFile(path: string): Promise<Result<KeyObject, PublicKeyFileFault>> {
	const bytes = await readCapped(path, cap)
	const read = bytes.ok ? readPublicKey(bytes.value.toString('latin1')) : bytes
	return read.ok ? read : fail(read.fault.code, `${path}: ${read.fault.detail}`)
}
