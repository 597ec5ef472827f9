/** Where a signing key is: in a file of its owner's directory, or in a token. Making it there, and opening it. */
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { makePrivateKeyFile } from '../evidence/keys/private-key-file.ts'
import { makeKey, type TokenKeyFault } from '../evidence/pkcs11/key.ts'
import { TokenKey } from '../evidence/pkcs11/token.ts'
import { TokenSigner } from '../evidence/pkcs11/token-signer.ts'
import { type KeyFileFault, KeyFileSigner, type Signer } from '../evidence/signer.ts'
import type { Result } from '../platform/result.ts'

/** `key` in `identity.json`; a key file where it is not there. */
export const SigningKey = TokenKey.optional()
export type SigningKey = TokenKey | undefined

/** A token that the key is to be made in; the key bears the pseudonym. */
export type TokenToUse = Omit<TokenKey, 'label'>

/** Throws EEXIST where the file is there. */
export async function makeKeyFile(id: string, path: string): Promise<Result<KeyFileSigner, KeyFileFault>> {
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	await makePrivateKeyFile(path, privateKey)
	return KeyFileSigner.open(id, path)
}

/** In the token it stays: the caller has made sure that `directory`, whose key it is to be, is not taken. */
export async function makeTokenKey(
	id: string,
	key: TokenKey,
	directory: string,
): Promise<Result<Signer, TokenKeyFault>> {
	const made = await makeKey(key, directory)
	return made.ok ? await TokenSigner.open(id, key, directory) : made
}

/** Opens the key that belongs to `directory`: in the token where `key` names one, else in `file`. */
export function openSigner(
	directory: string,
	{ id, key, file }: { readonly id: string; readonly key?: SigningKey; readonly file: string },
): Promise<Result<Signer, KeyFileFault | TokenKeyFault>> {
	return key === undefined
		? KeyFileSigner.open(id, join(directory, file))
		: TokenSigner.open(id, key, directory)
}
