/** Signed notes and verifier keys: others' as published, ours, and what is none. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatVerifierKey, parseVerifierKey, verifierKey } from '#src/evidence/keys/verifier-key.js'
import {
	formatNote,
	formatSignature,
	longestNote,
	mostSignatures,
	openNote,
	parseNote,
} from '#src/log/note.js'
import { logSigner, signNote, witnessSigner } from '#src/log/signing.js'
import { codeOf, gotten } from '../support/result.ts'
import { go, specification } from './published-notes.ts'

const peter = gotten(parseVerifierKey(go.peter))
const read = (note: string, vkey = go.peter) => openNote(Buffer.from(note), gotten(parseVerifierKey(vkey)))

function privateKeyOf(seed: Uint8Array) {
	const head = Buffer.from('302e020100300506032b657004220420', 'hex')
	return createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' })
}

test('published notes verify by their published keys, and stand as they are when written again', () => {
	expect(gotten(read(specification.note, specification.vkey)).text).toBe('This is an example message.\n')
	const both = `${go.text}\n${go.byPeter}${go.byEnoch}`
	for (const key of [go.peter, go.enoch]) expect(gotten(read(both, key)).text).toBe(go.text)
	expect(formatNote(gotten(parseNote(Buffer.from(both))))).toBe(both)
	for (const key of [specification.vkey, go.peter, go.enoch])
		expect(formatVerifierKey(gotten(parseVerifierKey(key)))).toBe(key)
})

test('a published private key signs to the byte what it signed there', () => {
	const signer = logSigner('PeterNeumann', privateKeyOf(Buffer.from(go.peterSeed, 'base64')))
	expect(formatVerifierKey(signer.key)).toBe(go.peter)
	expect(formatSignature(signNote(go.text, signer))).toBe(go.byPeter)
})

test('a text may hold empty lines; what stands below the last is signatures', () => {
	const signer = logSigner('example.org/ñandú', generateKeyPairSync('ed25519').privateKey)
	const text = 'one\n\n\ntwo\n\n'
	const note = formatNote({ text, signatures: [signNote(text, signer)] })
	expect(gotten(openNote(Buffer.from(note), signer.key)).text).toBe(text)
})

test('lines of unknown keys, also of the same name or the same id, are kept and not looked at', () => {
	const others = [
		`— PeterNeumann ${Buffer.concat([Buffer.from('c74f20a4', 'hex'), Buffer.alloc(2_400)]).toString('base64')}\n`,
		`— PaulNeumann ${Buffer.concat([Buffer.from('c74f20a3', 'hex'), Buffer.alloc(1)]).toString('base64')}\n`,
	]
	const note = `${go.text}\n${others[0]}${go.byPeter}${others[1]}`
	const opened = gotten(read(note))
	expect(opened.signatures.map(formatSignature)).toEqual([others[0], go.byPeter, others[1]])
	expect(formatNote(opened)).toBe(note)
})

test('a note that lacks the signature, or has one of the key that does not verify, is refused', () => {
	expect(codeOf(read(`${go.text}\n${go.byEnoch}`))).toBe('foreign-key')
	expect(codeOf(read(`${go.text}more\n\n${go.byPeter}`))).toBe('bad-signature')
	const altered = go.byPeter.replace('cAcElZ', 'cAcElA')
	expect(
		codeOf(read(`${go.text}\n${altered === go.byPeter ? go.byPeter.replace('AcElZ', 'AcElA') : altered}`)),
	).toBe('bad-signature')
	// Also below one that does.
	const short = `— PeterNeumann ${Buffer.from('c74f20a300', 'hex').toString('base64')}\n`
	expect(codeOf(read(`${go.text}\n${go.byPeter}${short}`))).toBe('bad-signature')
	expect(codeOf(read(`${go.text}\n${go.byPeter}${go.byPeter}`))).toBe('ok')
})

const whole = `${go.text}\n${go.byPeter}`
test.each([
	['nothing', ''],
	['no empty line', go.text],
	['no signature', `${go.text}\n`],
	['no text', `\n${go.byPeter}`],
	['a last line without a line feed', whole.slice(0, -1)],
	['two line feeds at the end', `${whole}\n`],
	['lines that end with CR LF', whole.replaceAll('\n', '\r\n')],
	['a CR in the text', `a\r\n\n${go.byPeter}`],
	['a tab in the text', `a\tb\n\n${go.byPeter}`],
	['a zero byte', `a\0\n\n${go.byPeter}`],
	['a hyphen for the dash', whole.replace('—', '-')],
	['two blanks', whole.replace('— ', '—  ')],
	['a blank at the end', whole.replace(/=\n$/, '= \n')],
	['no blank', whole.replace('PeterNeumann ', 'PeterNeumann')],
	['a plus in the name', whole.replace('PeterNeumann', 'Peter+Neumann')],
	['a space of Unicode in the name', whole.replace('PeterNeumann', 'Peter\u2003Neumann')],
	['a next-line character in the name', whole.replace('PeterNeumann', 'Peter\u0085Neumann')],
	['a name of 256 bytes', whole.replace('PeterNeumann', 'n'.repeat(256))],
	['base64 without padding', whole.replace('=\n', '\n')],
	['base64 with bits that mean nothing', whole.replace('nAM=', 'nAN=')],
	['base64url', whole.replace('x08go/', 'x08go_')],
	['a signature of no byte', `${go.text}\n— PeterNeumann x08gow==\n`],
	['too many signatures', `${go.text}\n${go.byPeter.repeat(mostSignatures + 1)}`],
	['too many bytes', `${'n'.repeat(longestNote)}\n\n${go.byPeter}`],
])('%s is no note', (_, note) => {
	expect(codeOf(read(note))).toBe('bad-note')
})

test('bytes that are no UTF-8 are no note, and a byte order mark is a part of the text', () => {
	for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x80]])
		expect(codeOf(parseNote(Buffer.concat([Buffer.from(bytes), Buffer.from(whole)])))).toBe('bad-note')
	expect(codeOf(read(`\ufeff${whole}`))).toBe('bad-signature')
})

test('as many signatures as the limit are read', () => {
	expect(codeOf(read(`${go.text}\n${go.byPeter.repeat(mostSignatures)}`))).toBe('ok')
})

test('a byte of a note that is another makes it no note, another text, or one by somebody else', () => {
	const bytes = Buffer.from(whole)
	fc.assert(
		fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
			const other = Buffer.from(bytes)
			other[at] = (other[at] ?? 0) ^ by
			expect(['bad-note', 'bad-signature', 'foreign-key']).toContain(codeOf(openNote(other, peter)))
		}),
		{ numRuns: 1_500 },
	)
})

test('a verifier key that is cut, altered or spelled otherwise is none', () => {
	for (let start = 0; start <= go.peter.length; start++)
		for (let end = start; end <= go.peter.length; end++)
			if (start > 0 || end < go.peter.length)
				expect(codeOf(parseVerifierKey(go.peter.slice(start, end)))).not.toBe('ok')
	for (let at = 0; at < go.peter.length; at++) {
		const next = String.fromCharCode(go.peter.charCodeAt(at) + 1)
		expect(codeOf(parseVerifierKey(go.peter.slice(0, at) + next + go.peter.slice(at + 1)))).not.toBe('ok')
	}
	for (const vkey of [
		go.peter.replace('c74f20a3', 'C74F20A3'),
		`${go.peter}\n`,
		` ${go.peter}`,
		'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
	])
		expect(codeOf(parseVerifierKey(vkey)), vkey).toBe('bad-vkey')
	// Go's own sample of an unknown algorithm.
	expect(codeOf(parseVerifierKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'))).toBe(
		'other-type',
	)
})

test('a key of small order, or one that stands for another number, is no key', () => {
	const last = 'f'.repeat(62)
	for (const hex of [
		...[
			'00'.repeat(32),
			`01${'00'.repeat(31)}`,
			`01${'00'.repeat(30)}80`,
			`ec${last.slice(2)}7f`,
			`ec${last}`,
		],
		'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
		'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
		...[`ed${last.slice(2)}7f`, `ee${last.slice(2)}7f`, `f0${last}`, `ff${last}`],
	])
		expect(() => verifierKey('example.org', 1, Buffer.from(hex, 'hex')), hex).toThrow(RangeError)
	expect(() => verifierKey('example.org', 1, Buffer.alloc(31, 9))).toThrow(RangeError)
	// The largest number that stands for itself.
	expect(verifierKey('example.org', 1, Buffer.from(`eb${last.slice(2)}7f`, 'hex')).name).toBe('example.org')
})

test('a name that notes can not bear makes no key, and a witness signs no plain note', () => {
	const { privateKey } = generateKeyPairSync('ed25519')
	for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', '\ud800', 'x'.repeat(256)])
		expect(() => logSigner(name, privateKey), JSON.stringify(name)).toThrow(RangeError)
	expect(() => signNote('text\n', witnessSigner('example.org', privateKey))).toThrow(RangeError)
})

test('a signature whose second half is larger than the order of the group is refused', () => {
	const signer = logSigner('example.org', generateKeyPairSync('ed25519').privateKey)
	const text = 'text\n'
	const one = signNote(text, signer)
	const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n
	const s = Buffer.from(one.signature).subarray(32).reverse().toString('hex')
	const larger = Buffer.from((BigInt(`0x${s}`) + order).toString(16).padStart(64, '0'), 'hex').reverse()
	const signature = Buffer.concat([Buffer.from(one.signature).subarray(0, 32), larger])
	const note = formatNote({ text, signatures: [{ ...one, signature }] })
	expect(codeOf(openNote(Buffer.from(note), signer.key))).toBe('bad-signature')
})
