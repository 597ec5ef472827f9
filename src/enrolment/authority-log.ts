/**
 * What a campaign's authority has done, one JSON object a line in `authority.jsonl`, append-only and synced: the
 * ids that it gave certificates to, for ever, those that it revoked, and how often it published its registry and
 * settings, and its lists of centres, campaign objects and lists of mirrors. Nothing here is secret.
 *
 * INVARIANT: a line stands here before what it names leaves the machine, so that an id is never given twice,
 * whatever is cut off when.
 */
import { join } from 'node:path'
import * as z from 'zod'
import { revocationReasons } from '../evidence/authority/revocation.ts'
import { Instant, Seq } from '../evidence/fields.ts'
import { Id } from '../evidence/identity.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { LineLog } from '../platform/files/line-log.ts'
import { type Fault, fail, ok, type Result, unreachable } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import { roles } from './roles.ts'

const Issued = z.looseObject({
	kind: z.literal('issued'),
	id: Id,
	role: z.enum(roles),
	at: Instant,
	/** Hexadecimal SHA-256 of the request: the same one gets the same answer again, another one none. */
	request: z.string().regex(/^[0-9a-f]{64}$/),
	/** PEM, by what they are for; a broker has none for signing, stations and officers none for connections. */
	certificates: z.looseObject({ signing: z.string().nullable(), tls: z.string().nullable() }),
})
export type Issued = z.infer<typeof Issued>

const Revoked = z.looseObject({
	kind: z.literal('revoked'),
	id: Id,
	at: Instant,
	/** The last good one of its chain; null for what has none. */
	last: z.int().min(0).nullable(),
	reason: z.enum(revocationReasons),
})
export type Revoked = z.infer<typeof Revoked>

const RegistryIssue = z.looseObject({ kind: z.literal('registry'), issue: Seq, at: Instant })

const SettingsIssue = z.looseObject({ kind: z.literal('settings'), number: Seq, at: Instant })

/** With the object itself, which goes out in every response until the next one: nothing is signed twice under one number. */
const CentresIssue = z.looseObject({ kind: z.literal('centres'), issue: Seq, at: Instant, text: z.string() })
export type CentresIssue = z.infer<typeof CentresIssue>

/** The same: all of them are published, one a line. */
const CampaignIssue = CentresIssue.extend({ kind: z.literal('campaign') })
const MirrorsIssue = CentresIssue.extend({ kind: z.literal('mirrors') })

const Line = z.discriminatedUnion('kind', [
	Issued,
	Revoked,
	RegistryIssue,
	SettingsIssue,
	CentresIssue,
	CampaignIssue,
	MirrorsIssue,
])
type Line = z.infer<typeof Line>

export type AuthorityLogFault = Fault<'log-damaged' | 'log-unreadable'>

/** Bytes: 2 KB for each device, and room for tens of thousands. */
const cap = 256 << 20

export class AuthorityLog {
	readonly #file: LineLog
	readonly #issued = new Map<string, Issued>()
	readonly #revoked = new Map<string, Revoked>()
	#issue = 0
	#settings = 0
	#centres: CentresIssue | null = null
	readonly #campaigns: string[] = []
	readonly #mirrors: string[] = []

	private constructor(file: LineLog) {
		this.#file = file
	}

	/** Reads the log, or makes it. The caller holds the directory's lock. */
	static async open(directory: string): Promise<Result<AuthorityLog, AuthorityLogFault>> {
		const path = join(directory, 'authority.jsonl')
		// A torn last line was never answered with anything: it is put aside.
		const opened = await LineLog.open(path, join(directory, 'quarantine')).catch(
			(error: NodeJS.ErrnoException) => {
				if (error.code === undefined) throw error
				return fail('log-unreadable', error.message)
			},
		)
		if (!('log' in opened)) return opened
		const log = new AuthorityLog(opened.log)
		const read = await log.#read(path)
		if (!read.ok) await log.close()
		return read
	}

	async #read(path: string): Promise<Result<AuthorityLog, AuthorityLogFault>> {
		const bytes = await readCapped(path, cap)
		if (!bytes.ok) return fail('log-unreadable', `${path}: ${bytes.fault.detail}`)
		const lines = bytes.value.toString('utf8').split('\n').slice(0, -1)
		for (const [index, text] of lines.entries()) {
			const json = parseJson(Buffer.from(text))
			const line = json.ok ? Line.safeParse(json.value) : null
			if (!line?.success) {
				return fail('log-damaged', `${path}: line ${index + 1} is not one of an authority's`)
			}
			this.#take(line.data)
		}
		return ok(this)
	}

	/** In the order in which they were issued, the revoked ones with them. */
	issued(): readonly Issued[] {
		return [...this.#issued.values()]
	}

	issuedTo(id: string): Issued | undefined {
		return this.#issued.get(id)
	}

	revoked(): readonly Revoked[] {
		return [...this.#revoked.values()]
	}

	revocationOf(id: string): Revoked | undefined {
		return this.#revoked.get(id)
	}

	/** The number of the latest registry; 0 before the first. */
	get issue(): number {
		return this.#issue
	}

	/** The latest list of centres; null before the first. */
	get centres(): CentresIssue | null {
		return this.#centres
	}

	/** All campaign objects, in their order. */
	get campaigns(): readonly string[] {
		return this.#campaigns
	}

	/** All lists of mirrors, in their order. */
	get mirrors(): readonly string[] {
		return this.#mirrors
	}

	/** The number of the latest settings; 0 before the first. */
	get settings(): number {
		return this.#settings
	}

	/** Resolves when it is on the disk; throws when it may not be. */
	async append(line: Line): Promise<void> {
		await this.#file.append([JSON.stringify(Line.parse(line))])
		this.#take(line)
	}

	close(): Promise<void> {
		return this.#file.close()
	}

	#take(line: Line): void {
		switch (line.kind) {
			case 'issued':
				this.#issued.set(line.id, line)
				break
			case 'revoked':
				this.#revoked.set(line.id, line)
				break
			case 'registry':
				this.#issue = line.issue
				break
			case 'settings':
				this.#settings = line.number
				break
			case 'centres':
				this.#centres = line
				break
			case 'campaign':
				this.#campaigns.push(line.text)
				break
			case 'mirrors':
				this.#mirrors.push(line.text)
				break
			default:
				unreachable(line)
		}
	}
}
