/** For a wall, read from five metres: four blocks, nothing scrolls, nothing to press. */
import { documentOf, type Html, html } from '../../platform/html.ts'
import { bar } from './bar.ts'
import type { PageContext } from './context.ts'
import { ageSince, byUrgency, troubleText } from './devices-page.ts'
import { alerts, head, languageLink } from './frame.ts'
import { tileMap } from './tile-map.ts'
import { mesas } from './totals.ts'

/** As many as fit. */
const callsShown = 10
const devicesShown = 8

const texts = {
	es: {
		title: 'Pared',
		counted: 'Mesas contadas',
		map: 'Mesas que faltan, por estado',
		calls: 'Llame a los centros con más electores que faltan',
		devices: 'Equipos',
		newest: 'Último registro',
		none: 'todavía ninguno',
		well: 'Todos bien.',
		noDevices: 'Todavía no ha dado aviso ninguno.',
		nobody: 'No falta ninguna mesa de la lista.',
		noMap: 'Sin lista de mesas no se sabe qué falta.',
		contradicts: 'contradice a otros',
		still: 'No se actualiza sola sin script: cárguela de nuevo.',
		back: 'Tablero',
		custody: 'Las firmas prueban quién guardó cada acta, no que el papel sea auténtico.',
	},
	en: {
		title: 'Wall',
		counted: 'Tables counted',
		map: 'Tables missing, by state',
		calls: 'Call the centres with most electors missing',
		devices: 'Devices',
		newest: 'Newest record',
		none: 'none yet',
		well: 'All well.',
		noDevices: 'None has reported yet.',
		nobody: 'No table of the register is missing.',
		noMap: 'Without a register of tables nobody knows what is missing.',
		contradicts: 'contradicts others',
		still: 'Without script it does not renew itself: load it again.',
		back: 'Board',
		custody: 'Signatures prove who kept each acta, not that the paper is genuine.',
	},
}

export function wallPage(context: PageContext): string {
	const { view, language } = context
	const t = context.in(texts)
	const zone = view.election.zone ?? 'UTC'
	const newest = view.newestMs === null ? t.none : ageSince(context, view.newestMs)
	return documentOf(html`<html lang="${language}" class="wall-page">
${head(context, t.title)}
<body class="wall">
${alerts(context)}
<header class="wall-top">
<h1>${view.election.title}</h1>
<p class="clock"><span data-clock="${zone}">${context.time(view.nowMs)}</span></p>
<p>${t.newest}: <strong>${newest}</strong></p>
<p class="wall-links"><a href="${context.to({ page: 'coverage', names: [] })}">${t.back}</a> ${languageLink(context)}</p>
</header>
<main id="content" class="blocks">
<section aria-labelledby="counted"><h2 id="counted">${t.counted}</h2>${counted(context)}</section>
<section aria-labelledby="map"><h2 id="map">${t.map}</h2>${coverage(context)}</section>
<section aria-labelledby="calls"><h2 id="calls">${t.calls}</h2>${calls(context)}</section>
<section aria-labelledby="devices"><h2 id="devices">${t.devices}</h2>${devices(context)}</section>
</main>
<footer><p class="custody">${t.custody} <span class="still">${t.still}</span></p></footer>
</body>
</html>`)
}

