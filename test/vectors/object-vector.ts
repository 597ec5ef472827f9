/** What single objects are made from, and what a vector of one holds. */
import { type SeededKey, seededKey } from './seeded-key.ts'
import { headerOf, signed } from './signed.ts'

export interface ObjectVector {
	readonly name: string
	readonly kind:
		| 'entry'
		| 'receipt'
		| 'head'
		| 'control'
		| 'revocation'
		| 'registry'
		| 'centres'
		| 'transcription'
		| 'ruling'
	/** Who should have signed: a name in `keys`. */
	readonly by: string
	/** To whom an order came (`control` only). */
	readonly device?: string
	readonly text: string
	readonly code: string | null
}

export const device = seededKey('k-vectors-a')
export const otherDevice = seededKey('k-vectors-b')
export const centre = seededKey('c-vectors')
export const station = seededKey('s-vectors-a')
export const otherStation = seededKey('s-vectors-b')
export const officer = seededKey('o-vectors-a')
export const otherOfficer = seededKey('o-vectors-b')
export const authority = seededKey('a-vectors')
/** Whom the vectors name as signers. */
export const allKeys = [
	...[device, otherDevice, centre, authority],
	...[station, otherStation, officer, otherOfficer],
]
/** Of another campaign. */
export const foreignAuthority = seededKey('a-foreign')
/** Another key that claims the device's id. */
export const impostor = seededKey(device.id, 'impostor')

/** The device's key with its point's last byte changed: it lies on no curve. */
export const offCurve = Buffer.from(device.spki)
offCurve[90] = (offCurve[90] ?? 0) ^ 1

export type Case = readonly [name: string, code: string | null, text: string]

export function changed(value: object, path: string, to: unknown): object {
	const copy = structuredClone(value)
	const steps = path.split('.')
	const last = steps.pop() ?? ''
	Reflect.set(
		steps.reduce((at, step) => Reflect.get(at, step), copy),
		last,
		to,
	)
	return copy
}

/** The path of a field, then what it must not hold (undefined: that it is absent). */
export type BadFields = readonly (readonly [path: string, ...values: unknown[]])[]

export function badOnes(of: object, by: SeededKey, kind: string, fields: BadFields, prefix = ''): Case[] {
	return fields.flatMap(([path, ...values]) =>
		values.map((value): Case => {
			const shown = value === undefined ? 'absent' : printed(value)
			return [
				`${prefix}${path} ${shown}`,
				'bad-payload',
				signed(by, headerOf(kind, by.id), changed(of, path, value)),
			]
		}),
	)
}

function printed(value: unknown): string {
	const text = JSON.stringify(value)
	return text.length > 30 ? `${text.slice(0, 30)}… (${text.length})` : text
}

export function vectorsOf(kind: ObjectVector['kind'], by: SeededKey, cases: readonly Case[]): ObjectVector[] {
	const addressee = kind === 'control' ? { device: device.id } : {}
	return cases.map(([name, code, text]) => ({
		name: `${kind}: ${name}`,
		kind,
		by: by.id,
		...addressee,
		code,
		text,
	}))
}
