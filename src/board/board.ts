/**
 * The centre's live page. It follows the records as a reader that owns nothing, and shows them to browsers: a process
 * with no key and nothing to write, which the centre does not know of.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import { longestRegister, parseRegisterInTurns } from '../acta/register/canonical.ts'
import type { Register } from '../acta/register/register.ts'
import type { Tile } from '../acta/register/tile-map.ts'
import { Equivocations } from '../audit/equivocations.ts'
import { FollowedDevices } from '../audit/followed-devices.ts'
import { FollowedStatuses } from '../central/followed-statuses.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { ForeignFiles } from '../platform/files/foreign-file.ts'
import { type Access, openAccess } from '../platform/http/access.ts'
import { EventStream } from '../platform/http/event-stream.ts'
import { HttpServer } from '../platform/http/http-server.ts'
import type { HttpListening, ListeningSecrets } from '../platform/http/listening.ts'
import { PassPhraseAccess } from '../platform/http/pass-phrase-access.ts'
import { LogLimiter, logIntervalMs } from '../platform/process/log-limiter.ts'
import { yieldToEventLoop } from '../platform/process/yield-to-event-loop.ts'
import type { Fault, Result } from '../platform/result.ts'
import { LedgerRecords } from '../records/ledger-records.ts'
import { type AddedUp, RecordTally } from '../tally/record-tally.ts'
import { Tally } from '../tally/tally.ts'
import { assets } from './assets.ts'
import { type BoardInputs, BoardModel, type ListedDevices } from './board-model.ts'
import type { BoardLog } from './events.ts'
import type { LiveState } from './live.ts'
import { type Noted, NotedRecords } from './noted-records.ts'
import { enterPage } from './pages/enter.ts'
import { pictureRoute } from './pictures.ts'
import { languageOf, notFound, routesOf } from './site.ts'
import type { BoardView, Unreadable } from './view.ts'

/** Milliseconds between two looks at the records: what was received is shown two seconds later at most. */
const lookMs = 300

/** Milliseconds after which pages are made anew though nothing came: kiosks fall silent. */
const ageMs = 20_000

/** Milliseconds between signs of life: an open page takes the board for gone after some of them (client/follow.ts). */
const aliveMs = 3_000

/** Browsers at the same time. */
const mostViewers = 100

export interface BoardParts {
	/** The centre's. */
	readonly directory: string
	/** The canonical register of tables. */
	readonly registerPath: string
	readonly election: ElectionDefinition
	/** None without a map. */
	readonly tiles: readonly Tile[]
	readonly listening: HttpListening
	readonly secrets: ListeningSecrets
	readonly clock: Clock
	readonly log: BoardLog
}

const readParts = ['records', 'register', 'statuses'] as const satisfies readonly Unreadable[]

export class Board {
	readonly #parts: BoardParts
	readonly #files = new ForeignFiles()
	readonly #statuses: FollowedStatuses
	readonly #live: EventStream
	readonly #stopping = new AbortController()
	readonly #troubles = new Set<string>()
	readonly #repeated: LogLimiter
	readonly #server: HttpServer
	#records: NotedRecords
	#tally: RecordTally
	/** That goes with what is shown. */
	#noted: Noted
	#registerState = 'none'
	#model: BoardModel
	#loops: Promise<unknown> = Promise.resolve()
	#shown: { readonly revision: number; readonly tally: Tally } | null = null
	#madeMs = 0
	/** When a look came to its end, or on. */
	#lookedMs: number
	#address = ''

