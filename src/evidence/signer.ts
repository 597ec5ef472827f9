import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { isP256, toLowS } from './p256.ts'

/** Something that holds a P-256 key and signs with it: a key file, later a TPM or secure element. */
export interface Signer {
	/** The id under which verifiers know the key. */
	readonly kid: string
	readonly publicKey: KeyObject
	/** ES256 over `bytes`: 64 bytes, r and s, low s. Rejects when the key is out of reach. */
	sign(bytes: Uint8Array): Promise<Uint8Array>
}

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
		let pem: Buffer
		try {
			const { mode } = await stat(path)
			if ((mode & 0o077) !== 0) {
				return fail(
					'key-exposed',
					`${path}: others can read this key; chmod 600 it, or better make a new one`,
				)
			}
			pem = await readFile(path)
		} catch (error) {
			return fail('key-missing', `${path}: can't read the key (${(error as NodeJS.ErrnoException).code})`)
		}
		try {
			const key = createPrivateKey(pem)
			if (!isP256(key)) return fail('not-p256', `${path}: the key is not on the curve P-256`)
			return ok(new KeyFileSigner(kid, key))
		} catch {
			return fail('not-a-key', `${path}: not a private key in PEM`)
		}
	}

	async sign(bytes: Uint8Array): Promise<Uint8Array> {
		return toLowS(sign('sha256', bytes, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' }))
	}
}
