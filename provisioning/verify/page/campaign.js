/**
 * What the authority of an archive says in issues of which all are kept and the newest counts: the campaign object, by which
 * a log and all that decides a figure is named, and the list of mirrors. Their grammar is closed (FORMAT.md).
 */
import { decodeBase64 } from './bytes.js'
import { refuse } from './faults.js'
import { cosignatureType, isSameSigner, noteType, readVerifierKey } from './note.js'
import { parse, read, verify } from './objects.js'
import { fileDigest, instant, listOf, match, only, whole } from './shapes.js'
import { isSpelledAsWritten } from './spelling.js'

const mostWitnesses = 32

const notShown =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]/u

/** One line that people read on every page, without what does not show. */
function isShownText(value) {
	if (typeof value !== 'string' || value === '' || notShown.test(value) || /^ | $/.test(value)) return false
	return new TextEncoder().encode(value).length <= 200
}

const isText = (value) => typeof value === 'string'
const isOne = (value) => value === 1
export const namedIssue = only({ issue: whole(1), sha256: fileDigest })
const namedLog = { origin: isText, vkey: isText }
const isRoot = (value) => isText(value) && decodeBase64(value)?.length === 32

/** Without what its verifier keys say. */
const isCampaign = only({
	v: isOne,
	issue: whole(1),
	time: instant,
	election: match(/^[a-z0-9][a-z0-9-]{1,62}$/),
	definition: fileDigest,
	register: fileDigest,
	registry: namedIssue,
	centres: namedIssue,
	log: only(namedLog),
	witnesses: listOf(
		only({ vkey: isText, organisation: isShownText, country: match(/^[A-Z]{2}$/) }),
		0,
		mostWitnesses,
	),
	threshold: whole(0),
	rehearsal: (value) => typeof value === 'boolean',
	earlier: listOf(only({ ...namedLog, size: whole(0), root: isRoot }), 0, 16),
})

const areDifferent = (values) => new Set(values).size === values.length

const isMirrors = only({
	v: isOne,
	issue: whole(1),
	time: instant,
	mirrors: (value) => listOf(isShownText, 0, 100)(value) && areDifferent(value),
})

const keysOf = (all) => Promise.all(all.map(({ vkey }) => readVerifierKey(vkey)))

export const logKeyOf = ({ log }) => readVerifierKey(log.vkey)
export const witnessKeysOf = ({ witnesses }) => keysOf(witnesses)

/** Whether log, earlier logs and witnesses have keys that nobody could take for one another's. */
async function areKeysRight({ log, earlier, witnesses, threshold }) {
	const logs = [log, ...earlier]
	const [ofLogs, ofWitnesses] = [await keysOf(logs), await keysOf(witnesses)]
	const isListed = (key, type) => key?.type === type && /^[!-~]+$/.test(key.name)
	const areLogs = ofLogs.every((key, at) => isListed(key, noteType) && key.name === logs[at].origin)
	if (!areLogs || !areDifferent(logs.map(({ origin }) => origin))) return false
	const known = [...ofLogs]
	for (const witness of ofWitnesses) {
		if (!isListed(witness, cosignatureType) || known.some((key) => isSameSigner(key, witness))) return false
		known.push(witness)
	}
	return threshold <= witnesses.length && threshold > 0 === witnesses.length > 0
}

/** What it says; its signature is another's to check. */
export async function readCampaign(signed) {
	const said = read(signed, isCampaign)
	return (await areKeysRight(said)) && isSpelledAsWritten(signed) ? said : refuse('bad-payload')
}

function readMirrors(signed) {
	const said = read(signed, isMirrors)
	return isSpelledAsWritten(signed) ? said : refuse('bad-payload')
}

/** `kind` is campaign or mirrors. */
export class Issues {
	/** Number to text and what it says. */
	byIssue = new Map()
	/** Text and what it says; null before the first. */
	newest = null
	#kid = null
	constructor(kind, key) {
		this.kind = kind
		this.key = key
	}

	async take(jws) {
		const { kind } = this
		const signed = await parse(jws, kind)
		await verify(signed, this.key)
		if (this.#kid !== null && this.#kid !== signed.kid) refuse('wrong-authority')
		const said = kind === 'campaign' ? await readCampaign(signed) : readMirrors(signed)
		const same = this.byIssue.get(said.issue)
		if (same !== undefined) refuse(same.jws === jws ? `${kind}-rollback` : `${kind}-equivocation`)
		if (this.newest !== null) {
			if (said.issue < this.newest.said.issue) refuse(`${kind}-rollback`)
			if (kind === 'campaign') checkGoesOn(this.newest.said, said)
		}
		this.#kid = signed.kid
		this.newest = { jws, said }
		this.byIssue.set(said.issue, this.newest)
	}
}

function checkGoesOn(before, after) {
	for (const name of ['registry', 'centres']) {
		if (after[name].issue < before[name].issue) refuse('campaign-rollback')
		if (after[name].issue === before[name].issue && after[name].sha256 !== before[name].sha256)
			refuse('campaign-equivocation')
	}
	const words = ({ origin, vkey, size, root }) => JSON.stringify([origin, vkey, size, root])
	const kept = new Set(after.earlier.map(words))
	const goesOn =
		after.election === before.election &&
		after.rehearsal === before.rehearsal &&
		before.earlier.every((one) => kept.has(words(one))) &&
		[after.log, ...after.earlier].some(({ vkey }) => vkey === before.log.vkey)
	if (!goesOn) refuse('campaign-changed')
}
