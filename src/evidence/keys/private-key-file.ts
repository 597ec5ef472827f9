/** Files that hold one private key: PKCS #8 in PEM, which only its owner can read. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { makeFile } from '../../platform/files/durable.ts'
import { readSecretFile } from '../../platform/files/secret-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'

export type PrivateKeyFileFault = Fault<'key-missing' | 'key-exposed' | 'not-a-key'>

/** Throws EEXIST where the file is there. */
export async function makePrivateKeyFile(path: string, key: KeyObject): Promise<void> {
	await makeFile(path, key.export({ type: 'pkcs8', format: 'pem' }), 0o600)
}

/** A key of any kind. */
export async function openPrivateKeyFile(path: string): Promise<Result<KeyObject, PrivateKeyFileFault>> {
	const pem = await readSecretFile(path, 'key')
	if (!pem.ok) {
		const { code, detail } = pem.fault
		return fail(code === 'exposed' ? 'key-exposed' : code === 'missing' ? 'key-missing' : 'not-a-key', detail)
	}
	try {
		return ok(createPrivateKey(pem.value))
	} catch {
		return fail('not-a-key', `${path}: not a private key in PEM`)
	}
}
