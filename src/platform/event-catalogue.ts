/**
 * Catalogues of audit events. One makes the types of a process' events, their levels in the log, and its part of
 * `provisioning/guides/events.md`. Events are lines for machines: no payloads, names, places or image bytes.
 */
import type { Fault } from './result.ts'

export type EventLevel = 'info' | 'warn' | 'error' | 'fatal'

/** What a field holds. `value` is never set: it carries the type. */
interface Field<T> {
	readonly kind: string
	readonly meaning: string
	readonly value?: T
}

/** Each takes the meaning, with the unit where it has one. */
export const field = {
	text: kindOf<string>('text'),
	textOrNull: kindOf<string | null>('text or null'),
	textIfAny: kindOf<string | undefined>('text, may be missing'),
	number: kindOf<number>('number'),
	flag: kindOf<boolean>('true or false'),
	fault: kindOf<Fault>('fault')('What went wrong: a lasting `code`, and a `detail` for people.'),
} as const

export interface EventLine<F extends string = string> {
	readonly level: EventLevel
	readonly meaning: string
	readonly fields: readonly F[]
}

/** Each takes the event's meaning and the names of its fields. */
export const event = {
	info: lineOf('info'),
	warn: lineOf('warn'),
	error: lineOf('error'),
	fatal: lineOf('fatal'),
} as const

export interface EventCatalogue<
	F extends Readonly<Record<string, Field<unknown>>> = Readonly<Record<string, Field<unknown>>>,
	E extends Readonly<Record<string, EventLine<keyof F & string>>> = Readonly<Record<string, EventLine>>,
> {
	readonly fields: F
	readonly events: E
}

/** Refuses, by its type, an event with a field that `fields` does not explain. */
export function catalogueOf<
	const F extends Readonly<Record<string, Field<unknown>>>,
	const E extends Readonly<Record<string, EventLine<keyof F & string>>>,
>(fields: F, events: E): EventCatalogue<F, E> {
	return { fields, events }
}

/** The union of a catalogue's events, each with its fields. */
export type EventOf<C extends EventCatalogue> = {
	[E in keyof C['events']]: {
		readonly [N in 'event' | C['events'][E]['fields'][number]]: N extends keyof C['fields']
			? ValueOf<C['fields'][N]>
			: E
	}
}[keyof C['events']]

type ValueOf<T> = T extends Field<infer V> ? V : never

function kindOf<T>(kind: string): (meaning: string) => Field<T> {
	return (meaning) => ({ kind, meaning })
}

function lineOf(level: EventLevel) {
	return <const F extends readonly string[]>(meaning: string, ...fields: F): EventLine<F[number]> => ({
		level,
		meaning,
		fields,
	})
}
