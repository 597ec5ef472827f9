/**
 * What may be public for ever: objects of which every field is named by the format, and no text is free (FORMAT.md, "What
 * is published"). The shapes say what the fields hold; here is which there are.
 */
import { readCampaign } from './campaign.js'
import { codeOf } from './faults.js'
import { read } from './objects.js'
import { isObject } from './shapes.js'
import { isSpelledAsWritten } from './spelling.js'

const knownRoles = ['full', 'top', 'upper-middle', 'middle', 'lower-middle', 'bottom', 'public']
const knownSoftware = /^testigo\/[0-9]{1,4}(\.[0-9]{1,4}){2}(-(alpha|beta|rc)\.[0-9]{1,4})?$/

/** Names to what they hold: null for a plain value, an object for one, a list of one for a list of these. */
const plain = (...names) => Object.fromEntries(names.map((name) => [name, null]))
const ofPosition = plain('seq', 'id')
const ofImage = {
	...plain('role', 'mediaType', 'size', 'sha256'),
	sealed: plain('format', 'size', 'sha256'),
}
const ofReading = plain('method', 'text', 'code')
const ofEntries = plain('v', 'election', 'device', 'boot', 'seq', 'prev', 'anchor', 'kind', 'software')
/** By `v`. */
const ofTime = { 1: plain('wall', 'source', 'monotonicMs'), 2: plain('day', 'source') }
const ofKinds = {
	1: { acta: { reading: ofReading, images: [ofImage] }, void: { voids: ofPosition } },
	2: {
		acta: { reading: { ...ofReading, ...plain('hmac', 'print') }, images: [ofImage] },
		void: { voids: ofPosition, reason: null },
	},
}
const ofHeads = plain('v', 'device', 'seq', 'id', 'receipts')
const ofTranscriptions = plain(
	...['v', 'election', 'station', 'seq', 'prev', 'entry', 'image', 'hmac', 'signatures', 'replaces', 'day'],
	...['text', 'code', 'unreadable'],
)
const ofRulings = plain(
	...['v', 'election', 'officer', 'seq', 'prev', 'table', 'excludes', 'reason', 'rests', 'replaces', 'day'],
)

function namesOf(kind, { v, kind: ofEntry }) {
	if (kind === 'entry') return { ...ofEntries, time: ofTime[v], ...ofKinds[v][ofEntry] }
	if (kind === 'head') return { ...ofHeads, [v === 1 ? 'time' : 'day']: null }
	return kind === 'transcription' ? ofTranscriptions : ofRulings
}

function hasOnlyNamed(value, names) {
	if (names === null || value === null) return true
	if (Array.isArray(names)) return value.every((one) => hasOnlyNamed(one, names[0]))
	return (
		isObject(value) &&
		Object.entries(value).every(
			([name, field]) => Object.hasOwn(names, name) && hasOnlyNamed(field, names[name]),
		)
	)
}

/** Whether it may stand as text, by the definition in force. */
export async function isPublishable(signed, election, isRehearsal) {
	const { kind } = signed
	let said
	try {
		said = kind === 'campaign' ? await readCampaign(signed) : read(signed)
	} catch (error) {
		codeOf(error)
		return false
	}
	if (kind !== 'head' && said.election !== election.id) return false
	if (kind === 'campaign') return true
	return (
		hasOnlyNamed(said, namesOf(kind, said)) &&
		isSpelledAsWritten(signed) &&
		isClosed[kind](said, election, isRehearsal)
	)
}

const isOfVersion = ({ v }, isRehearsal) => v === 2 || isRehearsal

const isClosed = {
	entry: (entry, election, isRehearsal) =>
		isOfVersion(entry, isRehearsal) &&
		knownSoftware.test(entry.software) &&
		(entry.kind !== 'acta' ||
			(isReadingClosed(entry.reading, election) &&
				entry.images.every(({ role }) => knownRoles.includes(role)))),
	head: (head, _, isRehearsal) => isOfVersion(head, isRehearsal),
	transcription: isReadingClosed,
	ruling: ({ table }, election) => {
		const [centro, mesa] = table.split('.')
		return election.isPart('centro', centro) && election.isPart('mesa', mesa)
	},
}

function isReadingClosed({ text: written = null, code = null }, election) {
	return (
		(written === null || election.read(written) !== null) &&
		(code === null || election.tableOf(code) !== null)
	)
}
