import { createHash, type KeyObject } from 'node:crypto'
import { type Fault, ok, type Result } from '../../platform/result.ts'
import { signatureLength, toLowS, verifies } from '../p256.ts'
import { KeyUnavailable, type Signer } from '../signer.ts'
import type { Handle } from './cryptoki.ts'
import { findKey, type TokenKeyFault } from './key.ts'
import { Token, type TokenKey, type TokenSession } from './token.ts'

interface Open {
	readonly session: TokenSession
	readonly privateKey: Handle
}

/**
 * Signs with a key that was made in a token and can't leave it. When the token was taken out, or has failed, the
 * signature is refused and says so; the next one looks for the token again, and for the same key in it.
 */
export class TokenSigner implements Signer {
	readonly kid: string
	readonly publicKey: KeyObject
	readonly #token: Token
	#open: Open | undefined

	private constructor(kid: string, publicKey: KeyObject, token: Token, open: Open) {
		this.kid = kid
		this.publicKey = publicKey
		this.#token = token
		this.#open = open
	}

	/** `directory` is where a relative path of the PIN begins. */
	static async open(
		kid: string,
		place: TokenKey,
		directory: string,
	): Promise<Result<TokenSigner, TokenKeyFault>> {
		const loaded = await Token.load(place, directory)
		if (!loaded.ok) return loaded
		const token = loaded.value
		return await token.library.inTurn(async () => {
			const session = await token.open()
			if (!session.ok) return session
			const key = findKey(token, session.value)
			if (!key.ok) return key
			const { publicKey, privateKey } = key.value
			return ok(new TokenSigner(kid, publicKey, token, { session: session.value, privateKey }))
		})
	}

	/** In the thread pool, while the token works. */
	sign(bytes: Uint8Array): Promise<Uint8Array> {
		return this.#token.library.inTurn(() => this.#sign(bytes))
	}

	async #sign(bytes: Uint8Array): Promise<Uint8Array> {
		const { library } = this.#token
		if (this.#open?.session.generation !== library.generation) this.#open = await this.#reopen()
		const { session, privateKey } = this.#open
		let signature: Buffer
		try {
			library.calls.C_SignInit(session.handle, { mechanism: library.cryptoki.CKM_ECDSA }, privateKey)
			const digest = createHash('sha256').update(bytes).digest()
			signature = await library.calls.C_SignAsync(session.handle, digest, Buffer.alloc(signatureLength))
		} catch (error) {
			this.#open = undefined
			throw thrown(this.#token.failed(error))
		}
		// A false one would end the chain of entries.
		if (signature.length !== signatureLength || !verifies(bytes, signature, this.publicKey)) {
			this.#open = undefined
			throw new KeyUnavailable(`${this.#token.name}: its signature does not verify`)
		}
		return toLowS(signature)
	}

	async #reopen(): Promise<Open> {
		const session = await this.#token.open()
		if (!session.ok) throw thrown(session)
		const key = findKey(this.#token, session.value)
		if (!key.ok) throw thrown(key)
		if (!key.value.publicKey.equals(this.publicKey)) {
			throw new KeyUnavailable(`${this.#token.name}: holds another key of that name; is it the right token?`)
		}
		return { session: session.value, privateKey: key.value.privateKey }
	}
}

function thrown({ fault }: { readonly fault: Fault }): KeyUnavailable {
	return new KeyUnavailable(fault.detail)
}
