/** The page of a voting centre: each of its tables with every version, who recorded it, its pictures. Pure. */
import { pictureFile } from '../../archive/layout.ts'
import { publicRole } from '../../evidence/entry.ts'
import { type Content, html } from '../../platform/html.ts'
import { numberCell, stateWords } from './figures-table.ts'
import { type Both, both, pageOf } from './frame.ts'
import { centrePath, topOf } from './paths.ts'
import type { PageContext } from './place-page.ts'

const tableWord: Both = { es: 'Mesa', en: 'Table' }
const electorsWord: Both = { es: 'electores', en: 'electors' }
const versionWord: Both = { es: 'Versión', en: 'Version' }
const confirmedWord: Both = { es: 'confirmada', en: 'confirmed' }
const recordsWord: Both = { es: 'Registros', en: 'Records' }
const pictureWord: Both = { es: 'imagen', en: 'picture' }

export function centrePage(
	centro: string,
	tables: readonly string[],
	{ tally, isRehearsal }: PageContext,
): string {
	const path = centrePath(centro)
	const top = topOf(path)
	const details = tables.flatMap((table) => tally.table(table) ?? [])
	const row = details.find((detail) => detail.row !== null)?.row ?? null
	const places = row === null ? [] : [row.state, row.municipality, row.parish]
	const ids = tally.election.candidates.map(({ id }) => id)
	const title = [centro, ...(row?.centroName ? [row.centroName] : [])].join(' ')
	const main = details.map((detail): Content => {
		const [, mesa = ''] = detail.table.split('.')
		return html`<section id="${`m${mesa}`}">
<h2>${both(tableWord)} ${mesa}: ${both(stateWords[detail.state])}${detail.isConfirmed ? html`, ${both(confirmedWord)}` : null}</h2>
${detail.row === null ? null : html`<p>${detail.row.electors} ${both(electorsWord)}</p>`}
${detail.versions.map(
	(
		{ votes, methods, recordedBy },
		index,
	) => html`<h3>${both(versionWord)} ${index + 1} (${methods.join(', ')})</h3>
<table><thead><tr>${[...ids, 'nulos / null', 'vacíos / empty'].map((id) => html`<th>${id}</th>`)}</tr></thead>
<tbody><tr>${[...ids.map((id) => votes.candidates[id] ?? 0), votes.nullVotes, votes.emptyVotes].map(numberCell)}</tr></tbody></table>
<p>${both(recordsWord)}: ${recordedBy.map(({ device, seq }) => `${device} ${seq}`).join(', ')}</p>
`,
)}
${picturesOf(detail.entries).map(
	(
		sha256,
	) => html`<p><a href="${`${top}/${pictureFile(sha256)}`}">${both(pictureWord)} ${sha256.slice(0, 12)}</a></p>
`,
)}</section>
`
	})
	return pageOf({ title, top, isRehearsal, main: html`<p>${places.join(' · ')}</p>${main}` })
}

type Pictured = { readonly images: readonly { readonly role: string; readonly sha256: string }[] }

function picturesOf(entries: readonly Pictured[]): readonly string[] {
	const named = entries.flatMap(({ images }) => images).filter(({ role }) => role === publicRole)
	return [...new Set(named.map(({ sha256 }) => sha256))].sort()
}
