/** What the objects must hold; what they hold besides is ignored. */
import { isSpki } from './keys.js'

export const match = (pattern) => (value) => typeof value === 'string' && pattern.test(value)
export const text = (most) => (value) => typeof value === 'string' && [...value].length <= most
export const oneOf =
	(...values) =>
	(value) =>
		values.includes(value)
export const whole = (least) => (value) => Number.isSafeInteger(value) && value >= least
export const orNull = (check) => (value) => value === null || check(value)
export const listOf = (check, least, most) => (value) =>
	Array.isArray(value) && value.length >= least && value.length <= most && value.every(check)
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
export const fields =
	(required, optional = {}) =>
	(value) =>
		isObject(value) &&
		Object.entries(required).every(([name, check]) => Object.hasOwn(value, name) && check(value[name])) &&
		Object.entries(optional).every(([name, check]) => !Object.hasOwn(value, name) || check(value[name]))

/** These fields, each of the first, and no other. */
export const only =
	(required, optional = {}) =>
	(value) =>
		fields(required, optional)(value) &&
		Object.keys(value).every((name) => Object.hasOwn(required, name) || Object.hasOwn(optional, name))

/** One that exists. */
function day(value) {
	if (!match(/^\d{4}-\d\d-\d\d$/)(value)) return false
	const [year, month, number] = value.split('-').map(Number)
	const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
	const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
	return number >= 1 && number <= days
}
export const instant = (value) =>
	match(/^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/)(value) && day(value.slice(0, 10))
const range = (value) => listOf(whole(0), 2, 2)(value) && value[0] <= value[1]
export const id = match(/^[a-z0-9][a-z0-9-]{2,31}$/)
const objectId = match(/^[A-Za-z0-9_-]{43}$/)
const ledgerId = match(/^[A-Za-z0-9_-]{22}$/)
export const fileDigest = match(/^[0-9a-f]{64}$/)
const position = fields({ seq: whole(1), id: objectId })
const image = fields(
	{
		role: match(/^[a-z][a-z0-9-]{0,15}$/),
		mediaType: oneOf('image/jpeg', 'image/png', 'image/webp', 'image/tiff'),
		size: whole(1),
		sha256: fileDigest,
	},
	{ sealed: fields({ format: oneOf('age-v1'), size: whole(1), sha256: fileDigest }) },
)
const source = oneOf('none', 'rtc', 'ntp', 'receipt')
const reading = { method: oneOf('qr', 'ocr', 'none'), text: orNull(text(4096)), code: orNull(text(64)) }
const images = listOf(image, 1, 16)
const commonOfEntries = fields({
	election: text(64),
	device: id,
	boot: whole(1),
	seq: whole(1),
	prev: objectId,
	anchor: orNull(objectId),
	kind: oneOf('acta', 'boot', 'clock', 'close', 'void'),
})
const any = () => true
/** By `v`: what all have (`common`), and what those of a kind have beside it. */
const entryOf = {
	1: {
		common: fields({
			time: fields({
				wall: (value) => instant(value) && value.endsWith(':00Z'),
				source,
				monotonicMs: whole(0),
			}),
			software: text(64),
		}),
		acta: fields({ reading: fields(reading), images }),
		void: fields({ voids: position }),
	},
	2: {
		common: fields({
			time: fields({ day, source }),
			software: match(/^testigo\/\d{1,4}(\.\d{1,4}){2}(-(alpha|beta|rc)\.\d{1,4})?$/),
		}),
		acta: fields({
			reading: fields(reading, { hmac: fileDigest, print: oneOf('agrees', 'differs', 'unread') }),
			images,
		}),
		void: fields({ voids: position, reason: oneOf('test', 'twice', 'not-an-acta', 'other') }),
	},
}

function isEntry(value) {
	if (!commonOfEntries(value) || !Object.hasOwn(value, 'v')) return false
	const of = entryOf[value.v]
	return of.common(value) && (of[value.kind] ?? any)(value)
}

const commonOfHeads = fields({ device: id, seq: whole(1), id: objectId, receipts: whole(0) })
const headOf = { 1: fields({ time: instant }), 2: fields({ day }) }

function isHead(value) {
	return commonOfHeads(value) && Object.hasOwn(value, 'v') && headOf[value.v](value)
}

/** What a receipt says of one entry, of each file at most so many ranges that are missing. */
const answer = (ranges) => ({
	seq: whole(1),
	entry: objectId,
	status: oneOf('stored', 'duplicate', 'conflict', 'rejected'),
	images: listOf(
		fields({ sha256: fileDigest, status: oneOf('stored', 'missing'), missing: listOf(range, 0, ranges) }),
		0,
		16,
	),
})
const reason = { reason: text(200) }
const saidInReceipt = fields(
	{
		v: whole(1),
		device: id,
		...answer(200),
		upto: orNull(position),
		gaps: listOf(range, 0, 200),
		time: instant,
		copies: whole(0),
	},
	{
		...reason,
		ledger: ledgerId,
		returned: objectId,
		also: listOf(fields(answer(1), reason), 0, 128),
		nonce: match(/^[A-Za-z0-9_-]{21}[AQgw]$/),
		publishBy: instant,
	},
)

