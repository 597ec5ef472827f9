/** Bad objects that are not among the vectors (test/vectors), each with the code of its refusal. */
import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openEntry } from '#src/evidence/entry.js'
import { openHead } from '#src/evidence/head.js'
import { parseJws } from '#src/evidence/jws.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { codeOf as faultOf } from '../support/result.ts'
import { lastCharacterTwin } from '../vectors/entries-by-form.ts'
import { type BadFields, badOnes, centre, device, impostor } from '../vectors/object-vector.ts'
import { low } from '../vectors/seeded-key.ts'
import { base64url, headerOf, signed } from '../vectors/signed.ts'
import { actaPayload, headPayload, receiptPayload } from './samples.ts'

const header = headerOf('entry', device.id)
const payload = actaPayload(device.id)
const body = JSON.stringify(payload)
const good = signed(device, header, payload)
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')

const codeOf = (text: string) => faultOf(openEntry(text, device))
const withText = (text: string) => signed(device, header, text)
const withHeader = (more: object) => signed(device, { ...header, ...more }, payload)
const withSignature = (alter: (made: Buffer) => Uint8Array) => signed(device, header, payload, alter)

test('a good entry is kept to the letter', () => {
	expect(openEntry(good, device)).toMatchObject({ ok: true, value: { text: good, entry: payload } })
})

const es384 = `${base64url(JSON.stringify({ ...header, alg: 'ES384' }))}.${goodPayload}`
const { privateKey: p384 } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const byP384 = sign('sha384', Buffer.from(es384), { key: p384, dsaEncoding: 'ieee-p1363' })
const withoutKid = JSON.stringify({ ...header, kid: undefined }).replace(
	'{',
	`{"__proto__":{"kid":"${device.id}"},`,
)

/** Texts under the code with which they are refused. */
const refused: Readonly<Record<string, readonly string[]>> = {
	'bad-base64url': [
		`${lastCharacterTwin(goodHeader)}.${goodPayload}.${goodSignature}`,
		`${goodHeader}.${goodPayload.slice(0, 8)} ${goodPayload.slice(8)}.${goodSignature}`,
	],
	'not-a-jws': [goodHeader, `${good}.${goodHeader}.${goodHeader}`],
	'duplicate-key': [
		withText(body.replace('"age-v1",', '"age-v1","format":"age-v1",')),
		signed(device, JSON.stringify(header).replace('{', '{"\\u0061lg":"ES256",'), payload),
	],
	'foreign-alg': [
		`${es384}.${base64url(byP384)}`,
		...['ES256 ', 'ES256K', ''].map((alg) => withHeader({ alg })),
	],
	'foreign-typ': ['testigo-head+jws', 'TESTIGO-ENTRY+JWS', 'testigo-entry'].map((typ) => withHeader({ typ })),
	'bad-header': [
		...[null, 7, '', 'ab', 'K-AAAAAAAAAA', 'k-a/b', 'k-+', 'k-#', '-aaaaaaaaaa'].map((kid) =>
			withHeader({ kid }),
		),
		...['{}', '"ES256"', withoutKid].map((text) => signed(device, text, payload)),
	],
	'not-json': [signed(device, '', payload)],
	'bad-signature-length': [1, 32, 128].map((length) =>
		withSignature((made) => Buffer.concat([made, made]).subarray(0, length)),
	),
	'bad-signature': [
		signed(impostor, { ...header, jwk: impostor.publicKey.export({ format: 'jwk' }) }, payload),
		withSignature((made) => low(Buffer.concat([made.subarray(32), made.subarray(0, 32)]))),
	],
	'unknown-version': [0, 3, '1', '2', null, 1.5, [1]].map((v) => signed(device, header, { ...payload, v })),
	ok: [withHeader({ x5c: ['AAAA'] })],
}

test.each(Object.entries(refused))('%s', (code, texts) => {
	expect(texts.map(codeOf)).toEqual(texts.map(() => code))
})

test('__proto__ is a field like any unknown one, and gives nothing to the object', () => {
	const opened = openEntry(withText(body.replace('{', '{"__proto__":{"extra":3},')), device)
	expect(opened.ok && 'extra' in opened.value.entry).toBe(false)
	expect(opened.ok && Object.getPrototypeOf(opened.value.entry)).toBe(Object.prototype)
})

