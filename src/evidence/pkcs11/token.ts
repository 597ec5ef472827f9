/**
 * A session with one token, by PKCS #11: TPM, secure element, smart card, SoftHSM. The calls, but for those that
 * make a key or sign, hold the event loop: some 20 ms when a session is opened.
 */
import { resolve } from 'node:path'
import * as z from 'zod'
import { readSecretFile } from '../../platform/files/secret-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { cryptokiErrorCode, type Handle, reasonOf } from './cryptoki.ts'
import { type LibraryFault, TokenLibrary } from './token-library.ts'

/** Where a key in a token is: what `identity.json` says of it. */
export const TokenKey = z.strictObject({
	kind: z.literal('pkcs11'),
	/** The token's library. It is code that will run here, so nothing is searched for. */
	module: z.string().max(4096).regex(/^\//, 'the whole path of a library'),
	/** The token's label, and its serial number where several bear that label. */
	token: z.string().min(1).max(32),
	serial: z.string().min(1).max(16).optional(),
	/** The key's label. */
	label: z.string().min(1).max(64),
	/** A file that holds the PIN; a relative path begins at the identity's directory. */
	pinFile: z.string().min(1).max(4096),
})
export type TokenKey = z.infer<typeof TokenKey>

export type TokenFault =
	| LibraryFault
	| Fault<
			| 'token-missing'
			| 'token-ambiguous'
			| 'token-locked'
			| 'token-failed'
			| 'pin-missing'
			| 'pin-exposed'
			| 'pin-refused'
	  >

export interface TokenSession {
	readonly library: TokenLibrary
	readonly handle: Handle
	/** Of the library, when it was opened. */
	readonly generation: number
}

export class Token {
	readonly place: TokenKey
	readonly library: TokenLibrary
	readonly #directory: string
	#session: TokenSession | undefined
	/** A PIN that the token did not take is not tried again: some tokens lock themselves at the third. */
	#refusedPin: string | undefined

	private constructor(place: TokenKey, directory: string, library: TokenLibrary) {
		this.place = place
		this.library = library
		this.#directory = directory
	}

	/** `directory` is where relative paths begin. Everything else is to be called in the library's turn. */
	static async load(place: TokenKey, directory: string): Promise<Result<Token, LibraryFault>> {
		const library = await TokenLibrary.load(place.module)
		return library.ok ? ok(new Token(place, directory, library.value)) : library
	}

	/** How people know it. */
	get name(): string {
		return `token "${this.place.token}"`
	}

	/** A new session, logged in, in place of an earlier one. A token that was away is found again. */
	async open(writable = false): Promise<Result<TokenSession, TokenFault>> {
		const pin = await this.#pin()
		if (!pin.ok) return pin
		this.close()
		const opened = this.#open(pin.value, writable)
		if (opened.ok || (opened.fault.code !== 'token-missing' && opened.fault.code !== 'token-failed')) {
			return opened
		}
		this.library.doubt()
		return this.#open(pin.value, writable)
	}

	#open(pin: string, writable: boolean): Result<TokenSession, TokenFault> {
		const { library } = this
		const { calls, cryptoki } = library
		try {
			library.begin()
			const slot = this.#slot()
			if (!slot.ok) return slot
			const flags = cryptoki.CKF_SERIAL_SESSION | (writable ? cryptoki.CKF_RW_SESSION : 0)
			const handle = calls.C_OpenSession(slot.value, flags)
			this.#session = { library, handle, generation: library.generation }
			try {
				calls.C_Login(handle, cryptoki.CKU_USER, pin)
			} catch (error) {
				if (this.#isOfPin(error)) {
					this.#refusedPin = pin
					return fail('pin-refused', `${this.name}: does not take the PIN (${reasonOf(error)})`)
				}
				// A TPM takes a power cut for a wrong try, and after some of both waits before it takes the right one.
				if (cryptokiErrorCode(error) === cryptoki.CKR_PIN_LOCKED) {
					return fail('token-locked', `${this.name}: has locked itself after wrong PINs, or power cuts`)
				}
				if (cryptokiErrorCode(error) !== cryptoki.CKR_USER_ALREADY_LOGGED_IN) throw error
			}
			return ok(this.#session)
		} catch (error) {
			return this.failed(error)
		}
	}

	/** The fault of a call that failed; the library begins anew before the next session. */
	failed(error: unknown): { readonly ok: false; readonly fault: TokenFault } {
		this.library.doubt()
		return fail('token-failed', `${this.name}: ${reasonOf(error)}; is it there, and does it answer?`)
	}

	close(): void {
		const session = this.#session
		this.#session = undefined
		if (session === undefined || session.generation !== this.library.generation) return
		try {
			this.library.calls.C_CloseSession(session.handle)
		} catch {
			// It went with the token.
		}
	}

	#slot(): Result<Handle, TokenFault> {
		const { token, serial, module } = this.place
		const { calls } = this.library
		const found = calls
			.C_GetSlotList(true)
			.map((slot) => ({ slot, info: calls.C_GetTokenInfo(slot) }))
			.filter(({ info }) => unpadded(info.label) === token)
			.filter(({ info }) => serial === undefined || unpadded(info.serialNumber) === serial)
		const [only, ...others] = found
		if (only === undefined) {
			const numbered = serial === undefined ? '' : ` with serial number ${serial}`
			return fail('token-missing', `${this.name}${numbered}: not there, as ${module} sees it`)
		}
		if (others.length > 0) {
			return fail('token-ambiguous', `${this.name}: ${found.length} bear this label; name the serial number`)
		}
		if ((only.info.flags & this.library.cryptoki.CKF_USER_PIN_FINAL_TRY) !== 0) {
			return fail('pin-refused', `${this.name}: the last try is left for its PIN; log in by hand first`)
		}
		return ok(only.slot)
	}

	async #pin(): Promise<Result<string, TokenFault>> {
		const path = resolve(this.#directory, this.place.pinFile)
		const read = await readSecretFile(path, 'PIN')
		if (!read.ok) {
			const { code, detail } = read.fault
			return fail(code === 'exposed' ? 'pin-exposed' : 'pin-missing', detail)
		}
		const pin = read.value.toString('utf8').replace(/\r?\n$/, '')
		if (pin !== this.#refusedPin) return ok(pin)
		return fail('pin-refused', `${path}: ${this.name} did not take this PIN; put the right one there`)
	}

	#isOfPin(error: unknown): boolean {
		const { CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE } = this.library.cryptoki
		const code = cryptokiErrorCode(error)
		return code === CKR_PIN_INCORRECT || code === CKR_PIN_INVALID || code === CKR_PIN_LEN_RANGE
	}
}

/** Texts of fixed length, filled up with blanks (v2.40, section 3.2) or, by some, with NUL. */
function unpadded(text: string): string {
	return text.replace(/[ \0]+$/, '')
}
