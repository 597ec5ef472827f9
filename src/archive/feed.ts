/**
 * The record of one publication: what is in force, what has changed, before, after and why
 * (`provisioning/verify/ARCHIVE.md`, "The feed"). Kept for ever. Pure.
 */
import * as z from 'zod'
import { FileDigest, Instant, Seq } from '../evidence/fields.ts'
import { tableName } from '../evidence/ruling.ts'
import { parseJson } from '../platform/strict-json.ts'
import { tableStates } from '../tally/figures.ts'

/** A number and a digest. */
const InForce = z.strictObject({ issue: Seq, sha256: FileDigest })

const TableThen = z.strictObject({
	status: z.enum(tableStates),
	/** That the register has; null where it has not this table. */
	electors: z.int().min(0).nullable(),
	confirmed: z.boolean(),
	/** By candidate, then null and empty votes; null where it is not counted. */
	votes: z.array(z.int().min(0)).nullable(),
})
export type TableThen = z.infer<typeof TableThen>

const Why = z.union([z.strictObject({ leaf: z.int().min(0) }), z.strictObject({ campaign: Seq })])
export type Why = z.infer<typeof Why>

const TableChange = z.strictObject({
	table: z.string().regex(tableName),
	before: TableThen.nullable(),
	after: TableThen.nullable(),
	why: z.array(Why),
})
export type TableChange = z.infer<typeof TableChange>

export const PublicationRecord = z.strictObject({
	n: z.int().min(0),
	origin: z.string(),
	size: z.int().min(0),
	/** base64, as in a checkpoint. */
	root: z.string(),
	time: Instant,
	rehearsal: z.boolean(),
	campaign: InForce,
	registry: InForce,
	centres: InForce,
	definition: FileDigest,
	register: FileDigest,
	figures: z.record(z.string(), z.unknown()),
	changes: z.array(TableChange),
})
export type PublicationRecord = z.infer<typeof PublicationRecord>

const Dated = z.object({ time: Instant })

/** When it was published, in milliseconds since 1970; 0 where these bytes do not say it. */
export function recordedTimeMs(bytes: Uint8Array): number {
	const json = parseJson(bytes)
	const read = json.ok ? Dated.safeParse(json.value) : null
	return read?.success ? Date.parse(read.data.time) : 0
}

export function formatRecord(record: PublicationRecord): string {
	return `${JSON.stringify(record)}\n`
}
