import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { Transcription, unreadableReasons } from '#src/evidence/transcription.js'
import { type Answer, fieldNames, fieldsOf, readTyped } from '#src/transcription/station/typed.js'
import { text } from '../support/printed-actas.ts'

const signatures = ['filled', 'empty', 'not-visible', 'filled', 'filled', 'filled'] as const
const whole = fieldsOf({ text, signatures: [...signatures] }, presidential2024)
const typed = (changes: Readonly<Record<string, string>>) =>
	readTyped(new Map([...whole, ...Object.entries(changes)]), presidential2024)

test('what is typed gives the text as it would stand in the code, and the fields again', () => {
	expect(readTyped(whole, presidential2024)).toEqual({ ok: true, value: { text, signatures } })
	expect([...whole.keys()]).toEqual(fieldNames(presidential2024))
	expect(typed({ 'votes.0': ' 0023 ', 'code.1': '1' })).toEqual({ ok: true, value: { text, signatures } })
})

test('what is neither centre nor table may be left out', () => {
	expect(typed({ 'code.2': '', 'code.3': '' })).toMatchObject({
		value: { text: text.replace('01.1.0001!', '01.0.0000!') },
	})
})

test.each([
	['code.0', '', 'empty'],
	['code.0', '12120200', 'wrong-length'],
	['code.0', '1212020070', 'wrong-length'],
	['code.1', '', 'empty'],
	['code.1', '123', 'wrong-length'],
	['code.3', 'O001', 'not-digits'],
	['votes.7', '', 'empty'],
	['votes.7', '1e3', 'not-digits'],
	['votes.7', '-1', 'not-digits'],
	['votes.7', '१', 'not-digits'],
	['votes.37', '10000', 'too-large'],
	['votes.37', '9'.repeat(400), 'too-large'],
	['nullVotes', '', 'empty'],
	['emptyVotes', 'x', 'not-digits'],
	['signatures.5', '', 'not-chosen'],
	['signatures.5', 'signed', 'not-chosen'],
])('%s can not be "%s": %s, at the field', (field, value, code) => {
	expect(typed({ [field]: value })).toMatchObject({ ok: false, faults: [{ field, code }] })
})

test('every fault is named at once', () => {
	const nothing = readTyped(new Map(), presidential2024)
	const optional = ['code.2', 'code.3']
	expect(nothing.ok ? [] : nothing.faults.map(({ field }) => field)).toEqual(
		fieldNames(presidential2024).filter((name) => !optional.includes(name)),
	)
})

test('what can not be read has a reason, and the code where that can', () => {
	const unreadable = (fields: Readonly<Record<string, string>>) =>
		readTyped(new Map(Object.entries({ unreadable: 'faded', ...fields })), presidential2024)
	expect(unreadable({})).toMatchObject({ value: { unreadable: 'faded' } })
	expect(unreadable({ 'votes.0': 'x' })).toMatchObject({ ok: true })
	const withCode = unreadable({ 'code.0': '121202007', 'code.1': '1' })
	expect(withCode).toMatchObject({ value: { code: '121202007.01.0.0000' } })
	expect(unreadable({ 'code.1': '1' })).toMatchObject({ ok: false, faults: [{ field: 'code.0' }] })
	// Any other word is no reason, and the rest is asked for.
	expect(unreadable({ unreadable: 'because' })).toMatchObject({ ok: false })
})

test('whatever is typed is an answer that can be signed, or has a fault at a field', () => {
	const names = [...fieldNames(presidential2024), 'unreadable']
	const field = fc.constantFrom(...names)
	const value = fc.oneof(
		fc.constantFrom('', '0', '9999', '10000', 'filled', ...unreadableReasons),
		fc.string(),
	)
	fc.assert(
		fc.property(fc.dictionary(field, value, { maxKeys: 4 }), (changes) => {
			const read = typed(changes)
			if (!read.ok) {
				expect(names).toEqual(expect.arrayContaining(read.faults.map(({ field }) => field)))
				return
			}
			expect(Transcription.safeParse(signed(read.value)).success).toBe(true)
			const { value } = read
			if ('text' in value) expect(parsePayload(Buffer.from(value.text), presidential2024).ok).toBe(true)
			const again = readTyped(fieldsOf(signed(value), presidential2024), presidential2024)
			expect(again).toEqual(read)
		}),
	)
})

function signed(answer: Answer) {
	const id = 'A'.repeat(43)
	const place = { station: 's-one', seq: 1, prev: id, entry: id, image: 'a'.repeat(64) }
	const rest = { v: 1, election: 'e', day: '2024-07-29' } as const
	return { ...rest, ...place, ...answer, signatures: [...answer.signatures] } as Transcription
}
