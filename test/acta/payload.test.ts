import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ElectionDefinition } from '#src/acta/election.js'
import { type Acta, formatPayload, longestPayload, parsePayload, resemblesActa } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'

// The one published in full: centre 121202007, table 01.
const real =
	'121202007.01.1.0001!23,0,0,0,0,0,0,0,0,1,0,0,22,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,18,4,95,0,0!0!0'

function parse(text: string, election: ElectionDefinition = presidential2024) {
	return parsePayload(Buffer.from(text, 'utf8'), election)
}

function codeOf(text: string): string {
	const parsed = parse(text)
	if (!parsed.ok) expect(parsed.fault.detail).not.toMatch(/[\n\r]/)
	return parsed.ok ? 'acta' : parsed.fault.code
}

/** The real payload with its n-th count (from 0; 38 is null, 39 empty votes) spelt otherwise. */
function withCount(position: number, spelling: string): string {
	let at = -1
	return real.replace(/(?<=[!,])[0-9]+/g, (count) => {
		at++
		return at === position ? spelling : count
	})
}

test('a real acta', () => {
	expect(parse(real)).toEqual({
		ok: true,
		value: {
			code: '121202007.01.1.0001',
			centro: '121202007',
			mesa: '01',
			votes: [
				...[23, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 22, 0, 0, 0, 0, 0, 0, 1],
				...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 18, 4, 95, 0, 0],
			],
			nullVotes: 0,
			emptyVotes: 0,
		},
	})
})

const digitString = (length: number) =>
	fc
		.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
		.map((all) => all.join(''))

function actaOf({ code, cards, highestCount }: ElectionDefinition): fc.Arbitrary<Acta> {
	const count = fc.integer({ min: 0, max: highestCount })
	return fc
		.record({
			parts: fc.tuple(...code.digits.map(digitString)),
			votes: fc.array(count, { minLength: cards.length, maxLength: cards.length }),
			nullVotes: count,
			emptyVotes: count,
		})
		.map(({ parts, ...rest }) => ({
			code: parts.join('.'),
			centro: parts[code.centro] ?? '',
			mesa: parts[code.mesa] ?? '',
			...rest,
		}))
}

const otherElection: ElectionDefinition = {
	id: 'other',
	title: 'Otra',
	code: { digits: [3, 20, 1], centro: 1, mesa: 0 },
	candidates: [{ id: 'A', name: 'A' }],
	cards: [{ sigla: 'A', candidate: 'A' }],
	highestCount: 999_999,
}

describe.each([presidential2024, otherElection])('any acta of $id', (election) => {
	test('is read back as it was written', () => {
		fc.assert(
			fc.property(actaOf(election), (acta) => {
				expect(parse(formatPayload(acta), election)).toEqual({ ok: true, value: acta })
			}),
		)
	})

	test('has one spelling: whatever is read is written again the same', () => {
		const letters = fc.constantFrom(...'0123456789.,!+- e')
		fc.assert(
			fc.property(actaOf(election), fc.nat(), letters, fc.boolean(), (acta, where, letter, insert) => {
				const text = formatPayload(acta)
				const at = where % text.length
				const changed = text.slice(0, at) + letter + text.slice(at + (insert ? 0 : 1))
				const parsed = parse(changed, election)
				if (parsed.ok) expect(formatPayload(parsed.value)).toBe(changed)
			}),
			{ numRuns: 1000 },
		)
	})
})

test('any bytes give an acta or a named fault, never a throw', () => {
	const bytes = fc.oneof(
		fc.uint8Array({ maxLength: longestPayload + 10 }),
		fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
		fc.array(fc.constantFrom(...'01.,!'), { maxLength: 200 }).map((all) => Buffer.from(all.join(''))),
	)
	fc.assert(
		fc.property(bytes, (some) => {
			const parsed = parsePayload(some, presidential2024)
			expect(parsed.ok || parsed.fault.code).toMatch(/^[a-z-]+$/)
		}),
		{ numRuns: 1000 },
	)
})

describe('faults', () => {
	test.each<[code: string, ...texts: string[]]>([
		['empty', ''],
		// 3 KB, even of what begins as an acta.
		['too-large', 'x'.repeat(3072), `${real}${',0'.repeat(1500)}`],
		[
			'web-address',
			...['https://www.example.com/', 'HTTP://EXAMPLE.COM', '  https://example.com/121202007.01.1.0001!1'],
			...['www.example.com', 'https://ejemplo.com/mañana', 'javascript://x', 'mailto:a@example.com'],
			...['WIFI:T:WPA;S:x;P:y;;', 'tel:+58000'],
		],
		// UTF-8 letters; NUL and line feed behind an acta; Arabic and full-width digits; zero-width; byte-order mark.
		[
			'not-text',
			...['mañana', `${real}\0`, `${real}\n`, withCount(0, '٢٣'), withCount(0, '２３')],
			...[withCount(0, '\u200b23'), `\ufeff${real}`],
		],
		[
			'not-an-acta',
			...['hello', '!', '!!', '!!!!', `${real}!`, real.slice(0, real.lastIndexOf('!')), '{"v":1}'],
			'x'.repeat(longestPayload),
		],
		[
			'bad-code',
			...['!!!', ` ${real}`, real.replace('.0001', ''), real.replace('.0001', '.0001.1')],
			...['21202007', '1121202007', '12120200a'].map((centre) => real.replace('121202007', centre)),
			...['.1.', '.-1.', '. 1.', ',01,'].map((table) => real.replace('.01.', table)),
		],
		// 37, 39, none, and one without commas.
		[
			'wrong-card-count',
			...[real.replace(',0,0!', ',0!'), real.replace(',0,0!', ',0,0,0!'), '121202007.01.1.0001!!0!0'],
			real.replaceAll(',', ';'),
		],
	])('%s', (code, ...texts) => {
		for (const text of texts) expect(codeOf(text), text.slice(0, 80)).toBe(code)
	})

	describe.each([0, 17, 37, 38, 39])('count at %i', (position) => {
		test.each(['', '00', '023', '+1', '-1', '-0', '1.0', '1e3', '0x1', ' 1', '1 ', '1_0', 'NaN', 'a', "'"])(
			'bad-count: %j',
			(spelling) => {
				expect(codeOf(withCount(position, spelling))).toBe('bad-count')
			},
		)

		test.each(['10000', '99999999999', '999999999999999999999999', `1${'0'.repeat(400)}`])(
			'count-too-large: %s',
			(spelling) => {
				expect(codeOf(withCount(position, spelling))).toBe('count-too-large')
			},
		)

		test('the most that the form can print is taken', () => {
			expect(codeOf(withCount(position, '9999'))).toBe('acta')
		})
	})

	test('the fault of a count says which', () => {
		const detail = (text: string) => {
			const parsed = parse(text)
			return parsed.ok ? '' : parsed.fault.detail
		}
		expect(detail(withCount(2, 'x'))).toMatch(/^count 3:/)
		expect(detail(withCount(38, 'x'))).toMatch(/^the null votes:/)
		expect(detail(withCount(39, '10000'))).toMatch(/^the empty votes:/)
	})

	test('what has the shape of an acta deserves a look at the paper', () => {
		const resembles = (text: string) => {
			const parsed = parse(text)
			return !parsed.ok && resemblesActa(parsed.fault)
		}
		expect(resembles(real.replace(',0,0!', ',0!'))).toBe(true)
		expect(resembles(withCount(0, '10000'))).toBe(true)
		expect(resembles('https://example.com')).toBe(false)
		expect(resembles('hello')).toBe(false)
	})
})
