/**
 * Who opened which images, when and why: a `testigo-unsealing+jws` a line, chained as a device's entries are.
 *
 * By which key. Not one that lies on the machine: who may write the log there would have it too. The key that signs a
 * line is derived from the custodian's (HKDF-SHA256, RFC 5869, of the text "AGE-SECRET-KEY-1…"): it exists while
 * images are opened and is kept nowhere, only who could open signs, and a thief of machine and log alters no line.
 * Its public half stands in each line, and its id is made of it. Who has the custodian's key itself can write another
 * log, or open with age alone: so the last line's words are told at each unsealing, to be written into the minutes.
 *
 * INVARIANT: a line is on the disk before an image that it names is opened.
 */
import {
	createECDH,
	createHash,
	createPrivateKey,
	createPublicKey,
	hkdfSync,
	type JsonWebKey,
	type KeyObject,
	sign,
} from 'node:crypto'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { keyOf } from '../evidence/authority/registry.ts'
import { FileDigest, Instant, ObjectId, Seq } from '../evidence/fields.ts'
import { genesisOf, spkiOf } from '../evidence/identity.ts'
import { type JwsFault, parseJws, signJws, verifyJws } from '../evidence/jws.ts'
import { type MeaningFault, readPayload } from '../evidence/open.ts'
import { order, toLowS } from '../evidence/p256.ts'
import type { Signer } from '../evidence/signer.ts'
import { Lock, type LockFault } from '../journal/lock.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { LineLog } from '../platform/files/line-log.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** Images that a line names at most: some 25 KB. */
export const mostImagesOfLine = 256

/** Characters of who and why. */
export const longestReason = 500

const Words = z.string().trim().min(1).max(longestReason)

const Unsealing = z.looseObject({
	v: z.literal(1),
	seq: Seq,
	/** Id of the line before; of the first, of the public key, as of a device's first entry. */
	prev: ObjectId,
	time: Instant,
	/** Public key of the signature, SPKI in DER, base64url. */
	key: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
	/** To whom the images are sealed, as kiosks name it. */
	custodian: z.string().regex(/^age1[02-9ac-hj-np-z]{20,4000}$/),
	/** Numbers of the shares that were brought; null for a key in one piece. */
	shares: z.array(z.int().min(1).max(15)).nullable(),
	who: Words,
	why: Words,
	/** SHA-256 of the sealed files. */
	images: z.array(FileDigest).min(1).max(mostImagesOfLine),
})
type Unsealing = z.infer<typeof Unsealing>

export interface UnsealingLine {
	readonly unsealing: Unsealing
	readonly by: string
	readonly id: string
}

/** What is the same of each line of a run. */
export type UnsealingReason = Pick<Unsealing, 'custodian' | 'shares' | 'who' | 'why'>

export type LogFault =
	| JwsFault
	| MeaningFault
	| Fault<'log-missing' | 'log-unreadable' | 'wrong-key' | 'wrong-seq' | 'wrong-prev'>

/** A log, as far as it is right; `fault` is that of the first line that is not. */
export interface VerifiedLog {
	readonly lines: readonly UnsealingLine[]
	readonly fault: LogFault | null
}

/** Bytes: ten times what all pictures of an election take. */
const cap = 64 << 20

export async function verifyUnsealings(path: string): Promise<VerifiedLog> {
	const bytes = await readCapped(path, cap)
	if (!bytes.ok) {
		const missing = bytes.fault.code === 'file-missing'
		const code = missing ? 'log-missing' : 'log-unreadable'
		return { lines: [], fault: { code, detail: `${path}: ${bytes.fault.detail}` } }
	}
	const lines: UnsealingLine[] = []
	for (const text of bytes.value.toString('latin1').split('\n')) {
		if (text === '' && lines.length > 0) continue
		const line = openLine(text, lines.at(-1))
		if (!line.ok) {
			const detail = `${path}, line ${lines.length + 1}: ${line.fault.detail}`
			return { lines, fault: { code: line.fault.code, detail } }
		}
		lines.push(line.value)
	}
	return { lines, fault: null }
}

