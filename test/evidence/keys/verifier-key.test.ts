import { expect, test } from 'vitest'
import { parseVerifierKey, verifierKey } from '#src/evidence/keys/verifier-key.js'
import { codeOf, gotten } from '../../support/result.ts'

/** Of the documentation of Go's golang.org/x/mod/sumdb/note. */
const published = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'

test('a verifier key that others published is read, and spelled the same', () => {
	const { role, name, keyId, key } = gotten(parseVerifierKey(published))
	expect([role, name, keyId.toString('hex'), key.length]).toEqual(['log', 'PeterNeumann', 'c74f20a3', 32])
	expect(verifierKey(role, name, key).text).toBe(published)
})

test('a witness has another type, so another key id under the same name', () => {
	const key = new Uint8Array(32).fill(7)
	const [log, witness] = [verifierKey('log', 'example', key), verifierKey('witness', 'example', key)]
	expect(log.keyId).not.toEqual(witness.keyId)
	expect(gotten(parseVerifierKey(witness.text))).toEqual(witness)
})

test.each([
	['nothing', ''],
	['a letter of the key', published.replace('RTW', 'RTX').replace('10TW', '10TX')],
	['a letter of the name', published.replace('Peter', 'Pieter')],
	['the key id in capitals', published.replace('c74f20a3', 'C74F20A3')],
	['another type', published.replace('+AR', '+AB')],
	['padding', `${published}=`],
	['a line feed', `${published}\n`],
	['a part missing', 'PeterNeumann+c74f20a3'],
	['a blank in the name', verifierKey('log', 'x', new Uint8Array(32)).text.replace('x', 'x y')],
	['no name', published.replace('PeterNeumann', '')],
])('bad-vkey: %s', (_, text) => {
	expect(codeOf(parseVerifierKey(text))).toBe('bad-vkey')
})
