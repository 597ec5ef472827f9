/** The pages that stand outside of the board: where it asks for the pass phrase, and where there is no page. */

import { documentOf, type Html, html } from '../../platform/html.ts'
import type { PassPhraseFault } from '../../platform/http/pass-phrase-access.ts'
import { enterPath } from '../../platform/http/pass-phrase-access.ts'
import type { PageLanguage } from '../../platform/shown.ts'

const words = {
	es: {
		title: 'Tablero del centro',
		phrase: 'Frase de acceso',
		enter: 'Entrar',
		wrong: 'No es esa frase.',
		'too-many': 'Demasiados intentos: espere medio minuto.',
		none: 'Esta página no existe.',
		board: 'Ir al tablero',
	},
	en: {
		title: "The centre's board",
		phrase: 'Pass phrase',
		enter: 'Enter',
		wrong: 'That is not the phrase.',
		'too-many': 'Too many tries: wait half a minute.',
		none: 'There is no such page.',
		board: 'Go to the board',
	},
} as const

export function enterPage(language: PageLanguage, fault: PassPhraseFault | null): string {
	const own = words[language]
	return bare(
		language,
		html`${fault === null ? null : html`<p role="alert">${own[fault]}</p>`}
<form method="post" action="${enterPath}">
<p><label for="phrase">${own.phrase}</label></p>
<p><input id="phrase" name="phrase" type="password" autocomplete="current-password" maxlength="256" required autofocus></p>
<p><button>${own.enter}</button></p>
</form>`,
	)
}

export function notFoundPage(language: PageLanguage): string {
	const own = words[language]
	return bare(language, html`<p>${own.none}</p>\n<p><a href="${`/${language}/`}">${own.board}</a></p>`)
}

function bare(language: PageLanguage, content: Html): string {
	const { title } = words[language]
	return documentOf(html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="stylesheet" href="/client/board.css">
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>`)
}
