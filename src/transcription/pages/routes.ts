/** What the reading station answers to a browser. */
import type { HttpAnswer, HttpRequest, Route, WholeAnswer } from '../../platform/http/exchange.ts'
import { htmlAnswer, plainAnswer, seeOther } from '../../platform/http/exchange.ts'
import { languages, type PageLanguage } from '../../platform/shown.ts'
import type { Paper } from '../queue/queue.ts'
import type { QueuePictures } from '../station/pictures.ts'
import type { GivenFault, ReadingStation } from '../station/reading-station.ts'
import { type Fields, fieldNames, fieldsOf, readTyped } from '../station/typed.ts'
import { answersPage } from './answers-page.ts'
import { type Frame, wordsPage } from './frame.ts'
import { type PaperForm, paperPage, totalsPage } from './paper-page.ts'
import { words } from './words.ts'

/** Bytes: of 400 cards, each at its longest, less than half. */
const formBytes = 64 * 1024

export interface StationPages {
	readonly routes: readonly Route[]
	readonly notFound: (request: HttpRequest) => WholeAnswer
}

/** `failed`: an answer could not be kept; nothing more can be until the station begins anew. */
export function stationPages(
	station: ReadingStation,
	pictures: QueuePictures,
	failed: (fault: GivenFault) => void,
): StationPages {
	const pages = new Pages(station, pictures, failed)
	const paperAt = (path: string) => `/:language/paper/:entry${path}`
	const get = (path: string, answer: Route['answer']): Route => ({ method: 'GET', path, answer })
	const post = (path: string, answer: Route['answer']): Route => ({
		...{ method: 'POST', path, answer },
		bodyBytes: formBytes,
	})
	return {
		routes: [
			get('/', ({ languages: wanted }) => seeOther(`/${preferred(wanted)}`)),
			// What a browser asks for by itself.
			get('/favicon.ico', () => ({ status: 204, type: 'image/x-icon', body: '' })),
			get('/:language', (request) => pages.next(request)),
			get('/:language/answers', (request) => pages.answers(request)),
			get(paperAt(''), (request) => pages.paper(request)),
			post(paperAt('/check'), (request) => pages.check(request)),
			post(paperAt('/correct'), (request) => pages.correct(request)),
			post(paperAt('/sign'), (request) => pages.sign(request)),
			get('/picture/:sha256', (request) => pages.picture(request)),
		],
		notFound: (request) => pages.notFound(request),
	}
}

/** To who comes without a session. */
export function linkUsedPage(): WholeAnswer {
	const say = words.es
	const frame = { language: 'es', progress: null, here: '' } as const
	return htmlAnswer(wordsPage(frame, say.linkUsed, say.linkUsedHint, words.en.linkUsedHint), 403)
}

class Pages {
	readonly #station: ReadingStation
	readonly #pictures: QueuePictures
	readonly #failed: (fault: GivenFault) => void
	/** Entries whose pictures can't be shown, whenever one looks. */
	readonly #notShown = new Set<string>()

	constructor(station: ReadingStation, pictures: QueuePictures, failed: (fault: GivenFault) => void) {
		this.#station = station
		this.#pictures = pictures
		this.#failed = failed
	}

