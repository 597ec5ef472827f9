/** What is on every page of the reading station. */
import { type Content, documentOf, html } from '../../platform/html.ts'
import type { PageLanguage } from '../../platform/shown.ts'
import { words } from './words.ts'

export interface Frame {
	readonly language: PageLanguage
	/** Papers of the queue, and how many of them were answered; null where nobody was let in. */
	readonly progress: { readonly answered: number; readonly papers: number } | null
	/** This page, below its language: `answers`. */
	readonly here: string
	/** Before the page's name, where something has to be corrected. */
	readonly mark?: string
}

export function pageOf({ language, progress, here, mark }: Frame, title: string, content: Content): string {
	const say = words[language]
	const other = language === 'es' ? 'en' : 'es'
	return documentOf(html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${mark === undefined ? '' : `${mark} `}${title} – ${say.title}</title>
<link rel="stylesheet" href="/client/reading.css">
<script type="module" src="/client/reading.js"></script>
</head>
<body>
<header>
<p class="progress">${progress === null ? say.title : say.progress(progress.answered, progress.papers)}</p>
<nav aria-label="${say.title}">
${progress === null ? null : html`<a href="${`/${language}`}">${say.read}</a> <a href="${`/${language}/answers`}">${say.answers}</a>`}
<a href="${`/${other}${here === '' ? '' : `/${here}`}`}" lang="${other}" hreflang="${other}">${say.other}</a>
</nav>
</header>
<main>
${content}
</main>
</body>
</html>`)
}

/** A page with a few words and a way on. */
export function wordsPage(frame: Frame, title: string, ...lines: readonly Content[]): string {
	const { language, progress } = frame
	const on = progress === null ? null : html`<p><a href="${`/${language}`}">${words[language].goOn}</a></p>`
	return pageOf(
		frame,
		title,
		html`<div class="words"><h1>${title}</h1>${lines.map((line) => html`<p>${line}</p>`)}${on}</div>`,
	)
}
