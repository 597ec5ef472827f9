/** Checkpoints, cosignatures, witnesses and proofs to be forwarded. */
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseVerifierKey } from '#src/evidence/keys/verifier-key.js'
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from '#src/log/checkpoint.js'
import { cosign, verifyCosignatures } from '#src/log/cosignature.js'
import { formatNote, type NoteSignature, parseNote } from '#src/log/note.js'
import { logSigner, type NoteSigner, signNote, witnessSigner } from '#src/log/signing.js'
import { formatTlogProof, longestTlogProof, parseTlogProof, verifyTlogProof } from '#src/log/tlog-proof.js'
import { emptyRoot } from '#src/log/tree-hash.js'
import { proveInclusion } from '#src/log/tree-proofs.js'
import { witnessing } from '#src/log/witnesses.js'
import { codeOf, gotten } from '../support/result.ts'
import { certificates } from './published-notes.ts'
import { numberedLeaf, numberedTree } from './tiles-in-memory.ts'

const newKey = () => generateKeyPairSync('ed25519').privateKey
const log = logSigner('log.example.org/actas', newKey())
const witnesses = ['one', 'two', 'three'].map((name) => witnessSigner(`${name}.example.org`, newKey()))
const keys = witnesses.map(({ key }) => key)
const [first, second, third] = witnesses as [NoteSigner, NoteSigner, NoteSigner]

const { tree, tiles } = numberedTree(300)
const signed = signCheckpoint(tree.head, log)
const { text } = gotten(parseNote(Buffer.from(signed)))
const open = (note: string, by = keys) => openCheckpoint(Buffer.from(note), log.key, by)

function cosigned(...added: NoteSignature[]): string {
	const { text, signatures } = gotten(parseNote(Buffer.from(signed)))
	return formatNote({ text, signatures: [...signatures, ...added] })
}

test('a published checkpoint verifies by the keys of its log and of a witness; lines of other types stay', () => {
	const [key, witness] = [certificates.log, certificates.witness].map((vkey) =>
		gotten(parseVerifierKey(vkey)),
	)
	if (key === undefined || witness === undefined) throw new Error('no keys')
	const bytes = Buffer.from(certificates.checkpoint)
	const opened = gotten(openCheckpoint(bytes, key, [witness]))
	expect(opened).toMatchObject({ origin: key.name, size: 1_432_088_532, extensions: [] })
	expect(opened.cosignatures).toEqual([{ witness, timeSeconds: certificates.timeSeconds }])
	expect(formatNote(opened.note)).toBe(certificates.checkpoint)
	const altered = certificates.checkpoint.replace('2net5wAAAABqEiEg', '2net5wAAAABqEiEh')
	expect(codeOf(openCheckpoint(Buffer.from(altered), key, [witness]))).toBe('bad-signature')
	expect(codeOf(openCheckpoint(Buffer.from(altered), key))).toBe('ok')
	// The type of a key is not that of the line: the same key under the other type has another id.
	expect(codeOf(openCheckpoint(bytes, witness))).toBe('wrong-origin')
})

test('a checkpoint says what was signed', () => {
	const opened = gotten(open(signed))
	expect(opened).toMatchObject({ origin: log.key.name, size: 300, extensions: [], cosignatures: [] })
	expect(Buffer.compare(opened.root, tree.root)).toBe(0)
	expect(formatCheckpoint(opened)).toBe(text)
	const empty = gotten(open(signCheckpoint({ size: 0, root: emptyRoot() }, log)))
	expect(empty.size).toBe(0)
})

test('a checkpoint of another log, by another key, altered, or with lines that nobody can check is refused', () => {
	const other = logSigner('log.example.org/others', newKey())
	expect(codeOf(open(signCheckpoint(tree.head, other)))).toBe('wrong-origin')
	expect(codeOf(open(signCheckpoint(tree.head, logSigner(log.key.name, newKey()))))).toBe('foreign-key')
	expect(codeOf(open(signed.replace('\n300\n', '\n301\n')))).toBe('bad-signature')
	const extended = `${text}anything\n`
	const note = formatNote({ text: extended, signatures: [signNote(extended, log)] })
	expect(gotten(parseCheckpoint(extended)).extensions).toEqual(['anything'])
	expect(codeOf(open(note))).toBe('bad-note')
	expect(codeOf(open('nothing'))).toBe('bad-note')
})

