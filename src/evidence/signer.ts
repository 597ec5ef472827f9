import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { isP256, toLowS } from './p256.ts'

const signInPool = promisify(sign)

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
			const file = await open(path)
			try {
				const { mode, uid } = await file.stat()
				if (isExposed(mode, uid, process.getuid?.() ?? uid)) {
					return fail(
						'key-exposed',
						`${path}: others can read this key; chmod 600 it, or better make a new one`,
					)
				}
				pem = await file.readFile()
			} finally {
				await file.close()
			}
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

	/** In the thread pool: a centre that answers thousands has another core for it. */
	async sign(bytes: Uint8Array): Promise<Uint8Array> {
		return toLowS(await signInPool('sha256', bytes, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' }))
	}
}

/**
 * True when others than we can get at a file of this mode and owner. systemd hands a credential to a service
 * that is not root's as root's file with an access list, whose mask shows as group read (0440) although no
 * group may read it: https://github.com/systemd/systemd/issues/29435
 */
export function isExposed(mode: number, owner: number, we: number): boolean {
	const tolerated = owner === 0 && we !== 0 ? 0o040 : 0
	return (mode & 0o077 & ~tolerated) !== 0
}
