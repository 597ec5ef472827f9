/** Every code with which an object is refused, each brought about by a real bad object. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openEntry } from '#src/evidence/entry.js'
import { openHead } from '#src/evidence/head.js'
import { longestJws, parseJws } from '#src/evidence/jws.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { codeOf as faultOf } from '../support/result.ts'
import { base64url, forge, headerOf, isLow, low, otherOf, testKey } from './forge.ts'
import { actaPayload, headPayload, receiptPayload } from './samples.ts'

const device = testKey('k-aaaaaaaaaa')
const header = headerOf('entry', device.id)
const payload = actaPayload(device.id)
const good = forge(device, header, payload)
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')

const codeOf = (text: string) => faultOf(openEntry(text, device))

function signedText(text: string): string {
	return forge(device, header, text)
}

/** The last character with one of its unused bits set: decoders that don't look read the same bytes. */
function otherLastCharacter(part: string): string {
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
	const other = `${part.slice(0, -1)}${alphabet[alphabet.indexOf(part.slice(-1)) ^ 1]}`
	expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(part, 'base64url'))
	return other
}

test('a good entry is accepted, kept to the letter, and unknown fields are ignored', () => {
	expect(openEntry(good, device)).toMatchObject({ ok: true, value: { text: good, entry: payload } })
	const more = { ...payload, later: { field: 1 }, time: { ...payload.time, more: true } }
	expect(codeOf(forge(device, header, more))).toBe('ok')
})

describe('spelling', () => {
	test('high-s: the other s of a signature, which verifies', () => {
		const other = forge(device, header, payload, (made) => (isLow(made) ? otherOf(made) : made))
		expect(codeOf(other)).toBe('high-s')
	})

	test('bad-base64url: a last character with unused bits, in each part that has any', () => {
		let others = 0
		// Pad the header by its length, so that unused bits come up in every part.
		for (const more of ['', 'x', 'xx']) {
			const text = forge(device, { ...header, x: more }, { ...payload, x: more })
			const [first = '', second = '', third = ''] = text.split('.')
			const texts = [`${first}.${second}.${otherLastCharacter(third)}`]
			if (first.length % 4 !== 0) texts.push(`${otherLastCharacter(first)}.${second}.${third}`)
			if (second.length % 4 !== 0) texts.push(`${first}.${otherLastCharacter(second)}.${third}`)
			others += texts.length - 1
			for (const text of texts) expect(codeOf(text)).toBe('bad-base64url')
		}
		expect(others).toBe(4)
	})

	test.each([
		['padding', `${goodHeader}.${goodPayload}.${goodSignature}==`],
		['a space before', ` ${good}`],
		['a line feed behind', `${good}\n`],
		['a space inside', `${goodHeader}.${goodPayload.slice(0, 8)} ${goodPayload.slice(8)}.${goodSignature}`],
		['NUL', `${good}\0`],
		['a letter of another alphabet', `${good.slice(0, -1)}é`],
	])('bad-base64url: %s', (_, text) => {
		expect(codeOf(text)).toBe('bad-base64url')
	})

	test('bad-base64url: the + and / of plain base64', () => {
		// Random signatures until one has both - and _; one in seven or so has.
		let text = good
		while (!/^[^_]*-.*_|^[^-]*_.*-/.test(text.split('.')[2] ?? '')) text = forge(device, header, payload)
		expect(codeOf(text)).toBe('ok')
		expect(codeOf(text.replaceAll('-', '+'))).toBe('bad-base64url')
		expect(codeOf(text.replaceAll('_', '/'))).toBe('bad-base64url')
	})

	test.each([
		['nothing', ''],
		['one part', goodHeader],
		['two parts', `${goodHeader}.${goodPayload}`],
		['four parts', `${good}.`],
		['five parts (JWE)', `${good}.${goodHeader}.${goodHeader}`],
		[
			'JSON serialisation',
			JSON.stringify({ payload: goodPayload, protected: goodHeader, signature: goodSignature }),
		],
	])('not-a-jws: %s', (_, text) => {
		expect(codeOf(text)).toBe('not-a-jws')
	})

	test('too-large', () => {
		expect(codeOf(forge(device, header, { ...payload, x: 'x'.repeat(longestJws) }))).toBe('too-large')
	})
})

