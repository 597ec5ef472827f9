import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditReport, type Verdict } from '#src/sampling/audit-report.js'
import { draw } from '#src/sampling/draw.js'
import { mostWrong } from '#src/sampling/hypergeometric.js'
import { countedTable } from '#src/sampling/population.js'
import { sharesOf } from '#src/sampling/quick-sample.js'
import { formatPopulation, parsePopulation, parseSample, parseVerdicts } from '#src/sampling/sample-file.js'

const tables = Array.from({ length: 200 }, (_, n) => `0101010${String(n).padStart(2, '0')}.01`)

test('a draw can be done again by hand, with sha256sum', () => {
	const few = tables.slice(0, 6).map((table, index) => ({ table, tickets: 1 + (index % 2) * 2 }))
	const script = few
		.flatMap(({ table, tickets }) =>
			Array.from(
				{ length: tickets },
				(_, n) => `printf '%s\\n%s\\n%s' 4-1-6 ${table} ${n + 1} | sha256sum | sed "s/ .*/ ${table}/"`,
			),
		)
		.join('\n')
	const byHand = execFileSync('sh', ['-c', `(${script}) | sort`], { encoding: 'utf8' })
		.trim()
		.split('\n')
		.map((line) => line.split(' ')[1])
	expect(draw(few, '4-1-6', 6).map(({ table }) => table)).toEqual([...new Set(byHand)])
})

test('more tickets are drawn more often, and another seed draws others', () => {
	const drawables = tables.map((table, index) => ({ table, tickets: index < 100 ? 1 : 3 }))
	let of3 = 0
	for (let seed = 0; seed < 40; seed++) {
		of3 += draw(drawables, String(seed), 20).filter(({ tickets }) => tickets === 3).length
	}
	// Of 800, some 600 where a draw is by tickets.
	expect(of3).toBeGreaterThan(500)
	expect(of3).toBeLessThan(700)
	expect(draw(drawables, 'a', 20)).not.toEqual(draw(drawables, 'b', 20))
})

test('strata get their share, at least one each, and in all what was asked for where it is enough', () => {
	expect(sharesOf([1000, 500, 1], 10)).toEqual([7, 3, 1])
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 30 }),
			fc.integer({ min: 1, max: 2000 }),
			(strata, size) => {
				const shares = sharesOf(strata, size)
				const total = strata.reduce((sum, count) => sum + count, 0)
				const sum = shares.reduce((all, share) => all + share, 0)
				shares.forEach((share, index) => {
					expect(share).toBeGreaterThanOrEqual(1)
					expect(share).toBeLessThanOrEqual(strata[index] ?? 0)
				})
				expect(sum).toBeGreaterThanOrEqual(Math.min(size, total))
				expect(sum).toBeLessThan(Math.min(size, total) + strata.length)
			},
		),
	)
})

test('the bound is the one that counting all samples gives', () => {
	const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)
	for (const [all, drawn, wrong] of [
		[20, 5, 0],
		[20, 5, 1],
		[50, 20, 2],
		[12, 12, 3],
	] as const) {
		let most = wrong
		for (let bad = wrong; bad <= all - (drawn - wrong); bad++) {
			let chance = 0
			for (let k = 0; k <= wrong; k++) {
				if (k <= bad && drawn - k <= all - bad)
					chance += (choose(bad, k) * choose(all - bad, drawn - k)) / choose(all, drawn)
			}
			if (chance > 0.05) most = bad
		}
		expect(mostWrong(all, drawn, wrong)).toBe(most)
	}
	// Of 24,532 tables 300 were right: at 95 % at most one in a hundred is wrong.
	expect(mostWrong(24_532, 300, 0)).toBeGreaterThan(230)
	expect(mostWrong(24_532, 300, 0)).toBeLessThan(250)
	expect(mostWrong(100, 0, 0)).toBe(100)
	expect(mostWrong(0, 0, 0)).toBe(0)
})

test('what was not found, and what nobody has looked at, counts as wrong', () => {
	const population = tables.map((table, index) =>
		countedTable(table, index % 4 === 0 ? 'single-source' : 'confirmed', 'ab'.repeat(32)),
	)
	const drawn = draw(population, '6-6-6', 40)
	const verdictOf = (verdict: Verdict) =>
		auditReport(population, drawn, ({ table }) => (table === drawn[0]?.table ? verdict : 'match'))
	const right = verdictOf('match')
	expect(right.wrong).toEqual([])
	expect(right.classes.confirmed.all + right.classes['single-source'].all).toBe(200)
	expect(right.classes.confirmed.drawn + right.classes['single-source'].drawn).toBe(40)
	for (const verdict of ['differs', 'not-found', 'open'] as const) {
		const report = verdictOf(verdict)
		expect(report.wrong).toEqual([{ table: drawn[0]?.table, verdict }])
		expect(report.bound.most).toBe(verdictOf('differs').bound.most)
		expect(report.bound.most).toBeGreaterThan(right.bound.most)
	}
})

test('a population is read back as it was written, and anything else is refused with its line', () => {
	const population = tables.slice(0, 3).map((table) => countedTable(table, 'confirmed', 'ab'.repeat(32)))
	const bytes = Buffer.from(formatPopulation(population))
	expect(parsePopulation(bytes)).toEqual({ ok: true, value: population })
	const because = (words: RegExp) => ({
		ok: false,
		fault: { code: 'bad-sample', detail: expect.stringMatching(words) },
	})
	const refused = (text: string) => parsePopulation(Buffer.from(text))
	const [head, digest] = ['table,class,counts\n', 'ab'.repeat(32)]
	expect(refused('table,class\n')).toEqual(because(/first line/))
	expect(refused(`${head}=1+1,confirmed,${digest}\n`)).toEqual(because(/line 2/))
	expect(refused(`${head}1.1,right,${digest}\n`)).toEqual(because(/line 2/))
	expect(refused(`${head}1.1,confirmed,12\n`)).toEqual(because(/line 2/))
	expect(refused(`${head}"1.1,confirmed\n`)).toEqual(because(/not a CSV/))
	// Another spelling of the same would have another digest.
	for (const text of [`${head}"1.1",confirmed,${digest}\n`, `${head}1.1,confirmed,${digest}`]) {
		expect(refused(text)).toEqual(because(/spelled/))
	}
	expect(refused(`${head}1.1,confirmed,${digest}\r\n`.replace('counts\n', 'counts\r\n'))).toEqual(
		because(/spelled/),
	)
	const quick = (rows: string) => parseSample(Buffer.from(`table,stratum\n${rows}`))
	expect(quick('1.1,"A, B"\n')).toEqual({ ok: true, value: [{ table: '1.1', stratum: 'A, B' }] })
	expect(quick('1.1,A\n1.1,A\n')).toEqual(because(/twice/))
	const verdicts = (rows: string) => parseVerdicts(Buffer.from(`table,verdict\n${rows}`), ['match'])
	// As a spreadsheet saves it.
	const saved = Buffer.from('\ufefftable,verdict\r\n1.1,match\r\n')
	expect(parseVerdicts(saved, ['match'])).toEqual({ ok: true, value: new Map([['1.1', 'match']]) })
	expect(verdicts('1.1,perhaps\n')).toEqual(because(/line 2/))
})
