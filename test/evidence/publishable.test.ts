/** What the public log holds of an object: its text where every field is in the closed grammar, else its place alone. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { type Jws, parseJws, signJws } from '#src/evidence/jws.js'
import { verifierKey } from '#src/evidence/keys/verifier-key.js'
import {
	type LeafKind,
	leafKinds,
	leafToPublish,
	outsideGrammar,
	parseWithheld,
} from '#src/evidence/publishable.js'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-signer')
const inProduction = { election: presidential2024, rehearsal: false }
const inRehearsal = { ...inProduction, rehearsal: true }
const [id, digest] = ['A'.repeat(43), '0'.repeat(64)]
const code = '121202007.01.1.0001'
const text = `${code}!${'7,'.repeat(37)}7!0!0`
const day = '2024-07-28'

const ofEntry = {
	...{ v: 2, election: presidential2024.id, device: signer.id, boot: 1, seq: 4, prev: id, anchor: null },
	...{ time: { day, source: 'ntp' }, software: 'testigo/0.1.0' },
}
const sealed = { format: 'age-v1', size: 9, sha256: digest }
const image = { role: 'full', mediaType: 'image/jpeg', size: 7, sha256: digest, sealed }
const acta = {
	...{ ...ofEntry, kind: 'acta', images: [image, { ...image, role: 'public' }] },
	reading: { method: 'qr', text, code, hmac: digest, print: 'agrees' },
}
const ofVersion1 = {
	...{ ...ofEntry, v: 1, time: { wall: '2024-07-28T22:14:00Z', source: 'ntp', monotonicMs: 1 } },
}
const head = { v: 2, device: signer.id, seq: 7, id, receipts: 6, day }
const answer = {
	...{ v: 1, election: presidential2024.id, station: signer.id, seq: 3, prev: id, entry: id },
	...{ image: digest, signatures: Array.from({ length: 6 }, () => 'filled'), replaces: id, day },
}
const ruling = {
	...{ v: 1, election: presidential2024.id, officer: signer.id, seq: 2, prev: id, table: '121202007.01' },
	...{ excludes: [id], reason: 'misread', rests: [id], replaces: [id], day },
}
const key = (name: string, type: 1 | 4, byte: number) => {
	const { keyId, publicKey } = verifierKey(name, type, new Uint8Array(32).fill(byte))
	const typed = Buffer.concat([Buffer.of(type), publicKey]).toString('base64')
	return `${name}+${keyId.toString(16).padStart(8, '0')}+${typed}`
}
const campaign = {
	...{ v: 1, issue: 5, time: '2024-07-01T12:00:00Z', election: presidential2024.id },
	...{ definition: digest, register: digest, rehearsal: false, threshold: 1 },
	...{ registry: { issue: 3, sha256: digest }, centres: { issue: 2, sha256: digest } },
	log: { origin: 'log.example/2024', vkey: key('log.example/2024', 1, 9) },
	witnesses: [{ vkey: key('witness.example', 4, 8), organisation: 'Observadores, A. C.', country: 'VE' }],
	earlier: [
		{
			...{ origin: 'old.example', vkey: key('old.example', 1, 7), size: 3 },
			root: Buffer.alloc(32).toString('base64'),
		},
	],
}

/** One of each form that is published in production. */
const good: readonly (readonly [string, LeafKind, object])[] = [
	['an acta', 'entry', acta],
	['an acta without a reading', 'entry', { ...acta, reading: { method: 'none', text: null, code: null } }],
	['a start', 'entry', { ...ofEntry, kind: 'boot' }],
	['a clock', 'entry', { ...ofEntry, kind: 'clock', anchor: id, software: 'testigo/12.3.4-rc.1' }],
	['a close', 'entry', { ...ofEntry, kind: 'close' }],
	['a void', 'entry', { ...ofEntry, kind: 'void', voids: { seq: 1, id }, reason: 'twice' }],
	['a head', 'head', head],
	['an answer', 'transcription', { ...answer, text, code, hmac: digest }],
	['an answer that nothing is legible', 'transcription', { ...answer, unreadable: 'faded', code }],
	['a ruling', 'ruling', ruling],
	['a ruling that rests on paper', 'ruling', { ...ruling, rests: 'paper' }],
	['a campaign object', 'campaign', campaign],
]

async function signed(kind: LeafKind, payload: object): Promise<Jws> {
	return gotten(parseJws((await signJws(kind, payload, signer)).text, kind))
}

