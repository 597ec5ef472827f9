import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { openPrivateKeyFile, type PrivateKeyFileFault } from './keys/private-key-file.ts'
import { isP256, toLowS } from './p256.ts'

const signInPool = promisify(sign)

/** Something that holds a P-256 key and signs with it: a key file, a TPM, a secure element. */
export interface Signer {
	/** The id under which verifiers know the key. */
	readonly kid: string
	readonly publicKey: KeyObject
	/** ES256 over `bytes`: 64 bytes, r and s, low s. Rejects with `KeyOutOfReach` when the token fails. */
	sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** A token was taken out, or failed: `message` names it, and says what to look at. */
export class KeyUnavailable extends Error {}

export type KeyFileFault = PrivateKeyFileFault | Fault<'not-p256'>

/** Signs with a private key in PEM (PKCS #8) that only its owner can read. */
export class KeyFileSigner implements Signer {
	readonly kid: string
	readonly publicKey: KeyObject
	readonly #privateKey: KeyObject

	private constructor(kid: string, privateKey: KeyObject) {
		this.kid = kid
		this.#privateKey = privateKey
		this.publicKey = createPublicKey(privateKey)
	}

	static async open(kid: string, path: string): Promise<Result<KeyFileSigner, KeyFileFault>> {
		const key = await openPrivateKeyFile(path)
		if (!key.ok) return key
		return isP256(key.value)
			? ok(new KeyFileSigner(kid, key.value))
			: fail('not-p256', `${path}: the key is not on the curve P-256`)
	}

	/** In the thread pool: a centre that answers thousands has another core for it. */
	async sign(bytes: Uint8Array): Promise<Uint8Array> {
		return toLowS(await signInPool('sha256', bytes, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' }))
	}
}
