import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { readSecretFile } from '../platform/files/secret-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
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

export type KeyFileFault = Fault<'key-missing' | 'key-exposed' | 'not-a-key' | 'not-p256'>

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
		const pem = await readSecretFile(path, 'key')
		if (!pem.ok) {
			const { code, detail } = pem.fault
			return fail(
				code === 'exposed' ? 'key-exposed' : code === 'missing' ? 'key-missing' : 'not-a-key',
				detail,
			)
		}
		try {
			const key = createPrivateKey(pem.value)
			if (!isP256(key)) return fail('not-p256', `${path}: the key is not on the curve P-256`)
			return ok(new KeyFileSigner(kid, key))
		} catch {
			return fail('not-a-key', `${path}: not a private key in PEM`)
		}
	}

	/** In the thread pool: a centre that answers thousands has another core for it. */
	async sign(bytes: Uint8Array): Promise<Uint8Array> {
		return toLowS(await signInPool('sha256', bytes, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' }))
	}
}