/** Signed by nobody: whoever asks has verified it. */
function spelled(kind: LeafKind, payload: string, header?: string): Jws {
	const own = header ?? JSON.stringify({ alg: 'ES256', typ: `testigo-${kind}+jws`, kid: signer.id })
	const parts = [own, payload].map((part) => Buffer.from(part).toString('base64url'))
	return gotten(parseJws([...parts, 'A'.repeat(86)].join('.'), kind))
}

const of = (kind: LeafKind, payload: object) => spelled(kind, JSON.stringify(payload))

function expectWithheld(kind: LeafKind, jws: Jws, rules = inProduction): void {
	const leaf = gotten(leafToPublish(kind, jws, rules))
	const { seq, issue } = jws.payload as { seq?: number; issue?: number }
	expect(leaf).toEqual({
		text: `{"withheld":"${kind}","by":"${signer.id}","seq":${seq ?? issue},"id":"${jws.id}"}`,
		id: jws.id,
		withheldFor: expect.any(String),
	})
	expect(parseWithheld(leaf.text)).toEqual({ withheld: kind, by: signer.id, seq: seq ?? issue, id: jws.id })
}

test.each(good)('%s is published as it was signed', async (_, kind, payload) => {
	const jws = await signed(kind, payload)
	expect(gotten(leafToPublish(kind, jws, inProduction))).toEqual({
		text: jws.text,
		id: jws.id,
		withheldFor: null,
	})
})

/** Each object in a value, by the way to it. */
function objectsIn(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
	if (typeof value !== 'object' || value === null) return []
	const below = Object.entries(value).flatMap(([name, one]) =>
		objectsIn(one, [...way, Array.isArray(value) ? Number(name) : name]),
	)
	return Array.isArray(value) ? below : [way, ...below]
}

function withField(value: unknown, way: readonly (string | number)[], name: string, field: unknown): object {
	const copy = structuredClone(value) as Record<string | number, unknown>
	const at = way.reduce<Record<string | number, unknown>>((one, step) => one[step] as typeof copy, copy)
	// A name such as __proto__ too becomes a field.
	Object.defineProperty(at, name, { value: field, enumerable: true, configurable: true, writable: true })
	return copy
}

describe('a field that no format names', () => {
	const names = fc.oneof(
		fc.string({ minLength: 1 }),
		fc.constantFrom('name', 'wall', 'who', '__proto__', 'v1'),
	)
	for (const [what, kind, payload] of good) {
		const ways = objectsIn(payload)
		test(`anywhere in ${what} (${ways.length} objects), and it is withheld`, () => {
			fc.assert(
				fc.property(fc.constantFrom(...ways), names, fc.jsonValue({ maxDepth: 2 }), (way, name, field) => {
					const at = way.reduce<object>((one, step) => one[step as keyof typeof one], payload)
					fc.pre(!Object.hasOwn(at, name))
					expectWithheld(kind, of(kind, withField(payload, way, name, field)))
				}),
				{ numRuns: 30 },
			)
		})
	}

	test('in the header', () => {
		for (const [, kind, payload] of good) {
			const [ours, further] = [{ alg: 'ES256', typ: `testigo-${kind}+jws`, kid: signer.id }, { jku: 'x' }]
			const json = JSON.stringify(payload)
			expect(outsideGrammar(kind, spelled(kind, json, JSON.stringify(ours)), inProduction)).toBeNull()
			expectWithheld(kind, spelled(kind, json, JSON.stringify({ ...ours, ...further })))
		}
	})
})

describe('what says the same in another spelling is withheld', () => {
	const json = JSON.stringify(head)
	test.each([
		['blanks', json.replace(':7', ': 7')],
		['blanks in the end', `${json}   `],
		['an escape', json.replace('2024', '\\u0032024')],
		['a number with more digits than it keeps', json.replace(':7', ':7.0000000000000000004121234567')],
		['a number in powers', json.replace(':7', ':7e0')],
		['minus nothing', json.replace(':6', ':-0')],
	])('%s', (_, other) => {
		expect(other).not.toBe(json)
		expectWithheld('head', spelled('head', other))
	})

	test('in the header', () => {
		const typ = 'testigo-head+jws'
		expectWithheld('head', spelled('head', json, `{"alg":"ES256", "typ":"${typ}","kid":"${signer.id}"}`))
	})
})

