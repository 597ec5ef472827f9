/** The record of a publication, feed/<n>.json (ARCHIVE.md, "The feed"). */

import { sha256, toHex } from './bytes.js'
import { namedIssue } from './campaign.js'
import { tableStates } from './counting.js'
import { codeOf } from './faults.js'
import { rootInBase64 } from './note.js'
import { fileDigest, instant, isObject, listOf, match, oneOf, only, orNull, whole } from './shapes.js'
import { parseJson } from './strict-json.js'

const isAnyText = (value) => typeof value === 'string'
const isYesOrNo = (value) => typeof value === 'boolean'
const manyOf = (check) => listOf(check, 0, Number.POSITIVE_INFINITY)
const why = (value) => only({ leaf: whole(0) })(value) || only({ campaign: whole(1) })(value)
const tableThen = orNull(
	only({ status: oneOf(...tableStates), confirmed: isYesOrNo, votes: orNull(manyOf(whole(0))) }),
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

/** Null for what is none. */
export function readRecord(bytes) {
	try {
		const record = parseJson(bytes)
		return isRecord(record) ? record : null
	} catch (error) {
		codeOf(error)
		return null
	}
}

/** Whether it is of this publication, by the campaign object in force. */
export async function isRecordOf(record, site, { jws, said }) {
	const { rehearsal, registry, centres, definition, register, issue, log } = said
	const digest = toHex(await sha256(new TextEncoder().encode(jws)))
	const words = (one) => [
		...[one.n, one.size, one.root, one.origin, one.rehearsal, one.definition, one.register],
		...[one.campaign, one.registry, one.centres].flatMap((named) => [named.issue, named.sha256]),
	]
	const right = {
		...{ n: site.publication, size: site.size, root: rootInBase64(site), origin: log.origin },
		...{ rehearsal, definition, register, campaign: { issue, sha256: digest }, registry, centres },
	}
	return JSON.stringify(words(record)) === JSON.stringify(words(right))
}
