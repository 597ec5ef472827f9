/** What should make a person look at a paper or a device again. */
import { type Content, html } from '../../platform/html.ts'
import type { RecordFinding } from '../view.ts'
import type { PageContext } from './context.ts'
import type { PageParts } from './frame.ts'
import { type List, listPart } from './list.ts'
import { commonWords } from './words.ts'

const texts = {
	es: {
		title: 'Hallazgos',
		caption: 'Lo que alguien debería mirar',
		what: 'Qué es',
		detail: 'Detalle',
		none: 'No hay nada raro que mirar. Lo que lo sea (más votos que electores, un equipo clonado, una mesa desconocida) estará aquí.',
	},
	en: {
		title: 'Findings',
		caption: 'What somebody should look at',
		what: 'What it is',
		detail: 'Detail',
		none: 'There is nothing strange to look at. What is (more votes than electors, a cloned device, an unknown table) will stand here.',
	},
}

/** In Spanish too, where the detail is English; a code that is not here stands as it is. */
const codes: Readonly<Record<string, Readonly<Record<'es' | 'en', string>>>> = {
	'mesa-unheard-of': { es: 'Número de mesa desconocido', en: 'Number of a table that is unheard of' },
	'not-in-register': { es: 'No está en la lista de mesas', en: 'Not in the register of tables' },
	'more-votes-than-electors': { es: 'Más votos que electores', en: 'More votes than electors' },
	'everybody-voted': { es: 'Votaron todos los electores', en: 'Every elector voted' },
	'no-votes': { es: 'Ni un voto', en: 'Not one vote' },
	'one-candidate-only': { es: 'Todos los votos para uno', en: 'All votes for one candidate' },
	'mostly-invalid': { es: 'Más nulos que válidos', en: 'More null than valid votes' },
	'total-unprintable': {
		es: 'Más votos de los que caben en el acta',
		en: 'More votes than the form has room for',
	},
	equivocation: { es: 'Equipo clonado o restaurado', en: 'Device cloned or rolled back' },
	'unusual-places': {
		es: 'Escanea fuera de sus municipios',
		en: 'Scans outside of its usual municipalities',
	},
	'left-out': { es: 'Registros que no se pueden verificar', en: 'Records that do not verify' },
	'counted-again': {
		es: 'Cuenta aunque su equipo la anuló',
		en: 'Counts although its device marked it void',
	},
	'other-election': { es: 'De otra elección', en: 'Of another election' },
	'unknown-station': { es: 'Puesto de lectura desconocido', en: 'Unknown reading station' },
	'unknown-officer': { es: 'Fallo de alguien no autorizado', en: 'Ruling by an unknown officer' },
	'wrong-role': { es: 'Firmado por quien no le toca', en: 'Signed in a role that is not its own' },
	'other-image': { es: 'Lectura de otra imagen', en: 'Reading of another picture' },
	'answer-changed': { es: 'Un puesto dio dos lecturas', en: 'A station gave two answers' },
	revoked: { es: 'De quien ya no tiene confianza', en: 'By one that is not trusted any more' },
}

export function findingsPage(context: PageContext): PageParts {
	const says = context.in({
		es: html`<p>Un hallazgo no cambia en qué está una mesa ni saca un voto: un error de imprenta, una falsificación y una tarde rara se parecen. Mire el papel.</p>`,
		en: html`<p>A finding changes no table's state and takes no vote away: a misprint, a forgery and a strange afternoon look alike. Look at the paper.</p>`,
	})
	const list = findingsList(context)
	const content = [list.rows.length === 0 ? null : says, listPart(context, list)]
	return { title: context.in(texts).title, hasList: true, content }
}

export function findingsList(context: PageContext): List<RecordFinding> {
	const t = context.in(texts)
	const words = context.in(commonWords)
	return {
		caption: t.caption,
		rows: context.view.findings(),
		keyOf: ({ code, table, device, detail }) => `${code} ${table} ${device} ${detail}`,
		empty: html`<p>${t.none}</p>`,
		columns: [
			{ key: 'what', title: t.what, value: ({ code }) => findingWords(context, code) },
			{
				key: 'table',
				title: words.table,
				value: ({ table }) => table,
				cell: ({ table }) =>
					table === null ? null : html`<a href="${context.to({ page: 'table', table })}">${table}</a>`,
			},
			{
				key: 'device',
				title: words.device,
				value: ({ device }) => device,
				cell: ({ device }) =>
					device === null
						? null
						: html`<a class="id" href="${context.to({ page: 'device', id: device })}">${device}</a>`,
			},
			{
				key: 'detail',
				title: t.detail,
				value: ({ detail }) => detail,
				cell: ({ detail }) => findingDetail(detail),
			},
		],
	}
}

export function findingWords(context: PageContext, code: string): string {
	const known = Object.hasOwn(codes, code) ? codes[code] : undefined
	return known === undefined ? code : context.in(known)
}

export function findingDetail(detail: string): Content {
	return html`<span lang="en">${detail}</span>`
}
