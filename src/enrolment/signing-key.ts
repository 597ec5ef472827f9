/** Where an identity's signing key is: in a file beside `identity.json`, or in a token. */
import { join } from 'node:path'
import type { TokenKeyFault } from '../evidence/pkcs11/key.ts'
import { TokenKey } from '../evidence/pkcs11/token.ts'
import { TokenSigner } from '../evidence/pkcs11/token-signer.ts'
import { type KeyFileFault, KeyFileSigner, type Signer } from '../evidence/signer.ts'
import type { Result } from '../platform/result.ts'

/** `key` in `identity.json`; a key file where it is not there. */
export const SigningKey = TokenKey.optional()
export type SigningKey = TokenKey | undefined

export const keyFile = 'key.pem'

/** Opens the key of the identity in `directory`. */
export function openSigner(
	directory: string,
	{ id, key }: { readonly id: string; readonly key?: SigningKey },
): Promise<Result<Signer, KeyFileFault | TokenKeyFault>> {
	return key === undefined
		? KeyFileSigner.open(id, join(directory, keyFile))
		: TokenSigner.open(id, key, directory)
}