	constructor(parts: BoardParts) {
		this.#parts = parts
		const { directory, clock, election, tiles, listening, secrets } = parts
		this.#statuses = new FollowedStatuses(directory, this.#files)
		const now = clock.wall()
		this.#live = new EventStream({ clock, mostViewers })
		this.#repeated = new LogLimiter(clock, logIntervalMs)
		this.#records = this.#newRecords()
		this.#noted = this.#records.noted
		this.#tally = tallyOf(parts, this.#records, null)
		this.#model = new BoardModel({ election, tiles }, this.#inputs(this.#nothing(null), []), now)
		this.#lookedMs = clock.monotonic()
		const files = this.#files
		const picture = pictureRoute({
			...{ directory, files },
			isPublic: (sha256) => this.#noted.isPublic(sha256),
		})
		this.#server = new HttpServer({
			listening,
			tls: secrets.tls,
			access: this.#access(),
			routes: routesOf({ view: () => this.#settledView(), live: this.#live, picture }),
			assets,
			notFound,
			failed: (fault) =>
				this.#repeated.log('page-fault', (count) => parts.log({ event: 'page-fault', fault, count })),
		})
	}

	/** As of the last look. */
	get view(): BoardView {
		this.#model.tick(this.#parts.clock.wall())
		return this.#model
	}

