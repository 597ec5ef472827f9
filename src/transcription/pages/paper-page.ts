/** A picture, and beside it what is typed of it. */
import type { ElectionDefinition } from '../../acta/election.ts'
import { parsePayload } from '../../acta/payload.ts'
import { totalsOf } from '../../acta/totals.ts'
import { unreadableReasons } from '../../evidence/transcription.ts'
import { attributes, type Content, type Html, html } from '../../platform/html.ts'
import { shownNumber } from '../../platform/shown.ts'
import type { Paper } from '../queue/queue.ts'
import { boxesOfActa, type FieldFault, type Fields, fieldNames, signatureBoxes } from '../station/typed.ts'
import { type Frame, pageOf } from './frame.ts'
import { words } from './words.ts'

/** What was typed, and where it goes. */
export interface PaperForm {
	readonly paper: Paper
	readonly fields: Fields
	/** The picture that was looked at last. */
	readonly image: string
	/** The answer that this one is to replace. */
	readonly replaces: string | null
}

/** Characters that a field takes: far over what may stand in it, so that a mistake is told and not cut off. */
const longestField = 20

export function paperPage(
	frame: Frame,
	election: ElectionDefinition,
	form: PaperForm,
	faults: readonly FieldFault[] = [],
	notice: Content = null,
): string {
	const { language } = frame
	const say = words[language]
	const faultAt = new Map(faults.map((fault) => [fault.field, say.faults[fault.code](fault.most)]))
	const focus = fieldNames(election).find((name) => (faults.length === 0 ? true : faultAt.has(name)))
	const field = (name: string, label: Content, isOptional = false) =>
		fieldOf(form.fields, { name, label, isOptional, fault: faultAt.get(name), isFirst: name === focus })
	const { digits, centro, mesa } = election.code
	const part = (length: number, index: number) =>
		index === centro ? say.centro(length) : index === mesa ? say.mesa(length) : say.codePart(length)

	const content = html`${pictureOf(frame, form)}
<form id="paper" method="post" action="${`/${language}/paper/${form.paper.entry}/check`}" autocomplete="off" novalidate data-digits="${say.faults['not-digits'](0)}" data-empty="${say.faults.empty(0)}" data-choose="${say.faults['not-chosen'](0)}">
<h1>${say.title}</h1>
${faults.length === 0 ? null : faultList(say.faultsTitle, faults, faultAt, labelsOf(frame, election))}
${form.replaces === null ? null : html`<p class="notice">${say.changing}</p>`}
${notice}
<p class="hint">${say.keys}</p>
${hidden(form)}
<fieldset class="code"><legend>${say.code}</legend>
<p class="hint">${say.codeHint}</p>
${digits.map((length, index) => field(`code.${index}`, part(length, index), index !== centro && index !== mesa))}
</fieldset>
<fieldset class="votes"><legend>${say.votes}</legend>
<p class="hint">${say.votesHint}</p>
${cardsOf(election, field)}
</fieldset>
<fieldset class="votes"><legend>${say.rest}</legend>
${field('nullVotes', say.nullVotes)}
${field('emptyVotes', say.emptyVotes)}
</fieldset>
<fieldset class="signatures"><legend>${say.signatures}</legend>
<p class="hint">${say.signaturesHint}</p>
${Array.from({ length: boxesOfActa }, (_, index) => boxOf(frame, form.fields, index, faultAt.get(`signatures.${index}`), `signatures.${index}` === focus))}
</fieldset>
<p><button class="main" type="submit">${say.check}</button></p>
<details id="unreadable" ${attributes({ open: form.fields.has('unreadable') })}>
<summary>${say.unreadable}</summary>
<p class="hint">${say.unreadableHint}</p>
<ol class="reasons">${unreadableReasons.map((reason) => html`<li><button type="submit" name="unreadable" value="${reason}">${say.reasons[reason]}</button></li>`)}</ol>
</details>
<p class="hint">${say.savedNotTrue}</p>
</form>`
	const title = form.replaces === null ? say.read : say.change
	return pageOf(faults.length === 0 ? frame : { ...frame, mark: say.faultMark }, title, content)
}

/** What was typed, added up: seen when all is typed, and never before. */
export function totalsPage(
	frame: Frame,
	election: ElectionDefinition,
	form: PaperForm,
	text: string,
): string {
	const { language } = frame
	const say = words[language]
	const acta = parsePayload(Buffer.from(text), election)
	if (!acta.ok) throw new Error(`what was typed is no acta: ${acta.fault.detail}`)
	const { total, valid } = totalsOf(acta.value, election)
	const { nullVotes, emptyVotes } = acta.value
	const rows = Object.entries({ total, valid, nullVotes, emptyVotes } as const)
	const names = [...fieldNames(election)]
	const content = html`${pictureOf(frame, form)}
<form id="totals" method="post" action="${`/${language}/paper/${form.paper.entry}/sign`}" autocomplete="off">
<h1>${say.compare}</h1>
<p>${say.compareHint}</p>
${hidden(form)}
${names.map((name) => html`<input type="hidden" name="${name}" value="${form.fields.get(name)}">`)}
<table class="totals"><tbody>
${rows.map(([row, count]) => html`<tr><th scope="row">${say.totals[row as keyof typeof say.totals]}</th><td>${shownNumber(count, language)}</td></tr>`)}
</tbody></table>
<p><button class="main" type="submit" autofocus>${say.save}</button></p>
<p><button type="submit" formaction="${`/${language}/paper/${form.paper.entry}/correct`}">${say.correct}</button></p>
<p class="hint">${say.savedNotTrue}</p>
</form>`
	return pageOf(frame, say.compare, content)
}

