import { describe, expect, it } from 'vitest'
import { pageAt } from '#src/board/pages/page.js'
import {
	type ListQuery,
	type PageRoute,
	pageAddress,
	parseAddress,
	plainPages,
	wholeList,
} from '#src/board/routes.js'
import type { BoardView } from '#src/board/view.js'
import { type Sample, sampleView } from './sample-view.ts'

const hostile = '"><script>alert(1)</script>\u202e=HYPERLINK("x")'
const some: Sample = {
	tables: 300,
	stateOf: (index) =>
		index % 10 < 7 ? 'counted' : index % 10 === 7 ? 'conflict' : index % 10 === 8 ? 'unread' : 'missing',
}

function routesIn(view: BoardView): readonly PageRoute[] {
	const [table] = [...view.tablesIn('conflict'), ...view.tablesIn('missing')]
	const { state = '', municipality = '', parish = '' } = table?.registered ?? {}
	const names = [state, municipality, parish, table?.centro ?? '']
	return [
		...names.map((_, level): PageRoute => ({ page: 'coverage', names: names.slice(0, level) })),
		{ page: 'coverage', names },
		...view
			.tablesIn('unread')
			.slice(0, 1)
			.map((row): PageRoute => ({ page: 'table', table: row.table })),
		{ page: 'table', table: table?.table ?? '' },
		...view.devices().map(({ id }): PageRoute => ({ page: 'device', id })),
		...plainPages.map((page): PageRoute => ({ page })),
	]
}

function bodyAt(view: BoardView, route: PageRoute, query: Partial<ListQuery> = {}, isCsv = false): string {
	const address = parseAddress(
		pageAddress({ language: 'es', route, query: { ...wholeList, ...query }, isCsv }),
	)
	if (address === null) throw new Error('no address')
	const { status, body } = pageAt(address, view)
	expect(status).toBe(200)
	return body
}

const keysOf = (body: string) => [...body.matchAll(/data-key="([^"]*)"/g)].map(([, key]) => key)

describe("the board's pages", () => {
	it('hold no script, style or unseen character of others, wherever their texts stand', () => {
		const view = sampleView({ ...some, text: hostile })
		for (const route of routesIn(view)) {
			const body = bodyAt(view, route)
			expect(body.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/client/board.js">'])
			expect(body).not.toMatch(/ (?:style|on\w+)=|<style|\u202e/)
		}
	})

	it('say with each result what signatures do not prove, name nobody a winner and bare no share', () => {
		for (const view of [sampleView(some), sampleView({ ...some, stateOf: () => 'missing' })])
			for (const route of routesIn(view)) {
				const body = bodyAt(view, route)
				expect(body).toContain('no que el papel sea auténtico')
				expect(body).not.toMatch(/ganador|winner|oficial/i)
				for (const [, before = ''] of body.matchAll(/([^<>]*)\d\u00a0%/g))
					expect(before).toMatch(/\d.* (?:mesas|electores)? ?\(/)
			}
	})

	it('lead to the same page in the other language, and to pages that there are', () => {
		const view = sampleView(some)
		const links = new Set<string>()
		for (const route of routesIn(view))
			for (const [, to = ''] of bodyAt(view, route).matchAll(/ href="(\/e[sn]\/[^"]*)"/g))
				links.add(to.replaceAll('&amp;', '&'))
		const broken = [...links].filter((to) => {
			const address = parseAddress(to)
			return address === null || pageAt(address, view).status !== 200
		})
		expect(broken).toEqual([])
	})

	it('answer that there is nothing where there is nothing', () => {
		const view = sampleView(some)
		for (const target of ['/es/mesa/1.1', '/es/equipos/k-none', '/es/cobertura/None', '/es/pared.csv']) {
			const address = parseAddress(target)
			expect(address === null ? null : pageAt(address, view).status).toBe(404)
		}
	})

	it('compare the lead with the electors of what is not counted', () => {
		const view = sampleView({ ...some, stateOf: () => 'counted' })
		const says = (figures: object) =>
			bodyAt({ ...view, figures: { ...view.figures, ...figures } }, { page: 'coverage', names: [] })
		const { tables, extent } = view.figures
		const missing = { tables: 1, electors: 1e9 }
		expect(says({})).not.toMatch(/cambiar el orden/)
		expect(says({ extent: { ...extent, tables: 301 } })).toContain('no pueden cambiar el orden')
		expect(
			says({ tables: { ...tables, missing }, extent: { tables: 301, electors: extent.electors + 1e9 } }),
		).toContain('podrían cambiar el orden')
		// Nobody knows the electors of a table that is in no register.
		const outside = says({ unlisted: { ...view.figures.unlisted, conflict: 1 } })
		expect(outside).toContain('Fuera de la lista hay 1 mesa sin contar')
		expect(outside).toContain('podrían cambiar el orden')
		const { all } = view.figures.sums
		const candidates = { ...all.candidates, NM: all.candidates['EG'] ?? 0 }
		const tied = says({ sums: { ...view.figures.sums, all: { ...all, candidates } } })
		expect(tied).toContain('Los dos primeros tienen los mismos votos.')
		expect(tied).not.toMatch(/Ventaja|cambiar el orden/)
	})
})

describe('a list', () => {
	it('is looked through without accents, sorted from the most, and shown a hundred rows at a time', () => {
		const view = sampleView({ ...some, tables: 2000 })
		const route: PageRoute = { page: 'rescans' }
		const all = view.secondScans()
		expect(keysOf(bodyAt(view, route))).toEqual(all.slice(0, 100).map(({ table }) => table))
		const second = keysOf(bodyAt(view, route, { from: 100 }))
		expect(second).toEqual(all.slice(100, 200).map(({ table }) => table))
		const found = all.filter(({ registered }) => registered?.state === 'Mérida')
		const most = [...found].sort(
			(one, other) => (other.registered?.electors ?? 0) - (one.registered?.electors ?? 0),
		)
		const query = { find: 'MERIDA', sort: 'electors', isDescending: true }
		expect(keysOf(bodyAt(view, route, query))).toEqual(most.map(({ table }) => table).slice(0, 100))
		expect(bodyAt(view, route, { find: 'nowhere' })).toContain('Nada en la lista contiene «nowhere».')
		expect(keysOf(bodyAt(view, route, { from: 9_999_999 }))).toHaveLength(100)
	})

	it('is a file of all its rows, in which no text is a formula', () => {
		const view = sampleView(some)
		const csv = bodyAt(view, { page: 'calls' }, {}, true)
		expect(csv.split('\r\n')).toHaveLength(view.calls().length + 2)
		const bad = sampleView({ ...some, text: '=1+1' })
		expect(bodyAt(bad, { page: 'calls' }, {}, true)).not.toMatch(/(?:^|,)"?=/m)
	})
})
