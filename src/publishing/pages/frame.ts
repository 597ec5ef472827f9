/** What every page of an archive has around it. Both languages at once: no page knows who reads it. Pure. */
import { type Content, documentOf, type Html, html } from '../../platform/html.ts'

/** The same in Spanish and English. */
export interface Both {
	readonly es: string
	readonly en: string
}

export interface PageFrame {
	readonly title: string
	/** To the folder of the archive: `.`, `..`, `../..`. */
	readonly top: string
	readonly isRehearsal: boolean
	readonly main: Content
}

export function both({ es, en }: Both): Html {
	return html`<span lang="es">${es}</span> / <span lang="en">${en}</span>`
}

export function pageOf({ title, top, isRehearsal, main }: PageFrame): string {
	return documentOf(html`<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${isRehearsal ? 'ENSAYO / REHEARSAL · ' : ''}${title}</title>
</head>
<body>
${isRehearsal ? html`<p><strong>${both(rehearsal)}</strong></p>` : null}
<nav><a href="${`${top}/index.html`}">${both(home)}</a> · <a href="${`${top}/disputes/index.html`}">${both(disputes)}</a></nav>
<main>
<h1>${title}</h1>
${main}
</main>
<footer><p>${both(custody)}</p></footer>
</body>
</html>`)
}

const rehearsal: Both = {
	es: 'ENSAYO: nada de esto es de una elección.',
	en: 'REHEARSAL: nothing here is of an election.',
}
const home: Both = { es: 'Inicio', en: 'Home' }
const disputes: Both = { es: 'En disputa', en: 'In dispute' }
const custody: Both = {
	es: 'Las firmas muestran quién registró estos datos y que nadie los cambió; no que el papel sea auténtico.',
	en: 'Signatures show who recorded these data and that nobody changed them; not that the paper is genuine.',
}