function hidden({ image, replaces }: PaperForm): Html {
	return html`<input type="hidden" name="image" id="image" value="${image}">
<input type="hidden" name="replaces" value="${replaces ?? ''}">`
}

/** In printed order, under the name of whom they are for. */
function cardsOf(
	{ cards, candidates }: ElectionDefinition,
	field: (name: string, label: Content) => Html,
): Html[] {
	return cards.map(({ sigla, number, candidate }, index) => {
		const isFirst = cards[index - 1]?.candidate !== candidate
		const name = candidates.find(({ id }) => id === candidate)?.name
		const label = number === undefined ? sigla : html`${sigla} <span class="number">${number}</span>`
		return html`${isFirst ? html`<p class="candidate">${name}</p>` : null}${field(`votes.${index}`, label)}`
	})
}

interface Field {
	readonly name: string
	readonly label: Content
	/** It may be left empty. */
	readonly isOptional: boolean
	readonly fault: string | undefined
	/** The keyboard goes there first. */
	readonly isFirst: boolean
}

function fieldOf(fields: Fields, { name, label, isOptional, fault, isFirst }: Field): Html {
	const more = attributes({
		autofocus: isFirst,
		'data-optional': isOptional,
		'aria-invalid': fault === undefined ? null : 'true',
	})
	return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="text" inputmode="numeric" maxlength="${longestField}" value="${fields.get(name)}" aria-describedby="${`${name}-fault`}" ${more}>
<p class="fault" id="${`${name}-fault`}">${fault}</p>
</div>`
}

function boxOf(
	{ language }: Frame,
	fields: Fields,
	index: number,
	fault: string | undefined,
	isFirst: boolean,
): Html {
	const say = words[language]
	const name = `signatures.${index}`
	const chosen = fields.get(name)
	return html`<fieldset class="box" id="${name}" aria-describedby="${`${name}-fault`}"><legend>${say.box(index + 1)}</legend>
${signatureBoxes.map((what, at) => html`<label><input type="radio" name="${name}" value="${what}" ${attributes({ checked: chosen === what, autofocus: isFirst && at === 0 })}> ${say.boxes[what]}</label>`)}
<p class="fault" id="${`${name}-fault`}">${fault}</p>
</fieldset>`
}

function faultList(
	title: string,
	faults: readonly FieldFault[],
	faultAt: ReadonlyMap<string, string>,
	labels: ReadonlyMap<string, string>,
): Html {
	return html`<div class="faults" role="alert"><h2>${title}</h2><ul>${faults.map(({ field }) => html`<li><a href="${`#${field}`}">${labels.get(field)}: ${faultAt.get(field)}</a></li>`)}</ul></div>`
}

function labelsOf({ language }: Frame, { code, cards }: ElectionDefinition): ReadonlyMap<string, string> {
	const say = words[language]
	return new Map([
		...code.digits.map((length, part): [string, string] => [
			`code.${part}`,
			part === code.centro
				? say.centro(length)
				: part === code.mesa
					? say.mesa(length)
					: say.codePart(length),
		]),
		...cards.map(({ sigla }, card): [string, string] => [`votes.${card}`, sigla]),
		['nullVotes', say.nullVotes],
		['emptyVotes', say.emptyVotes],
		...Array.from({ length: boxesOfActa }, (_, box): [string, string] => [
			`signatures.${box}`,
			say.box(box + 1),
		]),
	])
}

/** Seen whole in width; the rest is scrolled to. What changes how it is seen needs the script. */
function pictureOf({ language }: Frame, { paper, image }: PaperForm): Html {
	const say = words[language]
	const { length } = paper.pictures
	const name = (index: number) => (length === 1 ? say.picture : say.pictureOf(index + 1, length))
	const first = Math.max(
		0,
		paper.pictures.findIndex(({ sha256 }) => sha256 === image),
	)
	return html`<section class="picture" aria-label="${say.picture}">
<div class="tools" role="toolbar" aria-label="${say.tools}" hidden>
<button type="button" data-tool="closer">${say.zoomIn}</button>
<button type="button" data-tool="farther">${say.zoomOut}</button>
<button type="button" data-tool="turn">${say.turn}</button>
<button type="button" data-tool="contrast">${say.contrast}</button>
${length === 1 ? null : html`<button type="button" data-tool="next">${say.nextPicture}</button>`}
</div>
<div class="view" id="view" tabindex="0" role="group" aria-label="${say.picture}">
${paper.pictures.map(({ sha256 }, index) => html`<div class="sheet" data-picture="${sha256}" ${attributes({ 'data-shown': index === first })}><img src="${`/picture/${sha256}`}" alt="${name(index)}"></div>`)}
</div>
</section>`
}
