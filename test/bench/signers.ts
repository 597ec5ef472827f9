/** Signatures a second by where the key is, and what it costs that no number is signed twice. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeIdentity, openIdentity } from '#src/enrolment/device-identity.js'
import { SequenceGuard } from '#src/evidence/sequence-guard.js'
import type { Signer } from '#src/evidence/signer.js'
import { Journal } from '#src/journal/journal.js'
import { HighWaterMark } from '#src/kiosk/recording/high-water-mark.js'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'
import { type TestToken, tokenKinds } from '../support/tokens.ts'
import type { Bench } from './part.ts'
import { SignedEntries } from './signed-entries.ts'
import { type Cell, spreadOf, type Table } from './table.ts'

/** Bytes of what is signed: an entry's signing input. */
const size = 1_000

export async function benchSigners(bench: Bench): Promise<Table[]> {
	return [await signatures(bench), await guarded(bench)]
}

async function signatures({ directory, short, say }: Bench): Promise<Table> {
	const rows: Cell[][] = []
	const notes: string[] = []
	const count = short ? 50 : 1_000
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	const bare = await timed(count, async (bytes) => {
		sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
	})
	rows.push(['  peer: node:crypto, on the main thread', ...bare])
	rows.unshift(['key file', ...(await timed(count, await signOf(join(directory, 'file'))))])
	for (const { name, without, make } of tokenKinds) {
		if (without !== null) {
			notes.push(`${name}: ${without}.`)
			continue
		}
		say(name)
		const place = join(directory, name)
		await mkdir(place)
		const token = await make(place)
		try {
			rows.push([name, ...(await timed(count, await signOf(join(place, 'identity'), token)))])
		} finally {
			await token.end()
		}
	}
	return {
		title: `Signatures of ${size} bytes, ${count} one after another`,
		columns: ['', 'ms, median', 'p95', 'per second'],
		rows,
		notes: ['A token: signing, checking the signature, low s; the event loop is free meanwhile.', ...notes],
	}
}

async function signOf(directory: string, token?: TestToken): Promise<Signer['sign']> {
	const made = await makeIdentity(directory, 'device', randomBytes, token?.key)
	const { signer } = gotten(made.ok ? await openIdentity(directory) : made)
	return (bytes) => signer.sign(bytes)
}

/** Milliseconds: median, 95th percentile; and per second. */
async function timed(count: number, work: (bytes: Uint8Array) => Promise<unknown>): Promise<number[]> {
	const each: number[] = []
	for (let index = 0; index < count; index++) {
		const bytes = randomBytes(size)
		const begun = performance.now()
		await work(bytes)
		each.push(performance.now() - begun)
	}
	const { median, p95 } = spreadOf(each)
	return [median, p95, (1_000 * count) / each.reduce((sum, ms) => sum + ms, 0)]
}

/** Signed and appended in blocks of ten, by turns without and with the guard and its mark. */
async function guarded({ directory, short, say }: Bench): Promise<Table> {
	const rows: Cell[][] = []
	for (const [pause, count] of short
		? [[0, 20]]
		: ([
				[0, 1_000],
				[20, 200],
			] as const)) {
		say(`guard, ${pause} ms between two entries`)
		const plain = await Recording.begin(join(directory, `plain-${pause}`), false)
		const held = await Recording.begin(join(directory, `held-${pause}`), true)
		for (let entry = 0; entry < count; entry += 10) {
			for (const recording of entry % 20 === 0 ? [plain, held] : [held, plain]) await recording.add(10, pause)
		}
		for (const recording of [plain, held]) await recording.end()
		const [bare, ours] = [spreadOf(plain.times), spreadOf(held.times)]
		rows.push([
			`${pause} ms between two`,
			ours.median,
			ours.p95,
			bare.median,
			bare.p95,
			ours.median / bare.median,
		])
	}
	return {
		title: 'An entry signed and appended, ms',
		columns: ['', 'with guard and mark', 'p95', 'the key alone', 'p95', 'ratio'],
		rows,
		notes: [
			'The mark is written beside the work, and nothing waits for it; a later one replaces one that waits.',
		],
	}
}

class Recording {
	readonly times: number[] = []
	readonly #journal: Journal
	readonly #mark: HighWaterMark | null
	readonly #entries: SignedEntries

	private constructor(journal: Journal, mark: HighWaterMark | null, entries: SignedEntries) {
		this.#journal = journal
		this.#mark = mark
		this.#entries = entries
	}

	static async begin(directory: string, held: boolean): Promise<Recording> {
		const key = makeSigner('k-bench')
		const journal = gotten(await Journal.open(directory, key))
		const mark = held ? await HighWaterMark.open(join(directory, 'signed'), key.kid, () => {}) : null
		const signer = held ? new SequenceGuard(key, null) : key
		return new Recording(journal, mark, new SignedEntries(signer))
	}

	async end(): Promise<void> {
		await this.#mark?.settled()
		await this.#journal.close()
	}

	async add(count: number, pause: number): Promise<void> {
		for (let entry = 0; entry < count; entry++) {
			const begun = performance.now()
			const signed = await this.#entries.next()
			const appended = await this.#journal.append(signed)
			this.times.push(performance.now() - begun)
			gotten(appended)
			this.#mark?.note({ seq: signed.entry.seq, id: signed.id })
			if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
		}
	}
}
