/**
 * Signed notes, and what a log signs by them: checkpoints, and below them the cosignatures of witnesses; and the note over
 * all that is no leaf (FORMAT.md, "Notes", "Checkpoints"). Read strictly: what is not spelled as it would be written is none.
 */
import {
	concat,
	decodeBase64,
	isSameBytes,
	parseDecimal,
	sha256,
	toBase64,
	toHex,
	toInteger,
} from './bytes.js'
import { isEd25519Key, verifiesEd25519 } from './ed25519.js'
import { refuse } from './faults.js'

/** Bytes. */
export const longestNote = 524_288
const mostSignatures = 100
const longestName = 255
/** Types of keys. */
export const noteType = 1
export const cosignatureType = 4

const utf8 = (content) => new TextEncoder().encode(content)

// biome-ignore lint/suspicious/noControlCharactersInRegex: a note holds none
const keyName = /^[^\p{White_Space}\p{Surrogate}+\u0000-\u001f]+$/u
const isKeyName = (name) => keyName.test(name) && utf8(name).length <= longestName

/** `<name>+<key id>+<type and key>`; null for anything else. */
export async function readVerifierKey(written) {
	const [, name = '', keyId, coded = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.{4,4096})$/su.exec(written) ?? []
	const material = decodeBase64(coded)
	if (!isKeyName(name) || !material || ![noteType, cosignatureType].includes(material[0])) return null
	if (!isEd25519Key(material.subarray(1))) return null
	const digest = await sha256(concat(utf8(`${name}\n`), material))
	if (toHex(digest.subarray(0, 4)) !== keyId) return null
	return { name, keyId, type: material[0], key: material.subarray(1), text: written }
}

/** Whether a signature of the one could be taken for the other's. */
export function isSameSigner(one, other) {
	return isSameBytes(one.key, other.key) || (one.name === other.name && one.keyId === other.keyId)
}

/** Proven by nobody yet: the text, and of each line below it name, key id and what stands behind it. */
function parseNote(bytes) {
	if (bytes.length > longestNote) refuse('bad-note')
	let written
	try {
		written = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
	} catch {
		refuse('bad-note')
	}
	const end = written.lastIndexOf('\n\n')
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
	if (end < 0 || /[\u0000-\u0009\u000b-\u001f]/.test(written)) refuse('bad-note')
	const lines = written.slice(end + 2).split('\n')
	if (lines.pop() !== '' || lines.length < 1 || lines.length > mostSignatures) refuse('bad-note')
	return { content: written.slice(0, end + 1), signatures: lines.map(signatureIn) }
}

function signatureIn(line) {
	const [, name = '', coded = ''] = /^\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? []
	const bytes = decodeBase64(coded)
	if (!isKeyName(name) || bytes === null || bytes.length < 5) refuse('bad-note')
	return { name, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) }
}

const isBy = (key) => (line) => line.name === key.name && line.keyId === key.keyId

/** There is a line by this key, and each that there is verifies. Others' lines are not looked at. */
async function verifyNote({ content, signatures }, key) {
	const own = signatures.filter(isBy(key))
	if (own.length === 0) refuse('foreign-key')
	for (const { signature } of own)
		if (!(await verifiesEd25519(key.key, utf8(content), signature))) refuse('bad-signature')
}

/** So many lines, and nothing behind them. */
function linesOfNote({ content }, count, code) {
	const lines = content.split('\n')
	return lines.pop() === '' && lines.length === count ? lines : refuse(code)
}

const hashIn = (coded) => {
	const bytes = decodeBase64(coded)
	return bytes?.length === 32 ? bytes : null
}

/** What a log says of its size and root, signed by `key`. */
export async function openCheckpoint(bytes, key) {
	const note = parseNote(bytes)
	const [origin, decimal, coded] = linesOfNote(note, 3, 'bad-note')
	const [size, root] = [parseDecimal(decimal), hashIn(coded)]
	const isOrigin = origin !== '' && utf8(origin).length <= longestName
	if (!isOrigin || size === null || root === null) refuse('bad-note')
	if (size === 0 && !isSameBytes(root, await sha256(new Uint8Array()))) refuse('bad-note')
	if (origin !== key.name) refuse('wrong-origin')
	await verifyNote(note, key)
	return { note, origin, size, root }
}

/** The names of those of these witnesses who have, in the order of their lines. One counts once, however often it signs. */
export async function cosignedBy({ content, signatures }, witnesses) {
	const found = new Map()
	for (const line of signatures) {
		const witness = witnesses.find((one) => isBy(one)(line))
		if (witness === undefined) continue
		const time = toInteger(line.signature.subarray(0, 8))
		const signed = utf8(`cosignature/v1\ntime ${time}\n${content}`)
		const isRight =
			line.signature.length === 72 &&
			time <= BigInt(Number.MAX_SAFE_INTEGER) &&
			(await verifiesEd25519(witness.key, signed, line.signature.subarray(8)))
		if (!isRight) refuse('bad-signature')
		found.set(`${witness.name}+${witness.keyId}`, witness.name)
	}
	return [...found.values()]
}

/** The log's signature over all that is no leaf. */
export async function openSite(bytes, key) {
	const note = parseNote(bytes)
	await verifyNote(note, key)
	const [origin, number, decimal, coded, checksums, torrent] = linesOfNote(note, 6, 'bad-site')
	const [publication, size, root] = [parseDecimal(number), parseDecimal(decimal), hashIn(coded)]
	const isInForm =
		origin === `${key.name}/site` &&
		[publication, size, root].every((one) => one !== null) &&
		/^[0-9a-f]{64}$/.test(checksums) &&
		/^(?:-|[0-9a-f]{40})$/.test(torrent)
	return isInForm ? { publication, size, root, checksums } : refuse('bad-site')
}

export const rootInBase64 = ({ root }) => toBase64(root)
