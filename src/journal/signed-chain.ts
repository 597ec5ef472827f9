/**
 * What a reading station or an officer signs, on an offline laptop, beside its key: `transcriptions.jws`,
 * `rulings.jws`, one signed object a line.
 *
 * INVARIANTS
 * - Only what is synced is reported as appended, or is in `all`.
 * - One writer, held by a lock. The objects form one chain; nothing is rewritten, nothing deleted.
 * - After a failed append nothing is appended: what became of that object only another opening finds out.
 */
import { join } from 'node:path'
import type { ChainKind, ChainObject } from '../evidence/chain.ts'
import type { Position } from '../evidence/fields.ts'
import { genesisOf, type Identity } from '../evidence/identity.ts'
import { longestJws } from '../evidence/jws.ts'
import { openRuling, type Ruling, rulingChain, type SignedRuling, signRuling } from '../evidence/ruling.ts'
import { KeyUnavailable, type Signer } from '../evidence/signer.ts'
import {
	openTranscription,
	type SignedTranscription,
	signTranscription,
	type Transcription,
	transcriptionChain,
} from '../evidence/transcription.ts'
import { AppendFile, makeDirectory } from '../platform/files/durable.ts'
import type { Quarantined } from '../platform/files/torn-tail.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type DiskFault, diskFault } from './disk-fault.ts'
import { Lock, type LockFault } from './lock.ts'
import { type RecoveryFault, recover } from './recovery.ts'

/** How one kind of them is kept: `T` as it is signed, `P` what is signed. */
export interface ChainFile<T extends ChainObject, P> {
	readonly name: string
	readonly chain: ChainKind<T>
	readonly sign: (payload: P, signer: Signer) => Promise<T>
	readonly open: (text: string, by: Identity) => Result<T>
}

export const transcriptionsFile: ChainFile<SignedTranscription, Transcription> = {
	name: 'transcriptions.jws',
	chain: transcriptionChain,
	sign: signTranscription,
	open: openTranscription,
}

export const rulingsFile: ChainFile<SignedRuling, Ruling> = {
	name: 'rulings.jws',
	chain: rulingChain,
	sign: signRuling,
	open: openRuling,
}

/** What the chain itself fills in is left out. */
export type Unlinked<P> = P extends unknown
	? { [K in keyof P as K extends 'seq' | 'prev' ? never : K]: P[K] }
	: never

/** `locked`: another window or command has it open. */
export type SignedChainFault = LockFault | RecoveryFault | DiskFault

/**
 * `chain-broken`: an append failed before; open the chain anew. `key-unavailable`: the token was taken out. `key-broken`:
 * what the key signs does not verify.
 */
export type SignedChainAppendFault = DiskFault | Fault<'chain-broken' | 'key-unavailable' | 'key-broken'>

export class SignedChain<T extends ChainObject, P extends object> {
	readonly path: string
	/** A torn last line that was set aside; null normally. */
	readonly quarantined: Quarantined | null
	readonly kept: ChainFile<T, P>
	readonly #signer: Signer
	readonly #lock: Lock
	readonly #file: AppendFile
	readonly #all: T[]
	#appending: Promise<unknown> = Promise.resolve()

	private constructor(kept: ChainFile<T, P>, signer: Signer, { lock, file, all, quarantined }: Opened<T>) {
		this.path = file.path
		this.quarantined = quarantined
		this.kept = kept
		this.#signer = signer
		this.#lock = lock
		this.#file = file
		this.#all = all
	}

	/** Opens the chain in `directory`, or begins one there, and checks all of it. Whoever opened it closes it. */
	static async open<T extends ChainObject, P extends object>(
		directory: string,
		kept: ChainFile<T, P>,
		signer: Signer,
	): Promise<Result<SignedChain<T, P>, SignedChainFault>> {
		let lock: Lock | undefined
		let chain: SignedChain<T, P> | undefined
		try {
			await makeDirectory(directory)
			const taken = await Lock.take(join(directory, 'lock'))
			if (!taken.ok) return taken
			lock = taken.value
			const path = join(directory, kept.name)
			const all: T[] = []
			const identity = { id: signer.kid, publicKey: signer.publicKey }
			const recovered = await recover(path, kept.chain, identity, (signed) => all.push(signed))
			if (!recovered.ok) return recovered
			const file = await AppendFile.open(path, longestJws + 1)
			chain = new SignedChain(kept, signer, { lock, file, all, quarantined: recovered.value.quarantined })
			return ok(chain)
		} catch (error) {
			return { ok: false, fault: diskFault(error, `${directory}: can't be kept here`) }
		} finally {
			if (chain === undefined) await lock?.release()
		}
	}

	/** All that was signed, in order. */
	get all(): readonly T[] {
		return this.#all
	}

	/** Null before the first. */
	get last(): Position | null {
		const last = this.#all.at(-1)
		return last === undefined ? null : this.kept.chain.linkOf(last)
	}

	/**
	 * Signs `payload` as the next, and resolves with it when it is on the disk; in the order of the calls. Throws (a bug)
	 * on what nobody would take in.
	 */
	append(payload: Unlinked<P>): Promise<Result<T, SignedChainAppendFault>> {
		const appended = this.#appending.then(() => this.#append(payload))
		this.#appending = appended.catch(() => {})
		return appended
	}

	async #append(payload: Unlinked<P>): Promise<Result<T, SignedChainAppendFault>> {
		if (this.#file.broken) return fail('chain-broken', `${this.path}: was not written before: begin again`)
		const { last } = this
		const link = { seq: (last?.seq ?? 0) + 1, prev: last?.id ?? genesisOf(this.#signer.publicKey) }
		try {
			const signed = await this.kept.sign({ ...payload, ...link } as unknown as P, this.#signer)
			const { kid: id, publicKey } = this.#signer
			const opened = this.kept.open(signed.text, { id, publicKey })
			if (!opened.ok) return fail('key-broken', `what the key of ${id} signs does not verify`)
			await this.#file.append(Buffer.from(`${signed.text}\n`))
			this.#all.push(signed)
			return ok(signed)
		} catch (error) {
			if (error instanceof KeyUnavailable) return fail('key-unavailable', error.message)
			if (!this.#file.broken) throw error
			return { ok: false, fault: diskFault(error, `${this.path}: not written`) }
		}
	}

	/** Waits for what is being appended. */
	async close(): Promise<void> {
		await this.#appending
		await this.#file.close()
		await this.#lock.release()
	}
}

interface Opened<T extends ChainObject> {
	readonly lock: Lock
	readonly file: AppendFile
	readonly all: T[]
	readonly quarantined: Quarantined | null
}
