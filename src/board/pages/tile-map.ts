/** The country as tiles: one a state, of one size, filled as far as its electors are counted. */
import { attributes, type Html, html } from '../../platform/html.ts'
import type { PlaceFigures } from '../../tally/figures.ts'
import type { StateTile } from '../state-tiles.ts'
import type { PlaceSummary } from '../view.ts'
import type { PageContext } from './context.ts'

export function tileMap(context: PageContext, states: readonly PlaceSummary[]): Html {
	const { view } = context
	const figures = new Map(states.map((state) => [state.name, state.figures]))
	const at = new Map(view.tiles.map((tile) => [`${tile.column},${tile.row}`, tile]))
	const across = upTo(Math.max(...view.tiles.map(({ column }) => column)))
	const down = upTo(Math.max(...view.tiles.map(({ row }) => row)))
	const label = context.in({
		es: 'Mapa de baldosas: cuánto falta en cada estado',
		en: 'Map of tiles: how much is missing in each state',
	})
	const rows = down.map((row) => {
		const cells = across.map((column) => {
			const tile = at.get(`${column},${row}`)
			const of = tile === undefined ? undefined : figures.get(tile.state)
			return tile === undefined || of === undefined
				? html`<span class="no-tile"></span>`
				: tilePart(context, tile, of)
		})
		return html`<div class="tile-row">${cells}</div>
`
	})
	return html`<nav class="tiles" aria-label="${label}">${rows}</nav>`
}

function tilePart(context: PageContext, tile: StateTile, { extent, tables }: PlaceFigures): Html {
	const { number } = context
	const waiting = extent.tables - tables.counted.tables
	const missing = tables.missing.tables
	const height = extent.electors === 0 ? 0 : Math.floor((100 * tables.counted.electors) / extent.electors)
	const [lacks, rests, complete, all] = context.in({
		es: ['faltan', 'sin contar', 'completo', `de ${number(extent.tables)} mesas`],
		en: ['missing', 'uncounted', 'complete', `of ${number(extent.tables)} tables`],
	})
	const says = missing > 0 ? lacks : waiting > 0 ? rests : complete
	const count = missing > 0 ? number(missing) : waiting > 0 ? number(waiting) : null
	return html`<a class="tile" href="${context.to({ page: 'coverage', names: [tile.state] })}"><svg class="level" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="length" y="${100 - height}" width="100" height="${height}"></rect></svg><span class="tile-name">${tile.name}</span> <span class="tile-says"><span ${attributes({ class: missing > 0 ? 'tile-word' : null })}>${says}</span> <strong>${count}</strong></span> <span class="tile-of">${all}</span></a>`
}

function upTo(last: number): readonly number[] {
	return Array.from({ length: last + 1 }, (_, index) => index)
}
