/** What stands around each page, in the same order everywhere: where one is, the quote line, the tabs, how to check. */
import { attributes, type Content, documentOf, type Html, html } from '../../platform/html.ts'
import type { Extent } from '../../tally/figures.ts'
import { type PageRoute, type PlainPage, pageAddress } from '../routes.ts'
import type { PageContext } from './context.ts'

const texts = {
	es: {
		skip: 'Ir al contenido',
		other: 'English',
		pages: 'Páginas',
		coverage: 'Cobertura',
		calls: 'Llamadas',
		devices: 'Equipos',
		disputes: 'Disputas',
		unread: 'Sin leer',
		findings: 'Hallazgos',
		wall: 'Pantalla de pared',
		check: 'Cómo comprobar estas cifras',
		csv: 'Descargar esta lista (CSV)',
		copy: 'Copiar',
		copied: 'Copiado',
		offline: 'Sin conexión con el tablero: lo que se ve no se actualiza.',
		records: 'Los registros del centro no se pueden leer: lo que se ve no está al día. Avise al técnico.',
		register: 'El registro de mesas no se puede leer: no se sabe qué mesas faltan. Avise al técnico.',
		statuses: 'No se puede leer cómo están los equipos. Avise al técnico.',
		still: 'Esta página no se actualiza sola.',
		reload: 'Cargarla de nuevo',
		custody: 'Las firmas prueban quién guardó cada acta, no que el papel sea auténtico.',
		show: (count: string) => `${count} nuevas. Mostrar`,
		changed: 'La lista cambió. Mostrar',
	},
	en: {
		skip: 'Skip to the content',
		other: 'Español',
		pages: 'Pages',
		coverage: 'Coverage',
		calls: 'Calls',
		devices: 'Devices',
		disputes: 'Disputes',
		unread: 'Unread',
		findings: 'Findings',
		wall: 'Wall screen',
		check: 'How to check these figures',
		csv: 'Download this list (CSV)',
		copy: 'Copy',
		copied: 'Copied',
		offline: 'No connection to the board: what is shown does not change any more.',
		records: "The centre's records can not be read: what is shown is not of now. Tell the technician.",
		register:
			'The register of tables can not be read: nobody knows which tables are missing. Tell the technician.',
		statuses: 'How the devices are can not be read. Tell the technician.',
		still: 'This page does not renew itself.',
		reload: 'Load it again',
		custody: 'Signatures prove who kept each acta, not that the paper is genuine.',
		show: (count: string) => `${count} new. Show`,
		changed: 'The list has changed. Show',
	},
}

export interface PageParts {
	readonly title: string
	/** Where one is, above the title. */
	readonly trail?: Content
	/** What figures the page's quote line is of; without it those of the country. */
	readonly quoted?: { readonly counted: Extent; readonly of: Extent; readonly where: string }
	readonly hasList?: boolean
	readonly content: Content
}

const otherLanguage = { es: 'en', en: 'es' } as const

/** A page of the laptop's. */
export function framed(context: PageContext, parts: PageParts): string {
	const { language, address } = context
	const t = context.in(texts)
	const csv = pageAddress({ ...address, isCsv: true, query: { ...address.query, from: 0 } })
	return documentOf(html`<html lang="${language}">
${head(context, parts.title)}
<body>
<a class="skip" href="#content">${t.skip}</a>
${alerts(context)}
<header class="top">
<nav aria-label="${t.pages}"><ul class="tabs">
${tabs(context)}
</ul></nav>
${languageLink(context)}
</header>
<main id="content" tabindex="-1">
${parts.trail}
<h1>${parts.title}</h1>
${quoteLine(context, parts.quoted)}
${parts.content}
</main>
<footer>
<p class="custody">${t.custody}</p>
<ul class="links">
${parts.hasList === true ? html`<li><a href="${csv}">${t.csv}</a></li>` : null}
<li><a href="${context.to({ page: 'check' })}">${t.check}</a></li>
<li><a href="${context.to({ page: 'wall' })}">${t.wall}</a></li>
</ul>
<p class="still">${t.still} <a href="${pageAddress(address)}">${t.reload}</a></p>
</footer>
</body>
</html>`)
}