describe('JSON', () => {
	const body = JSON.stringify(payload)

	test.each([
		['in the payload', body.replace('{', '{"seq":4,')],
		['with the same value', body.replace('{', '{"v":1,')],
		['nested', body.replace('"role":', '"role":"top","role":')],
		['in an object in a list in an object', body.replace('"age-v1",', '"age-v1","format":"age-v1",')],
		['under an escaped spelling', body.replace('{', '{"se\\u0071":4,')],
		['of a field that nothing here knows', body.replace('{', '{"x":1,"y":{"x":[1]},"x":2,')],
		['__proto__', body.replace('{', '{"__proto__":1,"__proto__":2,')],
		['the empty key', body.replace('{', '{"":1,"":2,')],
	])('duplicate-key: %s', (_, text) => {
		expect(() => JSON.parse(text)).not.toThrow()
		expect(codeOf(signedText(text))).toBe('duplicate-key')
	})

	test('duplicate-key: in the header, plain and escaped', () => {
		const text = JSON.stringify(header)
		for (const twice of ['{"alg":"none",', '{"\\u0061lg":"ES256",']) {
			expect(codeOf(forge(device, text.replace('{', twice), payload))).toBe('duplicate-key')
		}
	})

	test('keys in quotes inside strings, and the same key in two objects, are no duplicates', () => {
		const tricky = body.replace(
			'{',
			'{"x":"\\",\\"seq\\":4,{[","y":["seq","seq",{"seq":1},{"seq":1}],"z\\\\":"\\\\",',
		)
		expect(codeOf(signedText(tricky))).toBe('ok')
	})

	test.each<[string, string, Uint8Array]>([
		['not-utf8', 'a stray byte', Buffer.from(`${body.slice(0, -1)},"x":"\xff"}`, 'latin1')],
		['not-utf8', 'an overlong spelling', Buffer.from(`${body.slice(0, -1)},"x":"\xc0\xaf"}`, 'latin1')],
		['not-utf8', 'a surrogate', Buffer.from(`${body.slice(0, -1)},"x":"\xed\xa0\x80"}`, 'latin1')],
		['not-json', 'a byte-order mark', Buffer.from(`\ufeff${body}`)],
		['not-json', 'nothing', Buffer.alloc(0)],
		['not-json', 'a part', Buffer.from(body.slice(0, -1))],
		['not-json', 'something behind', Buffer.from(`${body}{}`)],
		['not-json', 'a comma too many', Buffer.from(body.replace(/}$/, ',}'))],
		['not-json', 'a comment', Buffer.from(`${body}//`)],
		['not-json', 'UTF-16', Buffer.from(body, 'utf16le')],
		['too-deep', '17 levels', Buffer.from(body.replace('{', `{"x":${'['.repeat(16)}${']'.repeat(16)},`))],
		['too-deep', 'thousands', Buffer.from('['.repeat(20_000) + ']'.repeat(20_000))],
	])('%s: %s', (code, _, bytes) => {
		expect(codeOf(forge(device, header, bytes))).toBe(code)
	})

	test('16 levels are not too deep', () => {
		const text = body.replace('{', `{"x":${'['.repeat(15)}${']'.repeat(15)},`)
		expect(codeOf(signedText(text))).toBe('ok')
	})

	test('__proto__ is a field like any unknown one, and gives nothing to the object', () => {
		const { seq: _, ...rest } = payload
		const text = JSON.stringify(rest).replace('{', '{"__proto__":{"seq":3},')
		expect(codeOf(signedText(text))).toBe('bad-payload')
		const opened = openEntry(signedText(body.replace('{', '{"__proto__":{"extra":3},')), device)
		expect(opened.ok && 'extra' in opened.value.entry).toBe(false)
		expect(opened.ok && Object.getPrototypeOf(opened.value.entry)).toBe(Object.prototype)
		const noKid = JSON.stringify({ alg: header['alg'], typ: header['typ'] })
		const inherited = noKid.replace('{', `{"__proto__":{"kid":"${device.id}"},`)
		expect(codeOf(forge(device, inherited, payload))).toBe('bad-header')
	})
})

