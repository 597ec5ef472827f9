/** A witness signs what goes on from what it saw, and nothing else; an archive takes its line, and never loses one. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLogIdentity } from '#src/enrolment/log-identity.js'
import { parseVerifierKey, type VerifierKey } from '#src/evidence/keys/verifier-key.js'
import { openCheckpoint } from '#src/log/checkpoint.js'
import { cosign } from '#src/log/cosignature.js'
import { formatNote, parseNote } from '#src/log/note.js'
import { FolderSource } from '#src/mirroring/archive-source.js'
import { makeWitness, openWitness, witnessArchive } from '#src/mirroring/witness.js'
import { addLines, takeCosignatures } from '#src/publishing/cosignatures.js'
import { actaText } from '../support/journal-maker.ts'
import type { PublishedCentre } from '../support/published.ts'
import { codeOf, gotten } from '../support/result.ts'
import { copyOf, faultsOf, filesOf, listWitnesses, mirror, publishedCentre } from './mirrored.ts'

const atSeconds = 1_722_400_000

async function witnessAt(made: PublishedCentre, name = 'witness.example/one') {
	const directory = join(made.home, name.replace('/', '-'))
	const vkey = gotten(await makeWitness(directory, name))
	const signer = gotten(await openWitness(directory))
	const witness = (archive: string, log: VerifierKey | null = null) =>
		witnessArchive({ source: new FolderSource(archive), directory, signer, log, nowMs: atSeconds * 1000 })
	return { directory, vkey, witness, key: gotten(parseVerifierKey(vkey)) }
}

async function logOf(made: PublishedCentre): Promise<VerifierKey> {
	return gotten(await openLogIdentity(made.keys)).key
}

test('it signs each checkpoint that goes on from the one before, once', async () => {
	const made = await publishedCentre()
	const { witness, key } = await witnessAt(made)
	const log = await logOf(made)
	const first = gotten(await witness(made.archive, log))
	expect(first).toMatchObject({ sizeBefore: null, isUnchanged: false, size: 2 })
	const opened = gotten(openCheckpoint(Buffer.from(first.note), log, [key]))
	expect(opened.cosignatures).toMatchObject([{ timeSeconds: atSeconds }])
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	expect(gotten(await witness(made.archive))).toMatchObject({ size: 3, sizeBefore: 2 })
	writeFileSync(join(made.archive, 'checkpoint'), gotten(await witness(made.archive)).note)
	expect(gotten(await witness(made.archive))).toMatchObject({ isUnchanged: true })
})

test('a shrunk and a forked log are refused, and both checkpoints kept', async () => {
	const made = await publishedCentre()
	const { witness, directory } = await witnessAt(made)
	const older = copyOf(made.archive, join(made.home, 'older'))
	const keys = copyOf(made.keys, join(made.home, 'keys-before'))
	const centre = copyOf(made.centre.directory, join(made.home, 'centre-before'))
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	gotten(await witness(made.archive))
	const seen = filesOf(join(directory, 'seen'))
	expect(codeOf(await witness(older))).toBe('shrunk')
	const honest = copyOf(made.archive, join(made.home, 'honest'))
	for (const [from, to] of [
		[older, made.archive],
		[keys, made.keys],
		[centre, made.centre.directory],
	] as const) {
		rmSync(to, { recursive: true })
		cpSync(from, to, { recursive: true })
	}
	for (const table of [2, 0]) await made.centre.acta('k-one', actaText(table))
	await made.publish()
	expect(codeOf(await witness(made.archive))).toBe('forked')
	expect(filesOf(join(directory, 'seen'))).toEqual(seen)
	expect(Object.keys(filesOf(join(directory, 'proof')))).toHaveLength(7)
	expect(gotten(await witness(honest)).size).toBe(3)
})

test('tiles that are not those of the checkpoint prove nothing, and get no signature', async () => {
	const made = await publishedCentre()
	const { witness } = await witnessAt(made)
	const [first, second] = [await witnessAt(made, 'b'), copyOf(made.archive, join(made.home, 'damaged'))]
	gotten(await witness(made.archive))
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	rmSync(second, { recursive: true })
	copyOf(made.archive, second)
	writeFileSync(join(second, 'tile', '0', '000.p', '3'), Buffer.alloc(96, 7))
	expect(codeOf(await witness(second))).toBe('not-consistent')
	expect(codeOf(await first.witness(second))).toBe('not-consistent')
})

test('a log of another key under the same name is another log', async () => {
	const [made, other] = [await publishedCentre(), await publishedCentre()]
	const { witness } = await witnessAt(made)
	expect(codeOf(await witness(made.archive, await logOf(other)))).toBe('other-log')
	gotten(await witness(made.archive, await logOf(made)))
	expect(codeOf(await witness(other.archive))).toBe('other-log')
})

test('an archive takes the lines of listed witnesses that verify, and no others; mirrors carry them', async () => {
	const made = await publishedCentre()
	const [one, two, stranger] = [
		await witnessAt(made),
		await witnessAt(made, 'two'),
		await witnessAt(made, 'three'),
	]
	await listWitnesses(made, [one.vkey, two.vkey], 2)
	await made.publish()
	expect(await faultsOf(made.archive)).toEqual(['not-witnessed'])
	const copy = join(made.home, 'copy')
	gotten(await mirror(made.archive, copy))
	const notes = [one, two, stranger].map(async ({ witness }) => Buffer.from(gotten(await witness(copy)).note))
	const [first = Buffer.of(), second = Buffer.of(), third = Buffer.of()] = await Promise.all(notes)
	const damaged = Buffer.from(second.toString().replace(/.(?==*\n$)/, (last) => (last === 'A' ? 'Q' : 'A')))
	const taken = gotten(await takeCosignatures(made.archive, [first, third, damaged, Buffer.from('x')]))
	expect(taken.added).toBe(1)
	expect([...taken.refused].map(([index, { code }]) => [index, code])).toEqual([
		[1, 'not-witnessed'],
		[2, 'not-witnessed'],
		[3, 'bad-note'],
	])
	gotten(await takeCosignatures(made.archive, [second, first]))
	expect(await faultsOf(made.archive)).toEqual([])
	gotten(await mirror(made.archive, copy))
	expect(await faultsOf(copy)).toEqual([])
	expect(filesOf(copy)['checkpoint']).toBe(filesOf(made.archive)['checkpoint'])

	const lines = made.file('checkpoint')
	rmSync(join(made.archive, 'checkpoint'))
	await made.publish()
	expect(made.file('checkpoint')).toBe(lines)
	await made.centre.acta('k-one', actaText(2))
	await made.publish()
	expect(made.file(`checkpoints/${lines.split('\n')[1]}`)).toBe(lines)
})

test('of each witness the first and the newest line stay, and none fills the note for others', async () => {
	const made = await publishedCentre()
	const [one, two] = [await witnessAt(made), await witnessAt(made, 'two')]
	await listWitnesses(made, [one.vkey, two.vkey], 2)
	await made.publish()
	const { text, signatures } = gotten(parseNote(Buffer.from(made.file('checkpoint'))))
	const signer = gotten(await openWitness(one.directory))
	const lines = Array.from({ length: 99 }, (_, at) => cosign(text, signer, 1 + at))
	const flood = Buffer.from(formatNote({ text, signatures: [...signatures, ...lines] }))
	expect(gotten(await takeCosignatures(made.archive, [flood])).added).toBe(2)
	const second = Buffer.from(gotten(await two.witness(made.archive)).note)
	expect(gotten(await takeCosignatures(made.archive, [second])).added).toBe(1)
	expect(await faultsOf(made.archive)).toEqual([])
	writeFileSync(join(made.archive, 'checkpoint'), flood)
	const copy = join(made.home, 'copy')
	gotten(await mirror(made.archive, copy))
	expect(gotten(parseNote(readFileSync(join(copy, 'checkpoint')))).signatures).toHaveLength(3)
})

test('lines come below the checkpoint that they are of, also when it is the newest no more', async () => {
	const made = await publishedCentre()
	const { witness, key } = await witnessAt(made)
	const { note, size } = gotten(await witness(made.archive))
	const parsed = gotten(parseNote(Buffer.from(note)))
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	const newest = made.file('checkpoint')
	expect(gotten(await addLines(made.archive, size, parsed.text, parsed.signatures, [key]))).toBe(1)
	expect(made.file('checkpoint')).toBe(newest)
	expect(readFileSync(join(made.archive, 'checkpoints', String(size)), 'utf8')).toBe(note)
	expect(codeOf(await addLines(made.archive, 3, parsed.text, parsed.signatures, [key]))).toBe(
		'other-checkpoint',
	)
})