export function head({ view }: PageContext, title: string): Html {
	return html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${view.election.title}</title>
<link rel="icon" href="/client/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/client/board.css">
<script type="module" src="/client/board.js"></script>
</head>`
}

/** The first is hidden as long as the stream is there: only a script can know. */
export function alerts(context: PageContext): Html {
	const t = context.in(texts)
	const unreadable = context.view.unreadable.map((part) => html`<p class="offline">${t[part]}</p>`)
	return html`<p id="offline" class="offline" role="alert" hidden>${t.offline}</p>
<div role="alert">${unreadable}</div>`
}

export function languageLink({ address, ...context }: PageContext): Html {
	const language = otherLanguage[address.language]
	const to = pageAddress({ ...address, language })
	return html`<a class="language" href="${to}" lang="${language}" hreflang="${language}">${context.in(texts).other}</a>`
}

/** With how many there are to look at; those that are none need no look. */
function tabs(context: PageContext): Html[] {
	const { view } = context
	const { tables, unlisted, unreadPapers } = view.figures
	const waiting =
		tables.unread.tables + unlisted.unread + unreadPapers + tables.quarantine.tables + unlisted.quarantine
	const all: readonly [PlainPage | 'coverage', number | null][] = [
		['coverage', null],
		['calls', null],
		['devices', view.contradicting().length],
		['disputes', tables.conflict.tables + unlisted.conflict],
		['unread', waiting],
		['findings', view.findings().length],
	]
	return all.map(([page, count]) => {
		const route: PageRoute = page === 'coverage' ? { page, names: [] } : { page }
		const isHere = tabOf(context.address.route) === page
		const name = context.in(texts)[page as keyof (typeof texts)['es']] as string
		const shown =
			count === null || count === 0 ? null : html` <span class="count">${context.number(count)}</span>`
		const here = attributes({ 'aria-current': isHere ? 'page' : null })
		return html`<li><a href="${context.to(route)}" ${here}>${name}${shown}</a></li>`
	})
}

/** The tab under which a page lies; none for the wall and how to check. */
function tabOf({ page }: PageRoute): PageRoute['page'] | null {
	switch (page) {
		case 'coverage':
		case 'table':
			return 'coverage'
		case 'calls':
		case 'rescans':
			return 'calls'
		case 'devices':
		case 'device':
			return 'devices'
		case 'unread':
		case 'papers':
			return 'unread'
		case 'disputes':
		case 'findings':
			return page
		case 'wall':
		case 'check':
			return null
	}
}

/** What of, how much of it, when, and what it can be compared by: to be copied and sent with any figure. */
function quoteLine(context: PageContext, quoted: PageParts['quoted']): Html {
	const { view, number, percent, time } = context
	const t = context.in(texts)
	const { counted, of, where } = quoted ?? {
		counted: view.figures.tables.counted,
		of: view.figures.extent,
		where: view.election.title,
	}
	const fingerprint = (view.figuresSha256.slice(0, 16).match(/.{4}/g) ?? []).join(' ').toUpperCase()
	const line = context.in({
		es: `${where}. Según ${number(counted.tables)} de ${number(of.tables)} mesas (${percent(counted.electors, of.electors)} de los electores), ${time(view.nowMs)}, huella ${fingerprint}`,
		en: `${where}. From ${number(counted.tables)} of ${number(of.tables)} tables (${percent(counted.electors, of.electors)} of the electors), ${time(view.nowMs)}, fingerprint ${fingerprint}`,
	})
	return html`<p class="quote"><span id="quote">${line}</span> <button type="button" class="with-script" data-copies="quote" data-done="${t.copied}">${t.copy}</button></p>`
}

/** What a list that is being read says of newer rows, instead of moving. */
export function newerRows(context: PageContext, list: string): Html {
	const t = context.in(texts)
	return html`<p class="newer with-script" role="status" data-newer-of="${list}"><button type="button" hidden data-new="${t.show('#')}" data-changed="${t.changed}"></button></p>`
}