describe('header', () => {
	const input = (head: object) => `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(payload))}`

	const hs256 = input({ ...header, alg: 'HS256' })
	const secret = device.publicKey.export({ type: 'spki', format: 'pem' })
	const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
	const es384 = input({ ...header, alg: 'ES384' })
	const p384 = sign('sha384', Buffer.from(es384), { key: privateKey, dsaEncoding: 'ieee-p1363' })
	test.each([
		['none, without a signature', `${input({ ...header, alg: 'none' })}.`],
		[
			'HS256 with the public key as the secret',
			`${hs256}.${createHmac('sha256', secret).update(hs256).digest('base64url')}`,
		],
		['ES384 by a P-384 key', `${es384}.${base64url(p384)}`],
		...['none', 'es256', 'ES256 ', 'ES256K', ''].map((alg) => [
			`${alg}, signed`,
			forge(device, { ...header, alg }, payload),
		]),
	])('foreign-alg: %s', (_, text = '') => {
		expect(codeOf(text)).toBe('foreign-alg')
	})

	test.each(['testigo-receipt+jws', 'testigo-head+jws', 'JWT', 'TESTIGO-ENTRY+JWS', 'testigo-entry'])(
		'foreign-typ: %s',
		(typ) => {
			expect(codeOf(forge(device, { ...header, typ }, payload))).toBe('foreign-typ')
		},
	)

	test('foreign-typ: an entry where a receipt or a head should be', () => {
		expect(openReceipt(good, device)).toMatchObject({ ok: false, fault: { code: 'foreign-typ' } })
		expect(openHead(good, device)).toMatchObject({ ok: false, fault: { code: 'foreign-typ' } })
	})

	test.each([[['b64']], [[]], [null]])('crit: %j', (crit) => {
		expect(codeOf(forge(device, { ...header, crit, b64: false }, payload))).toBe('crit')
	})

	test.each([
		undefined,
		null,
		7,
		'',
		'ab',
		'K-AAAAAAAAAA',
		'../../etc/passwd',
		'k-a/b',
		'k-+',
		'k-#',
		`k-${'a'.repeat(31)}`,
		'k-aaaaaaaaaa\n',
		'-aaaaaaaaaa',
	])('bad-header: kid %j', (kid) => {
		expect(codeOf(forge(device, { ...header, kid }, payload))).toBe('bad-header')
	})

	test.each<[string, string]>([
		['bad-header', '{}'],
		['bad-header', '[]'],
		['bad-header', 'null'],
		['bad-header', '"ES256"'],
		['not-json', ''],
		['not-json', 'alg=ES256'],
	])('%s: a header of %j', (code, text) => {
		expect(codeOf(forge(device, text, payload))).toBe(code)
	})

	test('jku, x5u, jwk and x5c are ignored: the key in the header is nobody', () => {
		const thief = testKey(device.id)
		const baits = {
			...header,
			jku: 'https://example.invalid/keys',
			x5u: 'https://example.invalid/chain',
			jwk: thief.publicKey.export({ format: 'jwk' }),
			x5c: ['AAAA'],
		}
		expect(codeOf(forge(device, baits, payload))).toBe('ok')
		expect(codeOf(forge(thief, baits, payload))).toBe('bad-signature')
	})
})

