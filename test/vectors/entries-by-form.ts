/** Entries of good and bad form: spelling, JSON, header, signature. */
import { createHmac } from 'node:crypto'
import { actaPayload } from '../evidence/samples.ts'
import { type Case, device, impostor, otherDevice } from './object-vector.ts'
import { highTwin, octets, type SeededKey } from './seeded-key.ts'
import { base64url, headerOf, signed } from './signed.ts'

const header = headerOf('entry', device.id)
const payload = actaPayload(device.id)
const body = JSON.stringify(payload)
const good = signed(device, header, payload)
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.')

/** The last character with one unused bit set: decoders that don't look read the same bytes. */
export function lastCharacterTwin(part: string): string {
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
	return `${part.slice(0, -1)}${alphabet[alphabet.indexOf(part.slice(-1)) ^ 1]}`
}

function withHeader(more: object, by: SeededKey = device): string {
	return signed(by, { ...header, ...more }, payload)
}

function withText(text: string | Uint8Array): string {
	return signed(device, header, text)
}

/** With this text before its first field. */
function withField(text: string): string {
	return withText(body.replace('{', `{${text}`))
}

/** Of so many characters: the header makes up for the lengths that base64url has not. */
function ofLength(characters: number): string {
	for (let more = 0; more < 4; more++) {
		const long = { ...header, x: 'x'.repeat(more) }
		const least = signed(device, long, body.replace('{', '{"x":"",')).length
		const fill = 'x'.repeat(Math.floor(((characters - least) * 3) / 4))
		const text = signed(device, long, body.replace('{', `{"x":"${fill}",`))
		if (text.length === characters) return text
	}
	throw new Error(`no entry has ${characters} characters`)
}

function withSignature(alter: (signature: Buffer) => Uint8Array): string {
	return signed(device, header, payload, alter)
}

/** An entry whose base64url of signature holds both - and _. */
function dashed(): string {
	for (let n = 0; ; n++) {
		const text = signed(device, header, { ...payload, n })
		if (/-.*_|_.*-/.test(text.slice(text.lastIndexOf('.')))) return text
	}
}

/** An entry with unused bits at the end of its payload. */
function padded(): string[] {
	for (const x of ['', 'x', 'xx']) {
		const parts = signed(device, header, { ...payload, x }).split('.')
		if ((parts[1] ?? '').length % 4 !== 0) return parts
	}
	return []
}

const spelling: readonly Case[] = [
	['good: an acta', null, good],
	['good: signature with - and _', null, dashed()],
	['plain base64: + for -', 'bad-base64url', dashed().replaceAll('-', '+')],
	['plain base64: / for _', 'bad-base64url', dashed().replaceAll('_', '/')],
	['padding', 'bad-base64url', `${good}==`],
	['space before', 'bad-base64url', ` ${good}`],
	['line feed behind', 'bad-base64url', `${good}\n`],
	['control character inside', 'bad-base64url', good.replace('.', '\u001b.')],
	['NUL behind', 'bad-base64url', `${good}\0`],
	['letter outside ASCII', 'bad-base64url', `${good.slice(0, -1)}é`],
	[
		'unused bits set, signature',
		'bad-base64url',
		`${goodHeader}.${goodPayload}.${lastCharacterTwin(goodSignature)}`,
	],
	[
		'unused bits set, payload',
		'bad-base64url',
		`${padded()[0]}.${lastCharacterTwin(padded()[1] ?? '')}.${padded()[2]}`,
	],
	['a lone character is no byte', 'bad-base64url', good.slice(0, -1)],
	['nothing', 'not-a-jws', ''],
	['two parts: signature cut off', 'not-a-jws', `${goodHeader}.${goodPayload}`],
	['four parts', 'not-a-jws', `${good}.`],
	[
		'JSON serialisation',
		'not-a-jws',
		JSON.stringify({ payload: goodPayload, protected: goodHeader, signature: goodSignature }),
	],
	['of 65,536 characters', 'too-large', ofLength(65_536)],
	['truncated in the signature', 'bad-signature-length', good.slice(0, -2)],
]