function openLine(text: string, before: UnsealingLine | undefined): Result<UnsealingLine, LogFault> {
	const parsed = parseJws(text, 'unsealing')
	if (!parsed.ok) return parsed
	const payload = readPayload(parsed.value, Unsealing)
	if (!payload.ok) return payload
	const publicKey = keyOf(payload.value.key)
	if (publicKey === null || idOf(publicKey) !== parsed.value.kid) {
		return fail('wrong-key', 'its key is not the one by which it is signed')
	}
	const verified = verifyJws(parsed.value, { id: parsed.value.kid, publicKey })
	if (!verified.ok) return verified
	const { seq, prev } = payload.value
	const due = (before?.unsealing.seq ?? 0) + 1
	if (seq !== due)
		return fail('wrong-seq', `number ${seq} stands where ${due} should: lines were taken out or moved`)
	if (prev !== (before?.id ?? genesisOf(publicKey))) {
		return fail('wrong-prev', 'does not follow on the line before: one was exchanged')
	}
	return ok({ unsealing: payload.value, by: verified.value.kid, id: verified.value.id })
}

/** To write with. One process at a time. */
export class UnsealingLog {
	readonly #lock: Lock
	readonly #file: LineLog
	readonly #signer: Signer
	readonly #reason: UnsealingReason
	#last: UnsealingLine | null

	private constructor(
		lock: Lock,
		file: LineLog,
		signer: Signer,
		reason: UnsealingReason,
		last: UnsealingLine | null,
	) {
		this.#lock = lock
		this.#file = file
		this.#signer = signer
		this.#reason = reason
		this.#last = last
	}

	/** Opens or makes it; one with a line that is not right is left as it is. A torn last line opened nothing. */
	static async open(
		path: string,
		signer: Signer,
		reason: UnsealingReason,
	): Promise<Result<UnsealingLog, LogFault | LockFault>> {
		const lock = await Lock.take(`${path}.lock`)
		if (!lock.ok) return lock
		const opened = await LineLog.open(path, join(dirname(path), 'quarantine')).catch(
			(error: NodeJS.ErrnoException) => {
				if (error.code === undefined) throw error
				return fail('log-unreadable', error.message)
			},
		)
		if (!('log' in opened)) {
			await lock.value.release()
			return opened
		}
		const { lines, fault } = opened.log.size === 0 ? { lines: [], fault: null } : await verifyUnsealings(path)
		if (fault === null)
			return ok(new UnsealingLog(lock.value, opened.log, signer, reason, lines.at(-1) ?? null))
		await opened.log.close()
		await lock.value.release()
		return { ok: false, fault }
	}

	get last(): UnsealingLine | null {
		return this.#last
	}

	/** Resolves when it is on the disk; throws when it may not be, and then nothing may be opened. */
	async write(images: readonly string[], time: string): Promise<void> {
		const { publicKey } = this.#signer
		const unsealing = Unsealing.parse({
			v: 1,
			seq: (this.#last?.unsealing.seq ?? 0) + 1,
			prev: this.#last?.id ?? genesisOf(publicKey),
			time,
			key: spkiOf(publicKey).toString('base64url'),
			...this.#reason,
			images,
		})
		const { text, id } = await signJws('unsealing', unsealing, this.#signer)
		await this.#file.append([text])
		this.#last = { unsealing, by: this.#signer.kid, id }
	}

	async close(): Promise<void> {
		await this.#file.close()
		await this.#lock.release()
	}
}

/** What signs the lines of unsealings with this age identity. */
export function unsealingSigner(key: string): Signer {
	const salt = 'testigo unsealing log v1'
	// 64 bytes for 32: what is left over of the order is evenly spread (FIPS 186-5, A.4.1).
	const wide = BigInt(`0x${Buffer.from(hkdfSync('sha256', key, salt, '', 64)).toString('hex')}`)
	const scalar = Buffer.from(((wide % (order - 1n)) + 1n).toString(16).padStart(64, '0'), 'hex')
	const curve = createECDH('prime256v1')
	curve.setPrivateKey(scalar)
	const point = curve.getPublicKey()
	const [d, x, y] = [scalar, point.subarray(1, 33), point.subarray(33)].map((part) =>
		part.toString('base64url'),
	)
	const privateKey = createPrivateKey({
		format: 'jwk',
		key: { kty: 'EC', crv: 'P-256', d, x, y } as JsonWebKey,
	})
	const publicKey = createPublicKey(privateKey)
	return {
		kid: idOf(publicKey),
		publicKey,
		sign: async (bytes) => toLowS(sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
	}
}

/** 80 bits of the key's digest: who signs is whom the key says, and nobody else. */
function idOf(publicKey: KeyObject): string {
	const digest = createHash('sha256').update(spkiOf(publicKey)).digest()
	return `u-${digest.toString('hex').slice(0, 20)}`
}
