/** País › Estado › Municipio › Parroquia › Centro. */
import { type Html, html } from '../../platform/html.ts'
import type { PageContext } from './context.ts'
import { commonWords } from './words.ts'

/** Links to all that `names` lie in; the last of them is where one is, unless it has pages below. */
export function trailOf(context: PageContext, names: readonly string[], here?: string): Html {
	const { country } = context.in(commonWords)
	const all = [country, ...names]
	const items = all.map((name, index) => {
		const isLast = here === undefined && index === all.length - 1
		return isLast
			? html`<li aria-current="page">${name}</li>`
			: html`<li><a href="${context.to({ page: 'coverage', names: names.slice(0, index) })}">${name}</a></li>`
	})
	const label = context.in({ es: 'Dónde está', en: 'Where you are' })
	const last = here === undefined ? null : html`<li aria-current="page">${here}</li>`
	return html`<nav aria-label="${label}"><ol class="trail">${items}${last}</ol></nav>`
}
