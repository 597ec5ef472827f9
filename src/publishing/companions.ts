/**
 * What names an entry that still waits, waits for it: a head, which comes with the close of a day, would show at once whose
 * line was just used, and a reading or a ruling until when the entry had come at the latest. Pure.
 */
import type { RipenessSettings } from './ripeness.ts'
import type { HeldObject } from './unpublished.ts'

const dayMs = 24 * 3_600_000

interface Entries {
	/** In the log, or coming now. */
	isPublished(id: string): boolean
	/** Held here, published or not. */
	isHeld(id: string): boolean
}

export function isFree(
	{ kind, jws }: Pick<HeldObject, 'kind' | 'jws'>,
	entries: Entries,
	nowMs: number,
	{ longestMs }: Pick<RipenessSettings, 'longestMs'>,
): boolean {
	if (longestMs === 0) return true
	const said = (jws.payload ?? {}) as Readonly<Record<string, unknown>>
	const waits = (id: unknown) => typeof id === 'string' && entries.isHeld(id) && !entries.isPublished(id)
	if (kind === 'transcription') return !waits(said['entry'])
	if (kind === 'ruling') return !(Array.isArray(said['excludes']) && said['excludes'].some(waits))
	if (kind !== 'head') return true
	if (typeof said['id'] === 'string' && entries.isPublished(said['id'])) return true
	if (waits(said['id'])) return false
	// Its entry may never come: then it is what shows that the end of a chain is lacking.
	const dayAtMs = Date.parse(String(said['day'] ?? said['time']).slice(0, 10))
	return nowMs - dayAtMs >= dayMs + longestMs
}
