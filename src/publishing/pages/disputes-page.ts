/** What is in dispute, in neutral words: states of tables that are not counted, who contradicts others, rulings. Pure. */
import { type Content, html } from '../../platform/html.ts'
import type { TableState } from '../../tally/figures.ts'
import { stateWords } from './figures-table.ts'
import { type Both, both, pageOf } from './frame.ts'
import { centrePath } from './paths.ts'
import type { PageContext } from './place-page.ts'

const title = 'En disputa / In dispute'
const shownStates: readonly TableState[] = ['conflict', 'quarantine', 'void', 'unread']
const contradictingWord: Both = { es: 'Contradicen a otros', en: 'Contradict others' }
const findingsWord: Both = {
	es: 'Con cifras que alguien debería mirar',
	en: 'With figures that somebody should look at',
}
const rulingsWord: Both = { es: 'Decisiones', en: 'Rulings' }

export function disputesPage({ tally, isRehearsal }: PageContext): string {
	const { contradicting, rulings } = tally.figures()
	const main = html`${shownStates.map(
		(state) => html`<h2>${both(stateWords[state])}</h2>
${listOf(tally.tablesIn(state))}
`,
	)}<h2>${both(findingsWord)}</h2>
${listOf(tally.tablesWithFindings())}
<h2>${both(contradictingWord)}</h2>
<ul>${contradicting.map(({ id, shared, differs }) => html`<li>${id}: ${differs} / ${shared}</li>`)}</ul>
<h2>${both(rulingsWord)}</h2>
<p>${rulings.inForce} / ${rulings.counted}, ${rulings.single}</p>`
	return pageOf({ title, top: '..', isRehearsal, main })
}

function listOf(tables: Iterable<string>): Content {
	return html`<ul>${[...tables].sort().map((table) => {
		const [centro = '', mesa = ''] = table.split('.')
		return html`<li><a href="${`../${centrePath(centro)}#m${mesa}`}">${table}</a></li>`
	})}</ul>`
}
