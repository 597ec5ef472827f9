/** One table: how it stands and what to do, its versions side by side, who recorded it, what people said of it. */
import { attributes, type Content, type Html, html } from '../../platform/html.ts'
import type { EntryView, PictureView, RulingView, TableView, Version } from '../view.ts'
import type { PageContext } from './context.ts'
import { findingDetail, findingWords } from './findings-page.ts'
import type { PageParts } from './frame.ts'
import { standingOf } from './table-columns.ts'
import { trailOf } from './trail.ts'
import { commonWords, methodWords, stateMeanings } from './words.ts'

const texts = {
	es: {
		electors: 'Electores en la lista de mesas',
		todo: 'Qué hacer',
		says: 'Lo que dice el acta',
		versions: 'Las versiones, lado a lado',
		version: 'Versión',
		card: 'Tarjeta',
		total: 'Todos los votos',
		differs: 'difiere',
		same: 'igual',
		kept: 'Quién la guardó',
		none: 'No ha llegado nada de esta mesa.',
		number: 'Registro n.º',
		received: 'recibida',
		picture: 'Imagen pública',
		hidden:
			'Las demás imágenes están selladas: llevan nombres, cédulas y firmas, y solo los custodios pueden abrirlas.',
		people: 'Lo que leyeron personas',
		station: 'Puesto',
		read: 'leyó la mesa',
		unreadable: 'no pudo leerla',
		rulings: 'Fallos',
		excludes: 'excluye',
		paper: 'por el papel mismo',
		transcriptions: 'por lo que leyeron personas',
		findings: 'Hallazgos',
		standing: {
			good: 'cuenta',
			void: 'anulado por su equipo',
			disowned: 'de un equipo sin confianza',
			excluded: 'excluido por un fallo',
		},
		ruling: {
			'in-force': 'en vigor',
			single: 'firmado por uno solo: sin efecto',
			replaced: 'sustituido',
			disowned: 'de alguien sin confianza',
		},
	},
	en: {
		electors: 'Electors in the register',
		todo: 'What to do',
		says: 'What the acta says',
		versions: 'The versions, side by side',
		version: 'Version',
		card: 'Card',
		total: 'All votes',
		differs: 'differs',
		same: 'same',
		kept: 'Who kept it',
		none: 'Nothing of this table has come.',
		number: 'Entry no.',
		received: 'received',
		picture: 'Public picture',
		hidden:
			'The other pictures are sealed: they bear names, identity numbers and signatures, and only custodians can open them.',
		people: 'What people read',
		station: 'Station',
		read: 'read table',
		unreadable: 'could not read it',
		rulings: 'Rulings',
		excludes: 'excludes',
		paper: 'by the paper itself',
		transcriptions: 'by what people read',
		findings: 'Findings',
		standing: {
			good: 'counts',
			void: 'marked void by its device',
			disowned: 'by a device that is not trusted any more',
			excluded: 'excluded by a ruling',
		},
		ruling: {
			'in-force': 'in force',
			single: 'signed by one alone: without effect',
			replaced: 'replaced',
			disowned: 'by one that is not trusted any more',
		},
	},
}

export function tablePage(context: PageContext, table: TableView): PageParts {
	const { number } = context
	const t = context.in(texts)
	const words = context.in(commonWords)
	const { registered, versions, state } = table
	const at =
		registered === null ? [] : [registered.state, registered.municipality, registered.parish, table.centro]
	const electors =
		registered === null
			? html`<p>${upper(words.unlisted)}.</p>`
			: html`<p>${t.electors}: ${number(registered.electors)}</p>`
	const name = registered?.centroName ? ` · ${registered.centroName}` : ''
	return {
		title: `${words.table} ${table.mesa}, ${words.centre.toLowerCase()} ${table.centro}${name}`,
		trail: trailOf(context, at, `${words.table} ${table.mesa}`),
		content: html`<p><strong>${upper(standingOf(context, table))}.</strong> ${context.in(stateMeanings)[state]}</p>
${electors}
<h2>${t.todo}</h2>
<p>${whatToDo(context, table)}</p>
${versions.length === 0 ? null : versionsPart(context, table)}
<h2>${t.kept}</h2>
${table.entries.length === 0 ? html`<p>${t.none}</p>` : entriesPart(context, table.entries)}
${peoplePart(context, table.entries)}
${rulingsPart(context, table.rulings)}
${table.findings.length === 0 ? null : html`<h2>${t.findings}</h2><ul>${table.findings.map(({ code, detail }) => html`<li>${findingWords(context, code)}: ${findingDetail(detail)}</li>`)}</ul>`}`,
	}
}

function whatToDo(context: PageContext, { state, confirmed, table }: TableView): Content {
	const es = {
		counted: confirmed
			? 'Nada: dos fuentes dicen lo mismo.'
			: 'Pida que otro equipo escanee el mismo papel: si dice lo mismo, la mesa queda confirmada.',
		conflict: html`Busque el papel y compárelo con cada versión. Dos personas autorizadas firman cuál no vale: <code>testigo rule ${table}</code>.`,
		unread:
			'Dos personas, cada una por su lado, leen su imagen en los puestos de lectura; o que se escanee de nuevo.',
		quarantine: 'Pida el papel, y que lo escanee un equipo de confianza.',
		void: 'Pida el papel, y que lo escaneen de nuevo.',
		missing: 'Llame al centro: pregunte quién tiene el acta, y a qué equipo puede llevarla.',
	}
	const en = {
		counted: confirmed
			? 'Nothing: two sources say the same.'
			: 'Have another device scan the same paper: if it says the same, the table is confirmed.',
		conflict: html`Find the paper and compare it with each version. Two people who may sign which does not count: <code>testigo rule ${table}</code>.`,
		unread: 'Two people, each alone, read its picture at reading stations; or have it scanned again.',
		quarantine: 'Ask for the paper, and have a trusted device scan it.',
		void: 'Ask for the paper, and have it scanned again.',
		missing: 'Call the centre: ask who has the acta, and to which device it can be taken.',
	}
	return context.in({ es, en })[state]
}