describe('signature', () => {
	const replaced = (made: (signature: Uint8Array) => Uint8Array) =>
		codeOf(forge(device, header, payload, (signature) => made(low(signature))))

	test.each([0, 1, 32, 63, 65, 128])('bad-signature-length: %i bytes', (length) => {
		expect(replaced((signature) => Buffer.concat([signature, signature]).subarray(0, length))).toBe(
			'bad-signature-length',
		)
	})

	test('bad-signature-length: DER', () => {
		const text = `${goodHeader}.${goodPayload}`
		const der = sign('sha256', Buffer.from(text), device.privateKey)
		expect(codeOf(`${text}.${base64url(der)}`)).toBe('bad-signature-length')
	})

	const zero = Buffer.alloc(32)
	const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
	test.each<[string, (signature: Uint8Array) => Uint8Array, string]>([
		['r = 0', (signature) => Buffer.concat([zero, signature.subarray(32)]), 'bad-signature'],
		['s = 0', (signature) => Buffer.concat([signature.subarray(0, 32), zero]), 'bad-signature'],
		['r = s = 0 (CVE-2022-21449)', () => Buffer.alloc(64), 'bad-signature'],
		['r = n', (signature) => Buffer.concat([order, signature.subarray(32)]), 'bad-signature'],
		['s = n', (signature) => Buffer.concat([signature.subarray(0, 32), order]), 'high-s'],
		[
			'r and s changed places',
			(signature) => low(Buffer.concat([signature.subarray(32), signature.subarray(0, 32)])),
			'bad-signature',
		],
	])('%s', (_, made, code) => {
		expect(replaced(made)).toBe(code)
	})

	test('bad-signature: another key under the same id, our key under another id', () => {
		const other = 'k-zzzzzzzzzz'
		expect(codeOf(forge(testKey(device.id), header, payload))).toBe('bad-signature')
		expect(codeOf(forge(device, headerOf('entry', other), actaPayload(other)))).toBe('bad-signature')
	})

	test('bad-signature: a signature over another payload, over another header', () => {
		const [otherHeader, otherPayload] = forge(device, { ...header, x: 1 }, { ...payload, seq: 4 }).split('.')
		expect(codeOf(`${goodHeader}.${otherPayload}.${goodSignature}`)).toBe('bad-signature')
		expect(codeOf(`${otherHeader}.${goodPayload}.${goodSignature}`)).toBe('bad-signature')
	})
})