	/** Who asks the tally while it settles would hold up everybody. What is made of the answer without waiting is of one picture. */
	async #settledView(): Promise<BoardView> {
		await this.#shown?.tally.settled()
		return this.view
	}

	/** Where browsers find it. */
	get address(): string {
		return this.#address
	}

	get statusText(): string {
		const { figures } = this.#model
		const { counted, conflict } = figures.tables
		const { viewers } = this.#live
		return `${this.#address}; ${counted.tables} tables counted, ${conflict.tables} in conflict; ${viewers} looking`
	}

	/** Reads what is there, then listens. */
	async start(): Promise<Result<string, Fault<'not-listening' | 'bad-certificate'>>> {
		await this.#look()
		if (this.#stopping.signal.aborted) return { ok: true, value: '' }
		const listening = await this.#server.start()
		if (!listening.ok) return listening
		this.#address = listening.value
		const entries = this.#heldEntries()
		this.#parts.log({ event: 'started', address: listening.value, entries })
		this.#loops = Promise.all([this.#follow(), this.#speak()])
		return listening
	}

	async stop(): Promise<void> {
		this.#stopping.abort()
		this.#live.end()
		await this.#server.stop()
		await this.#loops
		this.#repeated.stop()
		if (this.#address !== '') this.#parts.log({ event: 'stopped' })
	}

	async healthFault(): Promise<Fault | null> {
		const sinceMs = this.#parts.clock.monotonic() - this.#lookedMs
		if (sinceMs < 60_000) return null
		return {
			code: 'not-looking',
			detail: `nothing came of looking at the records for ${Math.round(sinceMs / 1000)} s`,
		}
	}

	async #follow(): Promise<void> {
		const { signal } = this.#stopping
		while (!signal.aborted) {
			await pause(this.#parts.clock, lookMs, signal)
			if (!signal.aborted) await this.#look()
		}
	}

	/** However long a look takes, and whatever comes of it. */
	async #speak(): Promise<void> {
		const { signal } = this.#stopping
		while (!signal.aborted) {
			await pause(this.#parts.clock, aliveMs, signal)
			if (!signal.aborted) this.#say()
		}
	}

	/** Never rejects for what is on the disk. */
	async #look(): Promise<void> {
		const { clock } = this.#parts
		await this.#lookAtRegister()
		const added = await this.#tally.update()
		this.#note('records-fault', added.ok ? null : added.fault, 'records-back')
		const statuses = await this.#statuses.look()
		this.#note('statuses-fault', statuses.ok ? null : statuses.fault)
		if (this.#model.noteUnreadable(readParts.filter((part) => this.#troubles.has(`${part}-fault`))))
			this.#say()
		const addedUp = this.#tally.addedUp ?? (this.#shown === null ? this.#nothing(null) : null)
		const now = clock.monotonic()
		this.#lookedMs = now
		if (addedUp === null) return
		const { tally } = addedUp
		const { revision } = tally
		const received = this.#records.takeReceived()
		const isNew = this.#shown?.tally !== tally || this.#shown.revision !== revision || received.length > 0
		const isOld = now - this.#madeMs >= ageMs
		if (isNew || isOld || (statuses.ok && statuses.value)) {
			this.#noted = this.#records.noted
			if (this.#shown !== null && this.#shown.tally !== tally)
				this.#parts.log({ event: 'anew', entries: this.#heldEntries() })
			await this.#model.update(this.#inputs(addedUp, received))
			this.#shown = { revision, tally }
			this.#madeMs = now
			this.#say()
		}
	}

	#say(): void {
		const { version, nowMs } = this.view
		const state: LiveState = { version, nowMs }
		this.#live.publish('board', state)
	}

	/** With another register everything is added up anew; what was shown stays until that is whole. */
	async #lookAtRegister(): Promise<void> {
		const { registerPath, election } = this.#parts
		const state = await this.#files.stateOf(registerPath)
		if (state === this.#registerState) return
		this.#registerState = state
		if (state === 'missing') {
			this.#note('register-fault', null)
			if (this.#shown !== null) this.#begin(null)
			return
		}
		const read = await this.#files.read(registerPath, longestRegister)
		const register = read.ok
			? await parseRegisterInTurns(read.value.bytes, election, yieldToEventLoop())
			: read
		if (!register.ok) {
			const { code, detail } = register.fault
			this.#note('register-fault', { code, detail: `${registerPath}: ${detail}` })
		} else this.#note('register-fault', null)
		this.#begin(register.ok ? register.value : null)
	}

	#begin(register: Register | null): void {
		this.#records = this.#newRecords()
		this.#tally = tallyOf(this.#parts, this.#records, register)
	}

	#newRecords(): NotedRecords {
		const { directory, clock } = this.#parts
		return new NotedRecords(new LedgerRecords(directory), () => {
			this.#lookedMs = clock.monotonic()
		})
	}

	/** Before there is anything to read. */
	#nothing(register: Register | null): AddedUp {
		const tally = new Tally(this.#parts.election, register)
		return { tally, isEmpty: true, leftOut: 0, equivocations: new Equivocations() }
	}

	#inputs(addedUp: AddedUp, received: readonly string[]): BoardInputs {
		const { receipts, held } = this.#noted
		return {
			...{ addedUp, receipts, held, received },
			statuses: this.#statuses.all,
			listed: this.#listed(),
			nowMs: this.#parts.clock.wall(),
		}
	}

	#listed(): ListedDevices {
		const roll = this.#tally.devices?.authority?.roll
		const revokedLast = new Map([...(roll?.revocations() ?? [])].map(({ device, last }) => [device, last]))
		return { ids: [...(roll?.ids() ?? [])], revokedLast }
	}

	#heldEntries(): number {
		return [...this.#noted.held.values()].reduce((sum, count) => sum + count, 0)
	}

	#access(): Access {
		const { secrets, clock } = this.#parts
		if (secrets.passPhrase === null) return openAccess
		return new PassPhraseAccess({
			...{ clock, cookie: 'testigo-board', hash: secrets.passPhrase },
			form: (request, fault) => enterPage(languageOf(request), fault),
			refused: (from, reason) =>
				this.#repeated.log(`pass-phrase ${reason} ${from}`, (count) =>
					this.#parts.log({ event: 'pass-phrase-refused', from, reason, count }),
				),
		})
	}

	/** Once for each trouble, until it has passed. */
	#note(
		event: 'records-fault' | 'register-fault' | 'statuses-fault',
		fault: Fault | null,
		back?: 'records-back',
	): void {
		if (fault === null) {
			if (this.#troubles.delete(event) && back !== undefined) this.#parts.log({ event: back })
			return
		}
		if (!this.#troubles.has(event)) this.#parts.log({ event, fault })
		this.#troubles.add(event)
	}
}

function tallyOf(
	{ directory, election }: BoardParts,
	records: NotedRecords,
	register: Register | null,
): RecordTally {
	return new RecordTally({ records, signers: new FollowedDevices(directory), election, register })
}