/** What it says of each entry that it answers: of the first, and of those in `also`, by the same rules. */
export const answers = (receipt) => [receipt, ...(receipt.also ?? [])]

function contradictsItself(receipt) {
	const { upto, gaps, copies } = receipt
	const said = answers(receipt)
	const held = said.filter((one) => one.status !== 'rejected')
	if (new Set(said.map((one) => one.entry)).size < said.length) return true
	for (const { status, reason, images } of said) {
		if (reason === undefined && status !== 'stored' && status !== 'duplicate') return true
		if (images.some((one) => one.status === 'stored' && one.missing.length > 0)) return true
	}
	if (copies === 0 && held.length > 0) return true
	let last = upto?.seq ?? 0
	for (const [from, to] of gaps) {
		if (from <= last || held.some(({ seq }) => from <= seq && seq <= to)) return true
		last = to
	}
	return false
}

const revokedDevice = {
	device: id,
	last: whole(0),
	time: instant,
	reason: oneOf('lost', 'stolen', 'seized', 'cloned', 'key-exposed', 'damaged', 'retired'),
}
const saidInCentres = fields({
	v: whole(1),
	issue: whole(1),
	time: instant,
	centres: listOf(fields({ id, spki: isSpki }), 0, 64),
	revoked: listOf(fields({ id, reason: revokedDevice.reason }), 0, 256),
})
const areAllDifferent = (ids) => new Set(ids).size === ids.length
const listedKey = fields({ id, spki: isSpki })
const saidInRegistry = fields(
	{
		v: whole(1),
		issue: whole(1),
		time: instant,
		devices: listOf(listedKey, 0, 10_000),
		revocations: listOf(fields(revokedDevice), 0, 10_000),
	},
	{ stations: listOf(listedKey, 0, 500), officers: listOf(listedKey, 0, 500) },
)

/** Of a registry: who records, who reads, who rules. */
export const roles = ['devices', 'stations', 'officers']

/** An id stands in one role only. */
function isRegistry(value) {
	if (!saidInRegistry(value)) return false
	return areAllDifferent(roles.flatMap((role) => (value[role] ?? []).map((one) => one.id)))
}

const saidInTranscription = fields(
	{
		v: whole(1),
		election: text(64),
		station: id,
		seq: whole(1),
		prev: objectId,
		entry: objectId,
		image: fileDigest,
		signatures: listOf(oneOf('filled', 'empty', 'not-visible'), 6, 6),
		day,
	},
	{ hmac: fileDigest, replaces: objectId, code: text(64) },
)
const whatIsRead = fields({ text: (value) => text(2048)(value) && value !== '' })
const whyUnreadable = fields({
	unreadable: oneOf('no-acta', 'blurred', 'faded', 'covered', 'cut-off', 'another-election', 'other'),
})

/** Either what was read, or why it can't be. */
function isTranscription(value) {
	if (!saidInTranscription(value)) return false
	const is = Object.hasOwn(value, 'text') ? whatIsRead : whyUnreadable
	return is(value) && Object.hasOwn(value, 'text') !== Object.hasOwn(value, 'unreadable')
}

const ids = (least) => (value) => listOf(objectId, least, 256)(value) && areAllDifferent(value)
const isRuling = fields(
	{
		v: whole(1),
		election: text(64),
		officer: id,
		seq: whole(1),
		prev: objectId,
		table: match(/^\d{1,20}\.\d{1,20}$/),
		excludes: ids(0),
		reason: oneOf('misread', 'not-the-paper', 'forged-paper', 'another-table', 'replaced', 'other'),
		rests: (value) => value === 'paper' || ids(1)(value),
		day,
	},
	{ replaces: ids(1) },
)

/** The newest `v` of the kinds that have more than one; all before it are known. */
export const newest = { entry: 2, head: 2 }

export const shapes = {
	entry: isEntry,
	receipt: (value) => saidInReceipt(value) && !contradictsItself(value),
	head: isHead,
	revocation: fields({ v: whole(1), ...revokedDevice }),
	registry: isRegistry,
	centres: (value) =>
		saidInCentres(value) && areAllDifferent([...value.centres, ...value.revoked].map((centre) => centre.id)),
	transcription: isTranscription,
	ruling: isRuling,
	control: fields({
		v: whole(1),
		device: id,
		verb: oneOf('resend'),
		from: whole(1),
		ledger: ledgerId,
		time: instant,
	}),
}