const root = Buffer.from(tree.root).toString('base64')
test.each([
	['nothing', ''],
	['two lines', 'origin\n300\n'],
	['no last line feed', `origin\n300\n${root}`],
	['an empty origin', `\n300\n${root}\n`],
	['an origin of 256 bytes', `${'o'.repeat(256)}\n300\n${root}\n`],
	['a leading zero', `origin\n0300\n${root}\n`],
	['a sign', `origin\n+300\n${root}\n`],
	['no number', `origin\n\n${root}\n`],
	['another digit', `origin\n٣\n${root}\n`],
	['a size above 2^53 - 1', `origin\n9007199254740992\n${root}\n`],
	['a size of many digits', `origin\n${'9'.repeat(40)}\n${root}\n`],
	['a short root', `origin\n300\n${root.slice(4)}\n`],
	[
		'a root with bits that mean nothing',
		`origin\n300\n${Buffer.alloc(32).toString('base64').slice(0, -2)}B=\n`,
	],
	['a blank behind the root', `origin\n300\n${root} \n`],
	['an empty tree with another root', `origin\n0\n${root}\n`],
	['an empty line', `origin\n300\n${root}\n\n`],
	['an empty line between', `origin\n300\n${root}\n\nmore\n`],
])('%s is no checkpoint', (_, wrong) => {
	expect(codeOf(parseCheckpoint(wrong))).toBe('bad-note')
})

test('cosignatures are of the text and of their time; a witness counts once, with its newest', () => {
	const note = cosigned(cosign(text, second, 20), cosign(text, first, 10), cosign(text, first, 30))
	const { cosignatures } = gotten(open(note))
	expect(cosignatures.map(({ witness, timeSeconds }) => [witness.name, timeSeconds])).toEqual([
		...[
			['two.example.org', 20],
			['one.example.org', 10],
			['one.example.org', 30],
		],
	])
	expect(witnessing(cosignatures, 2)).toMatchObject({ state: 'witnessed', newestSeconds: 30 })
	expect(witnessing(cosignatures, 3).state).toBe('not-witnessed')
	expect(witnessing(cosignatures, 2).cosigned.map(({ timeSeconds }) => timeSeconds)).toEqual([20, 30])
	expect(witnessing([], 0)).toEqual({ state: 'nobody-asked', cosigned: [], newestSeconds: null })
	expect(witnessing(cosignatures, 0).state).toBe('nobody-asked')
	expect(witnessing([], 1).state).toBe('not-witnessed')
})

test('the line of a witness that was not asked for counts nowhere; a wrong one of a listed witness spoils the note', () => {
	const stranger = witnessSigner('stranger.example.org', newKey())
	expect(gotten(open(cosigned(cosign(text, stranger, 5)))).cosignatures).toEqual([])
	const wrong = (line: NoteSignature) => codeOf(open(cosigned(cosign(text, second, 1), line)))
	const right = cosign(text, third, 7)
	expect(wrong(right)).toBe('ok')
	expect(wrong(cosign(`${text}more\n`, third, 7))).toBe('bad-signature')
	// As a signature of the other type, and with a time that no clock shows.
	expect(wrong({ ...right, signature: third.sign(Buffer.from(text)) })).toBe('bad-signature')
	const late = Buffer.from(right.signature)
	late.writeBigUInt64BE(2n ** 53n)
	expect(wrong({ ...right, signature: late })).toBe('bad-signature')
	fc.assert(
		fc.property(fc.nat({ max: 72 * 8 - 1 }), (bit) => {
			const signature = Buffer.from(right.signature)
			signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7))
			expect(wrong({ ...right, signature })).toBe('bad-signature')
		}),
		{ numRuns: 60 },
	)
})

test('a signature of a log is none of a witness, by the same key either', () => {
	const key = newKey()
	const [asLog, asWitness] = [logSigner('both.example.org', key), witnessSigner('both.example.org', key)]
	const plain = signNote(text, asLog)
	const note = { text, signatures: [{ ...plain, keyId: asWitness.key.keyId }] }
	expect(codeOf(verifyCosignatures(note, [asWitness.key]))).toBe('bad-signature')
	expect(codeOf(verifyCosignatures({ text, signatures: [plain] }, [asWitness.key]))).toBe('ok')
	expect(() => cosign(text, asLog, 1)).toThrow(RangeError)
})

