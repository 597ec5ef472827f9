/**
 * What the board's pages show: what its model answers, and pages are made of. Nothing here can change anything. Times
 * are the board's clock in milliseconds since 1970; what is not known is null, never 0.
 */
import type { ElectionDefinition } from '../acta/election.ts'
import type { Level } from '../acta/register/register.ts'
import type {
	Contradicting,
	Extent,
	Method,
	NationalFigures,
	PlaceFigures,
	Sums,
	TableState,
} from '../tally/figures.ts'
import type { StateTile } from './state-tiles.ts'

/** What of the centre's a board reads and, now, can not. */
export type Unreadable = 'records' | 'register' | 'statuses'

/** As it is at one version: answers do not change while a page is made of them. */
export interface BoardView {
	/** Rises with each change that a page could show. */
	readonly version: number
	readonly election: ElectionDefinition
	readonly nowMs: number
	/** What is shown of these is of before, or nothing. */
	readonly unreadable: readonly Unreadable[]
	/** When the centre took in its newest record; null for none. */
	readonly newestMs: number | null
	readonly figures: NationalFigures
	/** As `testigo tally --json` gives it, and of what lies at `/figures.json`: lower-case hex. */
	readonly figuresSha256: string
	/** Tables of which something came for the first time, by hour, the last 48 at most, without gaps; the last one is this hour. */
	readonly arrivals: readonly Arrivals[]
	/** Tables of which something came for the first time within the last 60 minutes. */
	readonly lastHourTables: number
	/** None where the election has no map, or there is no register. */
	readonly tiles: readonly StateTile[]
	/** By the names of its levels, widest first; of none the country. Null for a place that the register does not have. */
	place(names: readonly string[]): PlaceView | null
	/** Also of a table that is unlisted; null for one that is neither in the register nor in any record. */
	table(table: string): TableView | null
	/** All in this state that the register has, and those that it has not. */
	tablesIn(state: TableState): readonly TableRow[]
	/** Centres with missing tables, those with most electors missing first. */
	calls(): readonly CallCentre[]
	/** Counted from one source, the one with most electors first. */
	secondScans(): readonly TableRow[]
	/** Entries that belong to no table as long as nobody read them. */
	unreadPapers(): readonly EntryView[]
	devices(): readonly DeviceView[]
	/** Who differs on many tables, the highest number first, with the sums without it. */
	contradicting(): readonly (Contradicting & { readonly sumsWithout: Sums })[]
	findings(): readonly RecordFinding[]
}

export interface Arrivals {
	readonly fromMs: number
	readonly tables: number
}

export interface PlaceSummary {
	readonly name: string
	/** A centre's, beside the digits which are its name; empty where the register gives none. */
	readonly label: string
	readonly figures: PlaceFigures
}

export interface PlaceView extends PlaceSummary {
	/** Names of the levels down to this one. */
	readonly names: readonly string[]
	/** Null for the country. */
	readonly level: Level | null
	/** In the order of their names; none for a centre. */
	readonly within: readonly PlaceSummary[]
	/** Of a centre, by number. */
	readonly tables: readonly TableRow[]
}

/** A table in a list. */
export interface TableRow {
	readonly table: string
	readonly centro: string
	readonly mesa: string
	/** Null where the register does not have it. */
	readonly registered: {
		readonly state: string
		readonly municipality: string
		readonly parish: string
		readonly centroName: string
		readonly electors: number
	} | null
	readonly state: TableState
	/** Of a counted one. */
	readonly confirmed: boolean
	readonly methods: readonly Method[]
	readonly devices: readonly string[]
}

export interface TableView extends TableRow {
	/** One where it is counted; two and more in a conflict. */
	readonly versions: readonly Version[]
	/** All that belong to it, also those that do not count. */
	readonly entries: readonly EntryView[]
	readonly rulings: readonly RulingView[]
	readonly findings: readonly RecordFinding[]
}

/** What some readings say. */
export interface Version {
	readonly methods: readonly Method[]
	/** By card, in the election's printed order. */
	readonly votes: readonly number[]
	readonly nullVotes: number
	readonly emptyVotes: number
	/** Ids of the entries that say so. */
	readonly entries: readonly string[]
	readonly devices: readonly string[]
}

export interface EntryView {
	readonly id: string
	readonly device: string
	readonly seq: number
	/** When the centre received it; null where no receipt says so. */
	readonly receivedMs: number | null
	readonly standing: 'good' | 'void' | 'disowned' | 'excluded'
	/** How the machine read it. */
	readonly method: 'qr' | 'ocr' | 'none'
	/** The table by its code; null where no machine could read it. */
	readonly table: string | null
	readonly images: readonly PictureView[]
	readonly answers: readonly AnswerView[]
}

export interface PictureView {
	/** Plain digest of the picture. */
	readonly sha256: string
	readonly role: string
	/** Its public picture lies at the centre, and is served at `/picture/<sha256>`. */
	readonly isShown: boolean
}

/** What a station said of an entry, as far as it counts. */
export interface AnswerView {
	readonly station: string
	/** Null for one that could not read it. */
	readonly table: string | null
	/** A reason of the closed list; null for one that read it. */
	readonly unreadable: string | null
}

export interface RulingView {
	readonly id: string
	readonly officer: string
	readonly excludes: readonly string[]
	readonly reason: string
	readonly restsOnPaper: boolean
	readonly standing: 'in-force' | 'single' | 'replaced' | 'disowned'
	readonly day: string
}

/** A centre to call. */
export interface CallCentre {
	readonly centro: string
	readonly centroName: string
	readonly state: string
	readonly municipality: string
	readonly parish: string
	readonly missing: Extent
	/** Of the register. */
	readonly tables: number
	/** Numbers of those that are missing. */
	readonly mesas: readonly string[]
}

/** What a device's last status says to look at, the most urgent first. */
export const deviceTroubles = [
	'silent',
	'offline',
	'cannot-scan',
	'full',
	'paused',
	'behind',
	'parked',
	'no-clock',
] as const
export type DeviceTrouble = (typeof deviceTroubles)[number]

export interface DeviceView {
	readonly id: string
	/** When its last status was heard; null for never. */
	readonly heardMs: number | null
	readonly troubles: readonly DeviceTrouble[]
	/** Part and code of what is the matter, as the device says. */
	readonly trouble: string | null
	/** Entries that the centre holds of it, and the last number that it says to have recorded. */
	readonly held: number
	readonly recorded: number | null
	/** Actas of it that are good. */
	readonly actas: number
	readonly freeBytes: number | null
	readonly software: string | null
	/** Its objects above this number are disowned; null for one that is not revoked. */
	readonly revokedLast: number | null
	/** Municipalities that it scanned, the most frequent first, with the number of tables. */
	readonly municipalities: readonly { readonly names: readonly string[]; readonly tables: number }[]
}

/** What should make a person look: it changes no table's state. */
export interface RecordFinding {
	/** Of plausibility, of evidence (`equivocation` …) or of records. */
	readonly code: string
	/** One line in English, as `testigo tally` prints it. */
	readonly detail: string
	readonly table: string | null
	readonly device: string | null
}
