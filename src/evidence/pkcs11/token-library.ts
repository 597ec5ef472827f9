import { Mutex } from 'async-mutex'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { type Cryptoki, cryptokiErrorCode, type Library, loadCryptoki, reasonOf } from './cryptoki.ts'

export type LibraryFault = Fault<'no-pkcs11' | 'module-unusable'>

/**
 * By path. State of the process, since the standard has it so: a library is initialised once for all who use it,
 * and its end is the end of everybody's sessions (PKCS #11 v2.40 usage guide, section 2.6).
 */
const libraries = new Map<string, TokenLibrary>()

/** A token's library, and whose turn it is with it. */
export class TokenLibrary {
	readonly cryptoki: Cryptoki
	readonly calls: Library
	#generation = 0
	#doubted = true
	readonly #calling = new Mutex()
	#busy = false

	private constructor(cryptoki: Cryptoki, calls: Library) {
		this.cryptoki = cryptoki
		this.calls = calls
	}

	static async load(path: string): Promise<Result<TokenLibrary, LibraryFault>> {
		const cryptoki = await loadCryptoki()
		if (!cryptoki.ok) return cryptoki
		const known = libraries.get(path)
		if (known !== undefined) return ok(known)
		const calls = new cryptoki.value.PKCS11()
		try {
			calls.load(path)
		} catch (error) {
			return fail('module-unusable', `${path}: can't be loaded (${reasonOf(error)})`)
		}
		const library = new TokenLibrary(cryptoki.value, calls)
		libraries.set(path, library)
		// What a process leaves in a TPM without a resource manager stays there, until there is room for no more.
		// Not from under a call that is still under way.
		process.once('exit', () => library.#busy || library.#end())
		return ok(library)
	}

	/** One at a time: a session does one thing, and nothing may be under way when the library begins anew. */
	inTurn<T>(work: () => Promise<T>): Promise<T> {
		return this.#calling.runExclusive(() => {
			this.#busy = true
			return work().finally(() => {
				this.#busy = false
			})
		})
	}

	/** Sessions of an earlier one are gone. */
	get generation(): number {
		return this.#generation
	}

	/** Some libraries look for tokens only when they begin, and some never get over the loss of one. */
	doubt(): void {
		this.#doubted = true
	}

	/** Initialises it, where it is not or was doubted since. Throws when it can't be. */
	begin(): void {
		if (!this.#doubted) return
		const { CKF_OS_LOCKING_OK, CKR_CRYPTOKI_ALREADY_INITIALIZED } = this.cryptoki
		this.#end()
		this.#generation++
		try {
			this.calls.C_Initialize({ flags: CKF_OS_LOCKING_OK })
		} catch (error) {
			if (cryptokiErrorCode(error) !== CKR_CRYPTOKI_ALREADY_INITIALIZED) throw error
		}
		this.#doubted = false
	}

	#end(): void {
		if (this.#generation === 0) return
		try {
			this.calls.C_Finalize()
		} catch {
			// It has nothing to end.
		}
	}
}