describe('withheld, though its fields are known', () => {
	const person = 'María Pérez V-12345678'
	test.each<[string, LeafKind, object]>([
		['a name in the text', 'entry', { ...acta, reading: { ...acta.reading, text: person } }],
		['a name behind the text', 'entry', { ...acta, reading: { ...acta.reading, text: `${text} ${person}` } }],
		['a name in the code', 'entry', { ...acta, reading: { method: 'none', text: null, code: person } }],
		['a name in the software', 'entry', { ...acta, software: 'testigo/maria' }],
		['a name as a role', 'entry', { ...acta, images: [{ ...image, role: 'maria-perez' }] }],
		['another election', 'entry', { ...acta, election: person }],
		['another device than its signer', 'entry', { ...acta, device: 'k-maria' }],
		['a version to come', 'entry', { ...acta, v: 3 }],
		['a reason of its own', 'entry', { ...ofEntry, kind: 'void', voids: { seq: 1, id }, reason: person }],
		['another kind', 'entry', { ...ofEntry, kind: 'note' }],
		['another device than its signer', 'head', { ...head, device: 'k-maria' }],
		['a name for a day', 'head', { ...head, day: person }],
		['a name in the text', 'transcription', { ...answer, text: person }],
		['a name in the code', 'transcription', { ...answer, unreadable: 'faded', code: person }],
		['another station than its signer', 'transcription', { ...answer, text, station: 's-maria' }],
		['another election', 'transcription', { ...answer, text, election: person }],
		['another officer than its signer', 'ruling', { ...ruling, officer: 'o-maria' }],
		['a number for a table', 'ruling', { ...ruling, table: '4121234567.12345678' }],
		['another election', 'ruling', { ...ruling, election: person }],
		['another election', 'campaign', { ...campaign, election: 'another' }],
	])('%s: %s', (_, kind, payload) => {
		expectWithheld(kind, of(kind, payload))
	})
})

describe('of version 1, which tells minutes', () => {
	const { software: _, ...bare } = ofVersion1
	const old: readonly (readonly [LeafKind, object])[] = [
		['entry', { ...ofVersion1, kind: 'boot' }],
		['entry', { ...ofVersion1, kind: 'void', voids: { seq: 1, id } }],
		['entry', { ...ofVersion1, kind: 'acta', images: [image], reading: { method: 'qr', text, code } }],
		['head', { v: 1, device: signer.id, seq: 7, id, receipts: 6, time: '2024-07-28T22:14:09Z' }],
	]
	test('an object is withheld in production, and published in a rehearsal', () => {
		for (const [kind, payload] of old) {
			expectWithheld(kind, of(kind, payload))
			expect(outsideGrammar(kind, of(kind, payload), inRehearsal)).toBeNull()
		}
	})

	test('what a rehearsal publishes of it is in a closed grammar too', () => {
		for (const [kind, payload] of old) expectWithheld(kind, of(kind, { ...payload, who: 1 }), inRehearsal)
		expectWithheld('entry', of('entry', { ...bare, kind: 'boot', software: 'Casa de María' }), inRehearsal)
	})
})

test('what says no number of its own is no leaf', () => {
	for (const payload of [{}, [], 7, { seq: 0 }, { seq: 'x' }, { issue: 1 }]) {
		expect(leafToPublish('entry', of('entry', payload as object), inProduction)).toMatchObject({
			fault: { code: 'no-number' },
		})
	}
})

test('receipts and registries are no leaves, nor are the authority’s other words', () => {
	const never: readonly string[] = ['receipt', 'registry', 'centres', 'mirrors', 'revocation', 'control']
	expect(leafKinds.filter((kind) => never.includes(kind))).toEqual([])
	for (const kind of never) expect(parseWithheld(withheld({ withheld: kind }))).toBeNull()
})

const withheld = (other: object) => JSON.stringify({ withheld: 'head', by: signer.id, seq: 7, id, ...other })

test('a withheld leaf has one spelling', () => {
	expect(parseWithheld(withheld({}))).toEqual({ withheld: 'head', by: signer.id, seq: 7, id })
	const others = [
		...[withheld({ seq: 0 }), withheld({ by: 'María' }), withheld({ id: 'x' }), withheld({ more: 1 })],
		...[withheld({}).replace(',', ', '), `${withheld({})}\n`, withheld({}).replace('7', '7.0'), '{}', ''],
		JSON.stringify({ by: signer.id, withheld: 'head', seq: 7, id }),
	]
	for (const other of others) expect(parseWithheld(other)).toBeNull()
})