const json: readonly Case[] = [
	['good: of 65,535 characters', null, ofLength(65_535)],
	['good: unknown fields are ignored', null, withField('"later":{"field":[1,2]},')],
	['good: 16 levels', null, withField(`"x":${'['.repeat(15)}${']'.repeat(15)},`)],
	[
		'good: quotes and braces in strings, one key in two objects',
		null,
		withField('"x":"\\",\\"seq\\":4,{[","y":["seq","seq",{"seq":1},{"seq":1}],"z\\\\":"\\\\",'),
	],
	['good: __proto__ is a field like any', null, withField('"__proto__":{"seq":9},')],
	[
		'good: 3.0 and 3e0 are the whole number 3',
		null,
		withText(body.replace('"seq":3', '"seq":3.0').replace('"boot":2', '"boot":2e0')),
	],
	['good: numbers that no field holds may be huge', null, withField(`"x":1e999,"y":${'9'.repeat(5000)},`)],
	['good: half a surrogate pair, escaped', null, withField('"x":"\\ud800",')],
	['good: white space', null, withText(` \t\r\n${body.replaceAll(',"', ' ,\n"')} `)],
	[
		'good: 64 characters beyond the first 65,536 (128 UTF-16 units)',
		null,
		withText(JSON.stringify({ ...payload, election: '😀'.repeat(64) })),
	],
	['key twice', 'duplicate-key', withField('"seq":4,')],
	['key twice with the same value', 'duplicate-key', withField('"v":2,')],
	['key twice, nested', 'duplicate-key', withText(body.replace('"role":', '"role":"top","role":'))],
	['key twice, one escaped', 'duplicate-key', withField('"se\\u0071":4,')],
	[
		'key twice, as an escaped pair and as a character',
		'duplicate-key',
		withField('"😀":1,"\\ud83d\\ude00":1,'),
	],
	['__proto__ twice', 'duplicate-key', withField('"__proto__":1,"__proto__":2,')],
	['empty key twice', 'duplicate-key', withField('"":1,"":2,')],
	[
		'key twice in the header',
		'duplicate-key',
		signed(device, JSON.stringify(header).replace('{', '{"alg":"none",'), payload),
	],
	['17 levels', 'too-deep', withField(`"x":${'['.repeat(16)}${']'.repeat(16)},`)],
	['5,000 levels', 'too-deep', withText('['.repeat(5_000) + ']'.repeat(5_000))],
	['5,000 levels, not closed', 'not-json', withText('['.repeat(5_000))],
	['too deep before a key twice', 'too-deep', withText(`{"x":${'['.repeat(16)}${']'.repeat(16)},"x":1}`)],
	['key twice before too deep', 'duplicate-key', withText(`{"x":1,"x":${'['.repeat(16)}${']'.repeat(16)}}`)],
	['key twice in what is no JSON', 'not-json', withText('{"x":1,"x":2')],
	['stray byte', 'not-utf8', withText(Buffer.from(`${body.slice(0, -1)},"x":"\xff"}`, 'latin1'))],
	['overlong UTF-8', 'not-utf8', withText(Buffer.from(`${body.slice(0, -1)},"x":"\xc0\xaf"}`, 'latin1'))],
	[
		'surrogate as UTF-8',
		'not-utf8',
		withText(Buffer.from(`${body.slice(0, -1)},"x":"\xed\xa0\x80"}`, 'latin1')),
	],
	['byte-order mark', 'not-json', withText(`\ufeff${body}`)],
	['empty payload', 'not-json', withText('')],
	['truncated payload', 'not-json', withText(body.slice(0, -1))],
	['something behind', 'not-json', withText(`${body}{}`)],
	['comma too many', 'not-json', withText(body.replace(/}$/, ',}'))],
	['comment', 'not-json', withText(`${body}//`)],
	['NaN', 'not-json', withField('"x":NaN,')],
	['Infinity', 'not-json', withField('"x":-Infinity,')],
	['leading zero', 'not-json', withText(body.replace('"seq":3', '"seq":03'))],
	['single quotes', 'not-json', withText(body.replaceAll('"', "'"))],
	['bare control character in a string', 'not-json', withText(body.replace('"qr"', '"q\tr"'))],
	['digits of another script', 'not-json', withText(body.replace('"seq":3', '"seq":٣'))],
	['no-break space between', 'not-json', withField('\u00a0')],
	['UTF-16', 'not-json', withText(Buffer.from(body, 'utf16le'))],
]