describe('meaning', () => {
	test('wrong-device: an entry or head that names another device than its signer', () => {
		expect(codeOf(forge(device, header, actaPayload('k-zzzzzzzzzz')))).toBe('wrong-device')
		const head = forge(device, headerOf('head', device.id), headPayload('k-zzzzzzzzzz'))
		expect(openHead(head, device)).toMatchObject({ ok: false, fault: { code: 'wrong-device' } })
	})

	test.each([2, 0, '1', null, 1.5, [1]])('unknown-version: v %j, whatever else it holds', (v) => {
		expect(codeOf(forge(device, header, { ...payload, v }))).toBe('unknown-version')
		expect(codeOf(forge(device, header, { v, wholly: 'different' }))).toBe('unknown-version')
	})

	test.each([[[]], [null], ['text'], [7], [true], [{}]])('bad-payload: %j', (value) => {
		expect(codeOf(forge(device, header, JSON.stringify(value)))).toBe('bad-payload')
	})

	const digest = payload.images[0]?.sha256
	const image = payload.images[0]
	const bad: readonly (readonly [path: string, ...values: unknown[]])[] = [
		['v', undefined],
		['election', undefined, 7, 'x'.repeat(65)],
		['device', undefined, 'K', 7],
		['boot', undefined, 0, -1, 1.5, '1', 2 ** 53],
		['seq', undefined, 0, -1, 1.5, '3', 2 ** 53],
		['prev', undefined, null, 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}=`, `${'A'.repeat(43)}\n`],
		['kind', undefined, 'vote', 7, '__proto__', 'constructor'],
		['time', undefined, null, '2024-07-28T22:14:00Z'],
		[
			'time.wall',
			undefined,
			'2024-07-28',
			'2024-07-28T22:14:00-04:00',
			'2024-07-28T22:14:00',
			'2024-02-30T22:14:00Z',
			'2024-07-28T22:14:07Z',
			'2024-07-28T22:14:00.000Z',
			1,
		],
		['time.source', undefined, 'gps'],
		['time.monotonicMs', undefined, -1, 0.5, '0'],
		['anchor', undefined, '', 'x'],
		['software', undefined, 'x'.repeat(65)],
		['reading', undefined, null],
		['reading.method', undefined, 'guess'],
		['reading.text', undefined, 7, 'x'.repeat(4097)],
		['reading.code', undefined, 7, 'x'.repeat(65)],
		['images', undefined, null, [], Array(17).fill(image)],
		['images.0.role', undefined, 'Full', '../x', ''],
		['images.0.mediaType', undefined, 'text/html', 'image/svg+xml'],
		['images.0.size', undefined, 0, -1, 1.5],
		['images.0.sha256', undefined, 'A'.repeat(64), `${digest}0`, '../../x'],
		['images.0.sealed', null, 'x'],
		['images.0.sealed.format', undefined, 'age-v2'],
		['images.0.sealed.size', undefined, 0],
		['images.0.sealed.sha256', undefined, ''],
	]
	const badReceipt: typeof bad = [
		['v', undefined],
		['device', undefined, 'K'],
		['seq', undefined, 0],
		['entry', undefined, null, 'x'],
		['status', undefined, 'received'],
		['reason', 7, 'x'.repeat(201)],
		['images', undefined, null, Array(17).fill({ sha256: digest, status: 'stored', missing: [] })],
		['images.0.sha256', undefined, 'x'],
		['images.0.status', undefined, 'lost'],
		['images.0.missing', undefined, [[2, 1]], [[-1, 0]], [[0]], [[0, 1, 2]], Array(201).fill([0, 0])],
		['upto', undefined, {}, { seq: 0, id: 'A'.repeat(43) }, { seq: 1, id: '' }],
		['gaps', undefined, [[2, 1]], [['1', '2']], Array(201).fill([0, 0])],
		['time', undefined, 'now', '2024-07-28T22:14:09+00:00'],
		['copies', undefined, -1, 0.5],
	]
	const badHead: typeof bad = [
		['v', undefined],
		['device', undefined],
		['seq', undefined, 0],
		['id', undefined, 'x'],
		['receipts', undefined, -1],
		['time', undefined, 'now'],
	]

	function changed(value: object, path: string, to: unknown): object {
		const copy = structuredClone(value)
		const steps = path.split('.')
		const last = steps.pop() ?? ''
		const holder = steps.reduce((at, step) => Reflect.get(at, step), copy)
		Reflect.set(holder, last, to)
		return copy
	}

	const cases = <K extends 'entry' | 'receipt' | 'head'>(kind: K, list: typeof bad, good: object) =>
		list.flatMap(([path, ...values]) => values.map((to) => ({ kind, path, to, good })))

	test.each([
		...cases('entry', bad, payload),
		...cases('receipt', badReceipt, receiptPayload(device.id)),
		...cases('head', badHead, headPayload(device.id)),
	])('bad-payload: $kind with $path $to', ({ kind, path, to, good }) => {
		const text = forge(device, headerOf(kind, device.id), changed(good, path, to))
		const opened = { entry: openEntry, receipt: openReceipt, head: openHead }[kind](text, device)
		expect(opened).toMatchObject({ ok: false, fault: { code: 'bad-payload' } })
		expect(opened.ok || opened.fault.detail).toContain(path)
	})

	test('bad-payload: a void that does not say what it voids', () => {
		const { reading: _, images: __, ...rest } = payload
		expect(codeOf(forge(device, header, { ...rest, kind: 'void' }))).toBe('bad-payload')
		const voids = { seq: 2, id: 'A'.repeat(43) }
		expect(codeOf(forge(device, header, { ...rest, kind: 'void', voids }))).toBe('ok')
	})

	test('of thousands of faults a person sees the first few, and how many more there are', () => {
		const images = Array(16).fill({ role: '', mediaType: '', size: 0, sha256: '' })
		const opened = openEntry(forge(device, header, { ...payload, images }), device)
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
			fc.json().map((json) => forge(device, header, json)),
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
