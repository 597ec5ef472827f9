/** The keys of logs and witnesses as files, each its owner's alone. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
	makePrivateKeyFile,
	openPrivateKeyFile,
	type PrivateKeyFileFault,
} from '../evidence/keys/private-key-file.ts'
import { type Fault, fail, type Result } from '../platform/result.ts'

export type Ed25519KeyFileFault = PrivateKeyFileFault | Fault<'not-ed25519'>

/** A new key. Throws EEXIST where the file is there. */
export async function makeEd25519KeyFile(path: string): Promise<KeyObject> {
	const { privateKey } = generateKeyPairSync('ed25519')
	await makePrivateKeyFile(path, privateKey)
	return privateKey
}

export async function openEd25519KeyFile(path: string): Promise<Result<KeyObject, Ed25519KeyFileFault>> {
	const key = await openPrivateKeyFile(path)
	if (!key.ok || key.value.asymmetricKeyType === 'ed25519') return key
	return fail('not-ed25519', `${path}: the key is not one of Ed25519, as logs and witnesses sign with`)
}
