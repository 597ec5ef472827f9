/** The station's own answers, to change one. */
import type { ElectionDefinition } from '../../acta/election.ts'
import { type Acta, parsePayload } from '../../acta/payload.ts'
import { tableOf } from '../../acta/plausibility.ts'
import type { Transcription } from '../../evidence/transcription.ts'
import { html } from '../../platform/html.ts'
import type { PaperAtHand } from '../station/reading-station.ts'
import { type Frame, pageOf } from './frame.ts'
import { words } from './words.ts'

/** `answered`: in the order in which they were given. */
export function answersPage(
	frame: Frame,
	election: ElectionDefinition,
	answered: readonly PaperAtHand[],
): string {
	const { language } = frame
	const say = words[language]
	const rows = answered.toReversed().flatMap(({ paper, answer }) => {
		if (answer === null) return []
		const { text, code, unreadable } = answer.transcription
		const acta = actaOf(answer.transcription, election)
		const table = acta === null ? (code ?? '') : tableOf(acta)
		const said = unreadable === undefined ? '' : say.reasons[unreadable]
		return html`<tr><td>${table}</td><td>${said}${text === undefined ? null : '✓'}</td><td><a href="${`/${language}/paper/${paper.entry}`}" aria-label="${`${say.change} ${table}`}">${say.change}</a></td></tr>`
	})
	const list =
		rows.length === 0
			? html`<p>${say.noAnswers}</p>`
			: html`<table><thead><tr><th scope="col">${say.table}</th><th scope="col">${say.said}</th><th scope="col">${say.change}</th></tr></thead><tbody>${rows}</tbody></table>`
	return pageOf(
		frame,
		say.answersTitle,
		html`<div class="words"><h1>${say.answersTitle}</h1><p>${say.answersHint}</p>${list}</div>`,
	)
}

function actaOf({ text }: Transcription, election: ElectionDefinition): Acta | null {
	const acta = text === undefined ? null : parsePayload(Buffer.from(text), election)
	return acta?.ok ? acta.value : null
}
