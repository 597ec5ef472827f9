import type { KeyObject } from 'node:crypto'
import { type CappedFileFault, readCapped } from '../../platform/files/capped-file.ts'
import { type Fault, fail, type Result } from '../../platform/result.ts'
import { type PublicKeyFault, readPublicKey } from './key-file.ts'

export type PublicKeyFileFault = CappedFileFault | PublicKeyFault

/** Bytes: a public key has some 180, a certificate a few thousand. */
const cap = 64 * 1024

/** Reads a public key or certificate in PEM, such as a journal's `device.pem`. */
export function readPublicKeyFile(path: string): Promise<Result<KeyObject, PublicKeyFileFault>> {
	return readPemFile(path, readPublicKey)
}

/** Reads a small file of PEM. */
export async function readPemFile<T, C extends string>(
	path: string,
	read: (pem: string) => Result<T, Fault<C>>,
): Promise<Result<T, Fault<C | CappedFileFault['code']>>> {
	const bytes = await readCapped(path, cap)
	const found = bytes.ok ? read(bytes.value.toString('latin1')) : bytes
	return found.ok ? found : fail(found.fault.code, `${path}: ${found.fault.detail}`)
}