interface Line {
	readonly title: Content
	of(version: Version): number
}

function versionsPart(context: PageContext, { versions, entries }: TableView): Html {
	const { number, view } = context
	const t = context.in(texts)
	const words = context.in(commonWords)
	const methods = context.in(methodWords)
	const { candidates, cards } = view.election
	const nameOf = new Map(candidates.map(({ id, name }) => [id, name]))
	const lines: readonly Line[] = [
		...cards.map(({ sigla, candidate }, index) => ({
			title: html`${sigla} <span class="of">${nameOf.get(candidate)}</span>`,
			of: ({ votes }: Version) => votes[index] ?? 0,
		})),
		{ title: words.null, of: ({ nullVotes }) => nullVotes },
		{ title: words.empty, of: ({ emptyVotes }) => emptyVotes },
		{
			title: t.total,
			of: ({ votes, nullVotes, emptyVotes }) => votes.reduce((sum, one) => sum + one, nullVotes + emptyVotes),
		},
	]
	const several = versions.length > 1
	const rows = lines.map(({ title, of }) => {
		const all = versions.map(of)
		const isSame = all.every((value) => value === all[0])
		const cells = all.map((value) => html`<td class="number">${number(value)}</td>`)
		const given = attributes({ class: isSame ? null : 'differs' })
		return html`<tr ${given}><th scope="row">${title}</th>${cells}${several ? html`<td>${isSame ? t.same : html`<strong>${t.differs}</strong>`}</td>` : null}</tr>
`
	})
	const heads = versions.map(
		(version, index) =>
			html`<th scope="col" class="number">${several ? html`${t.version} ${letter(index)}<br>` : null}${version.methods.map((method) => methods[method]).join(', ')}</th>`,
	)
	const byId = new Map(entries.map((entry) => [entry.id, entry]))
	const pictures = versions.map((version, index) => {
		const shown = version.entries.flatMap((id) => byId.get(id)?.images ?? []).filter(({ isShown }) => isShown)
		return html`<div><h3>${several ? `${t.version} ${letter(index)}` : t.picture}</h3>
<p>${version.devices.map((id, at) => html`${at === 0 ? null : ', '}<a class="id" href="${context.to({ page: 'device', id })}">${id}</a>`)}</p>
${shown.slice(0, 2).map((picture) => pictureOf(context, picture))}</div>`
	})
	return html`<h2>${several ? t.versions : t.says}</h2>
<div class="beside">${pictures}</div>
<p class="note">${t.hidden}</p>
<div class="wide" role="region" aria-label="${several ? t.versions : t.says}" tabindex="0">
<table class="versions"><thead><tr><th scope="col">${t.card}</th>${heads}${several ? html`<td></td>` : null}</tr></thead><tbody>${rows}</tbody></table>
</div>`
}

function letter(index: number): string {
	return String.fromCodePoint(65 + (index % 26))
}

function pictureOf(context: PageContext, { sha256 }: PictureView): Html {
	const at = `/picture/${sha256}`
	const alternative = context.in({ es: 'Recorte público del acta', en: 'Public part of the acta' })
	return html`<a href="${at}"><img src="${at}" alt="${alternative}" loading="lazy"></a>`
}

function entriesPart(context: PageContext, entries: readonly EntryView[]): Html {
	const t = context.in(texts)
	const methods = context.in(methodWords)
	const items = entries.map(({ id, device, seq, receivedMs, standing, method }) => {
		const received = receivedMs === null ? null : html`, ${t.received} ${context.time(receivedMs)}`
		return html`<li><a class="id" href="${context.to({ page: 'device', id: device })}">${device}</a>, ${t.number} ${context.number(seq)}: ${t.standing[standing]}, ${methods[method]}${received} <span class="id">${id}</span></li>`
	})
	return html`<ul class="entries">${items}</ul>`
}

function peoplePart(context: PageContext, entries: readonly EntryView[]): Html | null {
	const t = context.in(texts)
	const answers = entries.flatMap((entry) => entry.answers.map((answer) => ({ entry, answer })))
	if (answers.length === 0) return null
	const items = answers.map(({ entry, answer: { station, table, unreadable } }) => {
		const said =
			table === null ? html`${t.unreadable} (<span lang="en">${unreadable}</span>)` : `${t.read} ${table}`
		return html`<li>${t.station} <span class="id">${station}</span> ${said} <span class="id">${entry.id}</span></li>`
	})
	return html`<h2>${t.people}</h2><ul>${items}</ul>`
}

function rulingsPart(context: PageContext, rulings: readonly RulingView[]): Html | null {
	const t = context.in(texts)
	if (rulings.length === 0) return null
	const items = rulings.map(
		({ officer, excludes, reason, restsOnPaper, standing, day }) =>
			html`<li><strong>${t.ruling[standing]}</strong>: <span class="id">${officer}</span>, ${day}, <span lang="en">${reason}</span>, ${restsOnPaper ? t.paper : t.transcriptions}; ${t.excludes} ${excludes.map((id) => html`<span class="id">${id}</span> `)}</li>`,
	)
	return html`<h2>${t.rulings}</h2><ul>${items}</ul>`
}

function upper(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