function counted(context: PageContext): Html {
	const { number, percent, view } = context
	const { extent, tables, unlisted } = view.figures
	const all = tables.counted.tables
	if (extent.tables === 0) {
		const count = number(unlisted.counted)
		return context.in({
			es: html`<p class="large"><strong>${count}</strong> mesas</p><p>Sin lista de mesas no se sabe de cuántas.</p>`,
			en: html`<p class="large"><strong>${count}</strong> tables</p><p>Without a register nobody knows of how many.</p>`,
		})
	}
	const last = number(view.lastHourTables)
	const rest = [
		[tables.conflict.tables, context.in({ es: 'en disputa', en: 'in dispute' })],
		[tables.unread.tables, context.in({ es: 'sin leer', en: 'unread' })],
		[tables.quarantine.tables, context.in({ es: 'en cuarentena', en: 'in quarantine' })],
	] as const
	const others = rest.filter(([count]) => count > 0).map(([count, word]) => `${number(count)} ${word}`)
	const line = others.length === 0 ? null : html`<p class="trouble">${others.join(' · ')}</p>`
	return context.in({
		es: html`<p class="large"><strong>${number(all)}</strong> <span>de ${number(extent.tables)}</span></p>
${bar(all, extent.tables)}
<p>${number(tables.counted.electors)} de ${number(extent.electors)} electores (${percent(tables.counted.electors, extent.electors)})</p>
<p class="slope"><strong>+${last}</strong> mesas en la última hora</p>
${line}`,
		en: html`<p class="large"><strong>${number(all)}</strong> <span>of ${number(extent.tables)}</span></p>
${bar(all, extent.tables)}
<p>${number(tables.counted.electors)} of ${number(extent.electors)} electors (${percent(tables.counted.electors, extent.electors)})</p>
<p class="slope"><strong>+${last}</strong> tables within the last hour</p>
${line}`,
	})
}

function coverage(context: PageContext): Html {
	const { view, number } = context
	const country = view.place([])
	if (country === null || country.within.length === 0) return html`<p>${context.in(texts).noMap}</p>`
	if (view.tiles.length > 0) return tileMap(context, country.within)
	const rows = [...country.within]
		.sort((one, other) => other.figures.tables.missing.electors - one.figures.tables.missing.electors)
		.slice(0, 12)
		.map(
			({ name, figures: { extent, tables } }) =>
				html`<li><span>${name}</span> <span class="number">${number(tables.counted.tables)} ${context.in({ es: 'de', en: 'of' })} ${number(extent.tables)}</span>${bar(tables.counted.electors, extent.electors)}</li>`,
		)
	return html`<ol class="rows">${rows}</ol>`
}

function calls(context: PageContext): Html {
	const { view, number } = context
	const t = context.in(texts)
	const all = view.calls()
	if (view.figures.register === null) return html`<p>${t.noMap}</p>`
	if (all.length === 0) return html`<p>${t.nobody}</p>`
	const rows = all.slice(0, callsShown).map(({ centro, centroName, municipality, missing }) => {
		const lacks = mesas(context, missing.tables)
		const electors = context.in({
			es: `${number(missing.electors)} electores`,
			en: `${number(missing.electors)} electors`,
		})
		return html`<li><strong class="name">${centroName === '' ? centro : centroName}</strong> <span class="where">${municipality}</span> <span class="lacks">${lacks}, ${electors}</span></li>`
	})
	return html`<ol class="rows calls">${rows}</ol>`
}

function devices(context: PageContext): Html {
	const { view, number } = context
	const t = context.in(texts)
	const all = byUrgency(view)
	const contradicting = view.contradicting()
	if (all.length === 0 && contradicting.length === 0) return html`<p>${t.noDevices}</p>`
	const lines = contradicting.map(({ id, differs, shared }) => {
		const of = context.in({ es: 'de', en: 'of' })
		return html`<li><span class="id">${id}</span> <strong class="trouble">${t.contradicts}: ${number(differs)} ${of} ${number(shared)}</strong></li>`
	})
	const troubled = all.filter((device) => device.troubles.length > 0)
	for (const device of troubled) {
		const since = device.heardMs === null ? null : ageSince(context, device.heardMs)
		lines.push(
			html`<li><span class="id">${device.id}</span> <strong class="trouble">${troubleText(context, device)}</strong> ${since}</li>`,
		)
	}
	const ill = troubled.length
	const says = context.in({
		es: `${number(ill)} de ${number(all.length)} necesitan a alguien`,
		en: `${number(ill)} of ${number(all.length)} need somebody`,
	})
	return html`<p>${ill === 0 ? t.well : says}</p>
<ul class="rows">${lines.slice(0, devicesShown)}</ul>`
}