	/** The first that waits, and whose pictures can be shown. */
	async next(request: HttpRequest): Promise<HttpAnswer> {
		const frame = this.#frame(request, '')
		if (frame === null) return this.notFound(request)
		for (;;) {
			const paper = this.#station.nextWithout(this.#notShown)
			if (paper === null) return htmlAnswer(this.#donePage(frame))
			const held = await this.#hold(paper)
			if (held === 'later') return this.#later(frame)
			if (held === 'shown') return this.#form(frame, begun(paper), 200)
		}
	}

	async paper(request: HttpRequest): Promise<HttpAnswer> {
		const found = this.#found(request)
		if (found === null) return this.notFound(request)
		const { frame, paper } = found
		const held = await this.#hold(paper)
		if (held === 'later') return this.#later(frame)
		if (held === 'not-shown') return htmlAnswer(this.#missingPage(frame))
		const { answer = null } = this.#station.paper(paper.entry) ?? {}
		if (answer === null) return this.#form(frame, begun(paper), 200)
		const { image } = answer.transcription
		const fields = fieldsOf(answer.transcription, this.#station.queue.election)
		return this.#form(frame, { paper, fields, image, replaces: answer.id }, 200)
	}

	/** Shows the sums, or what has to be corrected. What can't be read has no sums, and is signed. */
	async check(request: HttpRequest): Promise<HttpAnswer> {
		const sent = await this.#sent(request)
		if (sent === null) return this.notFound(request)
		const { frame, form } = sent
		const { election } = this.#station.queue
		const read = readTyped(form.fields, election)
		if (!read.ok) return htmlAnswer(paperPage(frame, election, form, read.faults), 422)
		if ('text' in read.value) return htmlAnswer(totalsPage(frame, election, form, read.value.text))
		return this.#signed(frame, form)
	}

	async correct(request: HttpRequest): Promise<HttpAnswer> {
		const sent = await this.#sent(request)
		return sent === null ? this.notFound(request) : this.#form(sent.frame, sent.form, 200)
	}

	async sign(request: HttpRequest): Promise<HttpAnswer> {
		const sent = await this.#sent(request)
		return sent === null ? this.notFound(request) : this.#signed(sent.frame, sent.form)
	}

	answers(request: HttpRequest): HttpAnswer {
		const frame = this.#frame(request, 'answers')
		if (frame === null) return this.notFound(request)
		const { queue, answered } = this.#station
		return htmlAnswer(answersPage(frame, queue.election, answered))
	}

	picture({ parameters }: HttpRequest): HttpAnswer {
		const picture = this.#pictures.get(parameters['sha256'] ?? '')
		if (picture === undefined) return plainAnswer(404, 'no picture of the paper at hand')
		return { status: 200, type: picture.mediaType, body: picture.bytes }
	}

	notFound(request: HttpRequest): WholeAnswer {
		const language = languageOf(request) ?? preferred(request.languages)
		const say = words[language]
		const frame = { language, progress: this.#progress, here: '' }
		return htmlAnswer(wordsPage(frame, say.notFound, say.notFoundHint), 404)
	}

	async #signed(frame: Frame, form: PaperForm): Promise<HttpAnswer> {
		const { election } = this.#station.queue
		const { paper, fields, image, replaces } = form
		const read = readTyped(fields, election)
		if (!read.ok) return htmlAnswer(paperPage(frame, election, form, read.faults), 422)
		const given = await this.#station.answer({ entry: paper.entry, image, replaces, answer: read.value })
		if (given.ok) return seeOther(`/${frame.language}`)
		const say = words[frame.language]
		if (given.fault.code === 'answered-meanwhile') {
			return htmlAnswer(wordsPage(frame, say.answeredTitle, say.answeredHint), 409)
		}
		this.#failed(given.fault)
		return htmlAnswer(wordsPage(frame, say.notSaved, say.notSavedHint), 500)
	}

	#form(frame: Frame, form: PaperForm, status: number): HttpAnswer {
		const notice = this.#notShown.size === 0 ? null : words[frame.language].notShown(this.#notShown.size)
		return htmlAnswer(paperPage(frame, this.#station.queue.election, form, [], notice), status)
	}

	#donePage(frame: Frame): string {
		const say = words[frame.language]
		if (this.#station.next !== null) return this.#missingPage(frame)
		const isEmpty = this.#station.queue.papers.length === 0
		return isEmpty
			? wordsPage(frame, say.emptyTitle, say.emptyHint)
			: wordsPage(frame, say.doneTitle, say.doneHint)
	}

	#missingPage(frame: Frame): string {
		const say = words[frame.language]
		return wordsPage(frame, say.missingTitle, say.notShown(this.#notShown.size), say.doneHint)
	}

	/** Nothing is said of a picture for which the disk only needs longer. */
	#later(frame: Frame): HttpAnswer {
		const say = words[frame.language]
		return htmlAnswer(wordsPage(frame, say.laterTitle, say.laterHint), 503)
	}

	/** Whether its pictures can be shown; `later`: the disk gave no answer. */
	async #hold(paper: Paper): Promise<'shown' | 'not-shown' | 'later'> {
		const held = await this.#pictures.hold(paper)
		if (!held.ok && held.fault.code === 'no-answer') return 'later'
		if (held.ok) this.#notShown.delete(paper.entry)
		else this.#notShown.add(paper.entry)
		return held.ok ? 'shown' : 'not-shown'
	}

	#frame(request: HttpRequest, here: string): Frame | null {
		const language = languageOf(request)
		return language === null ? null : { language, progress: this.#progress, here }
	}

	get #progress(): { readonly answered: number; readonly papers: number } {
		return { answered: this.#station.answered.length, papers: this.#station.queue.papers.length }
	}

	#found(request: HttpRequest): { readonly frame: Frame; readonly paper: Paper } | null {
		const at = this.#station.paper(request.parameters['entry'] ?? '')
		const frame = at === null ? null : this.#frame(request, `paper/${at.paper.entry}`)
		return at === null || frame === null ? null : { frame, paper: at.paper }
	}

	/** A form as a browser sends it. Its pictures stay at hand, also after a start. */
	async #sent(request: HttpRequest): Promise<{ readonly frame: Frame; readonly form: PaperForm } | null> {
		const found = this.#found(request)
		if (found === null) return null
		const { frame, paper } = found
		const sent = new URLSearchParams(request.body.toString('utf8'))
		const names = [...fieldNames(this.#station.queue.election), 'unreadable']
		const fields: Fields = new Map(
			names.flatMap((name) => {
				const value = sent.get(name)
				return value === null ? [] : [[name, value]]
			}),
		)
		await this.#hold(paper)
		const image = sent.get('image') ?? ''
		return { frame, form: { paper, fields, image, replaces: sent.get('replaces') || null } }
	}
}

/** Nothing typed, the first picture first. */
function begun(paper: Paper): PaperForm {
	return { paper, fields: new Map(), image: paper.pictures[0]?.sha256 ?? '', replaces: null }
}

function languageOf({ parameters }: HttpRequest): PageLanguage | null {
	return languages.find((one) => one === parameters['language']) ?? null
}

/** Spanish, unless a browser wants English before it. */
function preferred(wanted: string): PageLanguage {
	const first = wanted.split(',').map((one) => one.trim().slice(0, 2).toLowerCase())
	return first.find((one) => one === 'es' || one === 'en') === 'en' ? 'en' : 'es'
}
