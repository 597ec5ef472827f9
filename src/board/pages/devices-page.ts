/** The devices: who contradicts others first, then all of them, those with trouble before those without. */
import { instant } from '../../platform/clock.ts'
import { type Html, html } from '../../platform/html.ts'
import { type BoardView, type DeviceView, deviceTroubles } from '../view.ts'
import type { PageContext } from './context.ts'
import type { PageParts } from './frame.ts'
import { type List, listPart } from './list.ts'
import { byVotes } from './totals.ts'
import { commonWords, troubleWords } from './words.ts'

const texts = {
	es: {
		title: 'Equipos',
		caption: 'Los que necesitan a alguien, primero',
		trouble: 'Qué le pasa',
		well: 'bien',
		revoked: 'sin confianza',
		heard: 'Último aviso',
		never: 'nunca',
		held: 'Recibidos',
		recorded: 'Guardados',
		actas: 'Actas',
		software: 'Programa',
		contradicting: 'Contradicen a otros',
		none: 'Todavía no ha dado aviso ningún equipo. Aparecerán aquí cuando se conecten, o cuando llegue una memoria con lo que guardaron.',
		without: 'Los totales sin lo suyo',
		votes: 'Votos sin lo suyo',
		now: 'Votos',
		candidate: 'Candidato',
		todo: 'Qué hacer: llame a quien lo tiene y compare tres papeles con sus mesas. A quien contradice un equipo malo también difiere: mire primero al que más difiere. Si el equipo está perdido o miente, la autoridad le retira la confianza y todas las sumas se rehacen:',
	},
	en: {
		title: 'Devices',
		caption: 'Those that need somebody first',
		trouble: 'What is the matter',
		well: 'well',
		revoked: 'not trusted any more',
		heard: 'Last heard',
		never: 'never',
		held: 'Received',
		recorded: 'Recorded',
		actas: 'Actas',
		software: 'Software',
		contradicting: 'Contradict others',
		none: 'No device has reported yet. They appear here when they connect, or when a stick brings what they recorded.',
		without: 'The totals without what is theirs',
		votes: 'Votes without it',
		now: 'Votes',
		candidate: 'Candidate',
		todo: 'What to do: call whoever has it and compare three papers with their tables. Whom a bad device contradicts differs too: look first at the one that differs most. If the device is lost or lies, the authority revokes it and every sum is made anew:',
	},
}

export function devicesPage(context: PageContext): PageParts {
	const { view, number } = context
	const all = view.devices()
	const troubled = all.filter(({ troubles }) => troubles.length > 0).length
	const says = context.in({
		es: html`<p><strong>${number(troubled)} de ${number(all.length)} equipos</strong> necesitan a alguien.</p>`,
		en: html`<p><strong>${number(troubled)} of ${number(all.length)} devices</strong> need somebody.</p>`,
	})
	return {
		title: context.in(texts).title,
		hasList: true,
		content: [
			contradictions(context),
			all.length === 0 ? null : says,
			listPart(context, devicesList(context)),
		],
	}
}

/** With whom the first differs is listed too: a few hundred, each with sums of its own. */
const mostContradicting = 20

function contradictions(context: PageContext): Html | null {
	const { view, number } = context
	const t = context.in(texts)
	const all = view.contradicting()
	if (all.length === 0) return null
	// A station has no page of its own.
	const known = new Set(view.devices().map(({ id }) => id))
	const parts = all.slice(0, mostContradicting).map(({ id, differs, shared, sumsWithout }) => {
		const says = context.in({
			es: html`difiere en <strong>${number(differs)} de ${number(shared)}</strong> mesas que otros también vieron.`,
			en: html`differs on <strong>${number(differs)} of ${number(shared)}</strong> tables that others saw too.`,
		})
		const rows = byVotes(view, view.figures.sums.all).map(
			(candidate) =>
				html`<tr><th scope="row">${candidate.name} <span class="id">${candidate.id}</span></th><td class="number">${number(candidate.votes)}</td><td class="number">${number(sumsWithout.candidates[candidate.id] ?? 0)}</td></tr>`,
		)
		return html`<li><p>${known.has(id) ? html`<a class="id" href="${context.to({ page: 'device', id })}">${id}</a>` : html`<span class="id">${id}</span>`} ${says}</p>
<details id="${`without-${id}`}"><summary>${t.without}</summary>
<table><thead><tr><th scope="col">${t.candidate}</th><th scope="col" class="number">${t.now}</th><th scope="col" class="number">${t.votes}</th></tr></thead><tbody>${rows}</tbody></table>
</details></li>`
	})
	const first = all[0]?.id ?? ''
	const others = all.length - parts.length
	const more = { es: html`<p>Y ${number(others)} más.</p>`, en: html`<p>And ${number(others)} more.</p>` }
	const rest = others > 0 ? context.in(more) : null
	return html`<section class="alarm" aria-labelledby="contradicting">
<h2 id="contradicting">${t.contradicting}</h2>
<ul class="plain">${parts}</ul>
${rest}
<p>${t.todo} <code>testigo ca revoke ${first} --last 0</code></p>
</section>`
}

export function devicesList(context: PageContext): List<DeviceView> {
	const t = context.in(texts)
	const words = context.in(commonWords)
	return {
		caption: t.caption,
		rows: byUrgency(context.view),
		keyOf: ({ id }) => id,
		empty: html`<p>${t.none}</p>`,
		columns: [
			{
				key: 'device',
				title: words.device,
				value: ({ id }) => id,
				cell: ({ id }) => html`<a class="id" href="${context.to({ page: 'device', id })}">${id}</a>`,
			},
			{
				key: 'trouble',
				title: t.trouble,
				value: (device) => troubleText(context, device) || t.well,
				cell: (device) => {
					const trouble = troubleText(context, device)
					return trouble === '' ? t.well : html`<strong class="trouble">${trouble}</strong>`
				},
			},
			{
				key: 'heard',
				title: t.heard,
				value: ({ heardMs }) => (heardMs === null ? null : instant(heardMs)),
				cell: ({ heardMs }) => (heardMs === null ? t.never : ageSince(context, heardMs)),
			},
			{ key: 'held', title: t.held, value: ({ held }) => held },
			{ key: 'recorded', title: t.recorded, value: ({ recorded }) => recorded },
			{ key: 'actas', title: t.actas, value: ({ actas }) => actas },
			{ key: 'software', title: t.software, value: ({ software }) => software ?? '' },
		],
	}
}

/** A script keeps it of now. */
export function ageSince(context: PageContext, milliseconds: number): Html {
	return html`<span data-since="${milliseconds}">${context.age(milliseconds)}</span>`
}

/** Empty for one that is well. */
export function troubleText(context: PageContext, { troubles, revokedLast }: DeviceView): string {
	const words = context.in(troubleWords)
	const revoked = revokedLast === null ? [] : [context.in(texts).revoked]
	return [...revoked, ...troubles.map((trouble) => words[trouble])].join(', ')
}

/** Who needs somebody first; of as urgent ones, the one that was not heard for the longest time. */
export function byUrgency(view: BoardView): readonly DeviceView[] {
	const rank = ({ troubles }: DeviceView) =>
		Math.min(deviceTroubles.length, ...troubles.map((trouble) => deviceTroubles.indexOf(trouble)))
	return [...view.devices()].sort(
		(one, other) => rank(one) - rank(other) || (one.heardMs ?? 0) - (other.heardMs ?? 0),
	)
}
