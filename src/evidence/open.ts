import type * as z from 'zod'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { Identity } from './identity.ts'
import { type Jws, type JwsFault, type Kind, parseJws, verifyJws } from './jws.ts'

export type MeaningFault = Fault<'unknown-version' | 'bad-payload'>

/**
 * What verified bytes mean: the version first, since another one may have any shape. `newest` is the newest `v` that
 * `schema` knows; it knows all before.
 */
export function readPayload<T>(jws: Jws, schema: z.ZodType<T>, newest = 1): Result<T, MeaningFault> {
	const version = (jws.payload as { v?: unknown } | null)?.v
	if (version !== undefined && !isVersion(version, newest)) {
		return fail('unknown-version', 'of a version that this program does not know')
	}
	const read = schema.safeParse(jws.payload)
	if (read.success) return ok(read.data)
	const faults = read.error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`)
	const more = faults.length > mostNamed ? `; and ${faults.length - mostNamed} more` : ''
	return fail('bad-payload', `${faults.slice(0, mostNamed).join('; ')}${more}`)
}

function isVersion(value: unknown, newest: number): boolean {
	return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= newest
}

/** A hostile payload can have thousands of faults; nobody reads that many. */
const mostNamed = 8

/** Form, signature, meaning: in that order. */
export function openObject<T>(
	text: string,
	kind: Kind,
	by: Identity,
	schema: z.ZodType<T>,
	newest = 1,
): Result<{ readonly jws: Jws; readonly payload: T }, JwsFault | MeaningFault> {
	const parsed = parseJws(text, kind)
	if (!parsed.ok) return parsed
	const verified = verifyJws(parsed.value, by)
	if (!verified.ok) return verified
	const payload = readPayload(verified.value, schema, newest)
	return payload.ok ? ok({ jws: verified.value, payload: payload.value }) : payload
}