const headers: readonly Case[] = [
	[
		'good: jku, x5u, jwk are ignored',
		null,
		withHeader({ jku: 'https://example.invalid/', x5u: 'x', jwk: { kty: 'EC' } }),
	],
	[
		'jwk of an impostor is not believed',
		'bad-signature',
		withHeader({ jwk: { kty: 'EC', crv: 'P-256' } }, impostor),
	],
	[
		'alg none, no signature',
		'foreign-alg',
		`${base64url(JSON.stringify({ ...header, alg: 'none' }))}.${goodPayload}.`,
	],
	['alg none, signed', 'foreign-alg', withHeader({ alg: 'none' })],
	['alg HS256 with the public key as the secret', 'foreign-alg', hmac()],
	['alg ES384', 'foreign-alg', withHeader({ alg: 'ES384' })],
	['alg in small letters', 'foreign-alg', withHeader({ alg: 'es256' })],
	['typ receipt', 'foreign-typ', withHeader({ typ: 'testigo-receipt+jws' })],
	['typ JWT', 'foreign-typ', withHeader({ typ: 'JWT' })],
	['typ with a parameter', 'foreign-typ', withHeader({ typ: 'testigo-entry+jws;v=1' })],
	['crit', 'crit', withHeader({ crit: ['b64'], b64: false })],
	['crit null', 'crit', withHeader({ crit: null })],
	['no kid', 'bad-header', signed(device, { alg: 'ES256', typ: 'testigo-entry+jws' }, payload)],
	['kid with a path', 'bad-header', withHeader({ kid: '../../etc/passwd' })],
	['kid with a line feed behind', 'bad-header', withHeader({ kid: `${device.id}\n` })],
	['kid too long', 'bad-header', withHeader({ kid: `k-${'a'.repeat(31)}` })],
	['alg is no string', 'bad-header', withHeader({ alg: ['ES256'] })],
	['header null', 'bad-header', signed(device, 'null', payload)],
	['header a list', 'bad-header', signed(device, '[]', payload)],
	['header no JSON', 'not-json', signed(device, 'alg=ES256', payload)],
	[
		'kid of another device, our key',
		'bad-signature',
		signed(device, headerOf('entry', otherDevice.id), actaPayload(otherDevice.id)),
	],
]

function hmac(): string {
	const input = `${base64url(JSON.stringify({ ...header, alg: 'HS256' }))}.${goodPayload}`
	return `${input}.${createHmac('sha256', device.pem).update(input).digest('base64url')}`
}

const zero = Buffer.alloc(32)
const order = octets(0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n)
const one = octets(1n)

const signatures: readonly Case[] = [
	['malleable: the high twin', 'high-s', withSignature(highTwin)],
	['s = n', 'high-s', withSignature((signature) => Buffer.concat([signature.subarray(0, 32), order]))],
	['r = 0', 'bad-signature', withSignature((signature) => Buffer.concat([zero, signature.subarray(32)]))],
	['s = 0', 'bad-signature', withSignature((signature) => Buffer.concat([signature.subarray(0, 32), zero]))],
	['r = s = 0', 'bad-signature', withSignature(() => Buffer.alloc(64))],
	['r = n', 'bad-signature', withSignature((signature) => Buffer.concat([order, signature.subarray(32)]))],
	['r = s = 1', 'bad-signature', withSignature(() => Buffer.concat([one, one]))],
	['a bit of r changed', 'bad-signature', withSignature(flip(0))],
	['a bit of s changed', 'bad-signature', withSignature(flip(63))],
	['no signature', 'bad-signature-length', withSignature(() => Buffer.alloc(0))],
	['63 bytes', 'bad-signature-length', withSignature((signature) => signature.subarray(1))],
	[
		'65 bytes',
		'bad-signature-length',
		withSignature((signature) => Buffer.concat([signature, Buffer.alloc(1)])),
	],
	['DER', 'bad-signature-length', withSignature(der)],
	['another key under the same id', 'bad-signature', signed(impostor, header, payload)],
	[
		'payload changed after signing',
		'bad-signature',
		`${goodHeader}.${base64url(body.replace('"seq":3', '"seq":4'))}.${goodSignature}`,
	],
	[
		'payload written otherwise, same meaning',
		'bad-signature',
		`${goodHeader}.${base64url(` ${body}`)}.${goodSignature}`,
	],
	[
		'header changed after signing',
		'bad-signature',
		`${base64url(JSON.stringify({ ...header, x: 1 }))}.${goodPayload}.${goodSignature}`,
	],
]

function flip(at: number): (signature: Buffer) => Buffer {
	return (signature) => {
		const changedBytes = Buffer.from(signature)
		changedBytes[at] = (signature[at] ?? 0) ^ 1
		return changedBytes
	}
}

function der(signature: Buffer): Buffer {
	const integerOf = (bytes: Buffer) => Buffer.concat([Buffer.from([2, 33, 0]), bytes])
	const both = Buffer.concat([integerOf(signature.subarray(0, 32)), integerOf(signature.subarray(32))])
	return Buffer.concat([Buffer.from([0x30, both.length]), both])
}

export const entriesByForm: readonly Case[] = [...spelling, ...json, ...headers, ...signatures]