async function proofOf(index: number, extra: Uint8Array | null = null) {
	const hashes = gotten(await proveInclusion(tiles, index, tree.size))
	return { index, hashes, checkpoint: Buffer.from(cosigned(cosign(text, first, 9))), extra }
}

test('a proof of one leaf is one text that verifies by the keys alone', async () => {
	for (const extra of [null, Buffer.from('where it hung'), Buffer.alloc(65_535)]) {
		const proof = await proofOf(299, extra)
		const file = formatTlogProof(proof)
		const again = gotten(parseTlogProof(Buffer.from(file)))
		expect(formatTlogProof(again)).toBe(file)
		expect(again.extra).toEqual(extra)
		const opened = gotten(verifyTlogProof(again, numberedLeaf(299), log.key, keys))
		expect(opened.cosignatures).toHaveLength(1)
		expect(codeOf(verifyTlogProof(again, numberedLeaf(298), log.key))).toBe('not-included')
		expect(codeOf(verifyTlogProof({ ...again, index: 298 }, numberedLeaf(299), log.key))).toBe('not-included')
	}
	const file = formatTlogProof(await proofOf(0))
	expect(file.startsWith('c2sp.org/tlog-proof@v1\nindex 0\n')).toBe(true)
	expect(file.length).toBeLessThan(1_200)
	// The only leaf of a tree has no siblings.
	const small = numberedTree(1)
	const alone = {
		index: 0,
		hashes: [],
		checkpoint: Buffer.from(signCheckpoint(small.tree.head, log)),
		extra: null,
	}
	const read = gotten(parseTlogProof(Buffer.from(formatTlogProof(alone))))
	expect(codeOf(verifyTlogProof(read, numberedLeaf(0), log.key))).toBe('ok')
})

test('what is no proof is refused', async () => {
	const file = formatTlogProof(await proofOf(7, Buffer.from('extra')))
	const wrongs: readonly [string, string][] = [
		['', ''],
		['tlog-proof@v1', 'tlog-proof@v2'],
		['c2sp', 'C2SP'],
		['extra ZXh0cmE=', 'extra ZXh0cmE'],
		['extra ZXh0cmE=', 'extra '],
		['extra ZXh0cmE=\n', 'extra ZXh0cmE=\nextra ZXh0cmE=\n'],
		['index 7', 'index 07'],
		['index 7', 'index 9007199254740992'],
		['index 7', 'index  7'],
		['index 7\n', ''],
		['index 7\n', 'index 7\nAAAA\n'],
		['index 7\n', `index 7\n${`${root}\n`.repeat(64)}`],
		['index 7\n', 'index 7\r\n'],
	]
	for (const [from, to] of wrongs) {
		const other = from === '' ? file.replaceAll('\n\n', '\n') : file.replace(from, to)
		expect(other).not.toBe(file)
		expect(codeOf(parseTlogProof(Buffer.from(other))), to).toBe('bad-proof')
	}
	expect(codeOf(parseTlogProof(Buffer.alloc(longestTlogProof + 1)))).toBe('bad-proof')
	// The checkpoint is looked at when it is verified.
	const cut = gotten(parseTlogProof(Buffer.from(file.slice(0, -1))))
	expect(codeOf(verifyTlogProof(cut, numberedLeaf(7), log.key))).toBe('bad-note')
})

test('a byte of a proof that is another is refused, but in what nobody signed', async () => {
	const file = Buffer.from(formatTlogProof(await proofOf(123)))
	fc.assert(
		fc.property(fc.nat({ max: file.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
			const other = Buffer.from(file)
			other[at] = (other[at] ?? 0) ^ by
			const proof = parseTlogProof(other)
			const code = proof.ok
				? codeOf(verifyTlogProof(proof.value, numberedLeaf(123), log.key, keys))
				: 'refused'
			// A witness with another name, or another key id, is a stranger's line.
			const cosignature = file.lastIndexOf('— one')
			expect(code === 'ok' && at < cosignature).toBe(false)
		}),
		{ numRuns: 300 },
	)
})
