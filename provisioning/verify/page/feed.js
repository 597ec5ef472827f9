/** The records of publications, feed/<n>.json (ARCHIVE.md, "The feed"), and their notes, sites/<n>. */
import { parseDecimal, sha256, toHex } from './bytes.js'
import { namedIssue } from './campaign.js'
import { tableStates } from './counting.js'
import { codeOf, refuse } from './faults.js'
import { longestNote, openSite, rootInBase64 } from './note.js'
import { fileDigest, instant, isObject, listOf, match, oneOf, only, orNull, whole } from './shapes.js'
import { parseJson } from './strict-json.js'

const isAnyText = (value) => typeof value === 'string'
const isYesOrNo = (value) => typeof value === 'boolean'
const manyOf = (check) => listOf(check, 0, Number.POSITIVE_INFINITY)
const why = (value) => only({ leaf: whole(0) })(value) || only({ campaign: whole(1) })(value)
const tableThen = orNull(
	only({
		status: oneOf(...tableStates),
		electors: orNull(whole(0)),
		confirmed: isYesOrNo,
		votes: orNull(manyOf(whole(0))),
	}),
)
const isRecord = only({
	n: whole(0),
	origin: isAnyText,
	size: whole(0),
	root: isAnyText,
	time: instant,
	rehearsal: isYesOrNo,
	campaign: namedIssue,
	registry: namedIssue,
	centres: namedIssue,
	definition: fileDigest,
	register: fileDigest,
	figures: isObject,
	changes: manyOf(
		only({
			table: match(/^[0-9]{1,20}\.[0-9]{1,20}$/),
			before: tableThen,
			after: tableThen,
			why: manyOf(why),
		}),
	),
})

/** Null for what is none. All are held at once: what fills a record is left out. */
function readRecord(bytes) {
	try {
		const record = parseJson(bytes)
		if (!isRecord(record)) return null
		const { figures: _figures, changes: _changes, ...short } = record
		return short
	} catch (error) {
		codeOf(error)
		return null
	}
}

/** Of all publications so far, as far as the tree and the campaign objects can show; and their notes. */
export class Records {
	/** By number: what is read, and why it can't be. */
	#found = new Map()
	constructor(archive, log, site) {
		this.archive = archive
		this.log = log
		this.site = site
	}

	/** The first that is not there ends those of before: a log may sign any number. */
	async read() {
		const last = this.site.publication
		for (let number = 0; number < last; number++) {
			await this.#read(number)
			if (this.#found.get(number).code === 'file-missing') break
		}
		await this.#read(last)
		return this
	}

	async #read(number) {
		try {
			const record = readRecord(await this.archive.read(`feed/${number}.json`))
			this.#found.set(number, { record, code: null })
		} catch (error) {
			this.#found.set(number, { record: null, code: codeOf(error) })
		}
	}

	sizes() {
		return [...this.#found.values()].map(({ record }) => record?.size ?? 0)
	}

	get time() {
		return this.#found.get(this.site.publication).record?.time ?? null
	}

	/** `campaignAt` gives the campaign object that was in force at a size. */
	async check(roots, campaignAt, faults) {
		const { site, log } = this
		let before = 0
		for (const [number, { record, code }] of this.#found) {
			const path = `feed/${number}.json`
			if (code !== null) {
				faults.add(code, { path })
				continue
			}
			const said = record?.size ?? 0
			const isShown = number === site.publication
			const size = isShown ? site.size : said
			const root = isShown ? site.root : roots.get(size)
			const campaign = campaignAt(size)
			const tree = { n: number, origin: log.name, size, root: root ? rootInBase64({ root }) : record?.root }
			const isRight =
				record !== null &&
				campaign !== undefined &&
				before <= size &&
				size <= site.size &&
				(await isRecordOf(record, tree, campaign))
			if (!isRight) faults.add('feed-differs', { path })
			before = Math.max(before, said)
		}
		await this.#checkNotes(faults)
	}

	/** Those of before in sites/. */
	async #checkNotes(faults) {
		const names = this.archive.paths().flatMap((path) => /^sites\/([^/]+)$/.exec(path)?.[1] ?? [])
		const numbers = names.map(parseDecimal).filter((number) => number !== null)
		for (const number of numbers.sort((one, other) => one - other)) {
			if (number >= this.site.publication) break
			const path = `sites/${number}`
			const record = this.#found.get(number)?.record ?? null
			try {
				const note = await openSite(await this.archive.read(path, longestNote), this.log)
				if (note.publication !== number) refuse('bad-site')
				const isOfTree = record?.size === note.size && record.root === rootInBase64(note)
				if (record !== null && !isOfTree) refuse('site-differs')
			} catch (error) {
				faults.add(codeOf(error), { path })
			}
		}
	}
}

async function isRecordOf(record, tree, { jws, said }) {
	const { rehearsal, registry, centres, definition, register, issue } = said
	const digest = toHex(await sha256(new TextEncoder().encode(jws)))
	const words = (one) => [
		...[one.n, one.size, one.root, one.origin, one.rehearsal, one.definition, one.register],
		...[one.campaign, one.registry, one.centres].flatMap((named) => [named.issue, named.sha256]),
	]
	const right = {
		...{ ...tree, rehearsal, definition, register, registry, centres },
		campaign: { issue, sha256: digest },
	}
	return JSON.stringify(words(record)) === JSON.stringify(words(right))
}