describe('bad-payload, and the fault names the field', () => {
	const [sha256, missing] = ['0'.repeat(64), []]
	const kinds = {
		entry: { open: openEntry, by: device, good: payload },
		receipt: { open: openReceipt, by: centre, good: receiptPayload(device.id) },
		head: { open: openHead, by: device, good: headPayload(device.id) },
	}
	const bad: Record<keyof typeof kinds, BadFields> = {
		entry: [
			['election', 7],
			['device', 'K', 7],
			['boot', -1, 1.5, 2 ** 53],
			['seq', '3'],
			['prev', 'A'.repeat(44)],
			['kind', 7, '__proto__'],
			['time.day', '2024-07-28T22:14:00Z', 1],
			['software', 'testigo 1'],
			['anchor', 'x'],
			['reading.text', 'x'.repeat(4097)],
			['reading.code', 7],
			['images', null],
			['images.0.role', ''],
			['images.0.mediaType', 'image/svg+xml'],
			['images.0.size', -1, 1.5],
			['images.0.sha256', '../../x'],
			['images.0.sealed', 'x'],
			['images.0.sealed.size', 0],
			['images.0.sealed.sha256', ''],
		],
		receipt: [
			['device', 'K'],
			['entry', 'x'],
			['reason', 7],
			['images', null, Array(17).fill({ sha256, status: 'stored', missing })],
			['images.0.sha256', 'x'],
			['upto', { seq: 1, id: '' }],
			['gaps', [[2, 1]]],
			['time', '2024-07-28T22:14:09+00:00'],
			['copies', 0.5],
		],
		head: [['day', 'now', '2024-07-28T22:14:09Z']],
	}

	/** The path of every field, also of what is in it. */
	const pathsOf = (value: object): string[] =>
		Object.entries(value).flatMap(([name, inner]) => {
			const deeper = typeof inner === 'object' && inner !== null ? pathsOf(inner) : []
			return [name, ...deeper.map((path) => `${name}.${path}`)]
		})

	test.each(
		(['entry', 'receipt', 'head'] as const).flatMap((kind) => {
			const { open, by, good } = kinds[kind]
			const required = pathsOf(good).filter((path) => path !== 'images.0.sealed')
			const fields = [...bad[kind], ...required.map((path) => [path, undefined] as const)]
			return badOnes(good, by, kind, fields).map(([name, , text]) => ({ name, kind, text, open, by }))
		}),
	)('$kind: $name', ({ name, text, open, by }) => {
		const opened = open(text, by)
		expect(opened).toMatchObject({ ok: false, fault: { code: 'bad-payload' } })
		expect(opened.ok || opened.fault.detail).toContain(name.split(' ')[0])
	})

	test('of thousands of faults a person sees the first few, and how many more there are', () => {
		const images = Array(16).fill({ role: '', mediaType: '', size: 0, sha256: '' })
		const opened = openEntry(signed(device, header, { ...payload, images }), device)
		expect(opened.ok || opened.fault.detail).toMatch(/^images\.0\.role: .*; and 56 more$/)
		expect(opened.ok ? 0 : opened.fault.detail.length).toBeLessThan(1000)
	})
})

describe('any text at all', () => {
	test('is taken apart without a throw', () => {
		const segment = fc.oneof(fc.string(), fc.json().map(base64url), fc.uint8Array().map(base64url))
		const texts = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 300 }),
			fc.tuple(segment, segment, segment).map((parts) => parts.join('.')),
			// A good header, so that what comes behind it is looked at too.
			fc.tuple(segment, segment).map((parts) => [goodHeader, ...parts].join('.')),
			fc.json().map(withText),
		)
		fc.assert(
			fc.property(texts, (text) => {
				expect(parseJws(text, 'entry').ok && openEntry(text, device).ok).toBe(false)
			}),
			{ numRuns: 1000 },
		)
	})

	test('every change of one character of a good object is refused', () => {
		const replacement = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })
		for (let at = 0; at < good.length; at++) {
			const replacements = [...fc.sample(replacement, 1), ...(at % 2 ? 'A' : '_'), '']
			for (const character of replacements) {
				const text = good.slice(0, at) + character + good.slice(at + 1)
				if (text !== good) expect(codeOf(text), `character ${at} as ${character}`).not.toBe('ok')
			}
		}
	})
})
