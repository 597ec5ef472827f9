/** Proofs of actas, good and bad, a row each, and the first word of what every verifier must say of it, by hand. */
import { join } from 'node:path'
import { signCheckpoint } from '#src/log/checkpoint.js'
import { cosign } from '#src/log/cosignature.js'
import { LogFolder } from '#src/log/log-folder.js'
import { formatSignature } from '#src/log/note.js'
import { formatTlogProof } from '#src/log/tlog-proof.js'
import { proveInclusion } from '#src/log/tree-proofs.js'
import { inDirectory } from '../../support/in-directory.ts'
import { gotten } from '../../support/result.ts'
import {
	type Archive,
	type Change,
	changed,
	leavesIn,
	relogged,
	textIn,
	writeArchive,
} from '../archives/archive-in-memory.ts'
import { campaign, log, otherLog, otherOrigin, unasked, witness } from '../archives/campaign-parts.ts'
import { pictures, Signed } from '../archives/published.ts'
import { type Asked, leafKind, type WholeArchives } from '../archives/row-making.ts'
import { registryOf, revocationOf } from '../authority-words.ts'
import { lines } from '../collections.ts'
import { device, foreignAuthority, impostor, station } from '../object-vector.ts'
import { alteredPayload, payloadOf } from '../signed.ts'

/** Beside `keys/` and `campaign/` of an archive. */
export const proofFile = 'acta.tlog-proof'

export interface ProofRow {
	readonly name: string
	readonly files: Archive
	readonly asked: Asked
	/** Of the first fault; null for none; behind a `!` why nothing could be checked. */
	readonly code: string | null
}

/** The sets of files that the rows begin with. */
export interface WholeProofs {
	readonly second: Archive
	readonly rehearsal: Archive
}

export async function wholeProofs({ second, rehearsal }: WholeArchives): Promise<WholeProofs> {
	return { second: await ofActa(second), rehearsal: await ofActa(rehearsal) }
}

export async function proofRows(
	whole: WholeProofs,
	{ second }: Pick<WholeArchives, 'second'>,
): Promise<readonly ProofRow[]> {
	const rows: ProofRow[] = []
	const row = (name: string, code: string | null, files: Archive, asked: Partial<Asked> = {}) =>
		rows.push({ name, files, code, asked: { rehearsal: false, ...asked } })
	const beside = (name: string, code: string | null, change: Change) =>
		row(name, code, changed(whole.second, change))
	const proof = textIn(whole.second, proofFile)
	const edited = (name: string, code: string | null, edit: (text: string) => string) => {
		const text = edit(proof)
		if (text === proof) throw new Error(`${name}: nothing was edited`)
		beside(name, code, { [proofFile]: text })
	}
	const leaves = leavesIn(second)
	const texts = leaves.map(String)
	const acta = texts.findIndex(isActa)
	const of = async (name: string, code: string | null, leaf: number) =>
		row(name, code, await proofOf(second, leaf))
	/** By the log: another leaf, rightly proved. */
	const logged = async (name: string, code: string | null, leaf: string | Uint8Array) =>
		row(name, code, await proofOf(await relogged(second, [...leaves, leaf]), leaves.length))
	const kinds = texts.map(leafKind)

	// Good ones.
	row('an acta, its place and its names', null, whole.second)
	row('a rehearsal that was asked for', null, whole.rehearsal, { rehearsal: true })
	beside('keys/ alone: nobody knows how the text reads', null, {
		'campaign/election.json': null,
		'campaign/register.csv': null,
	})
	beside('another register: no place', null, {
		'campaign/register.csv': textIn(second, 'campaign/register.csv').replace('500', '501'),
	})
	beside('another definition: nobody knows how the text reads', null, {
		'campaign/election.json': textIn(second, 'campaign/election.json').replace('999', '998'),
	})
	beside('a newer registry', null, {
		'keys/registry.jws': textIn(second, 'keys/registry.jws') + lines(registryOf(2, [])),
	})
	await of('a withheld entry', null, kinds.indexOf('withheld'))
	await of('a head', null, kinds.indexOf('head'))
	await of('an answer', null, kinds.indexOf('transcription'))
	await of('a ruling', null, kinds.indexOf('ruling'))
	await of('a campaign object', null, kinds.indexOf('campaign'))
	await of(
		'a start',
		null,
		texts.findIndex((text) => kindsOfEntry(text) === 'boot'),
	)
	await of('an acta that nobody read', null, texts.findIndex(isUnread))
	await of('the last leaf', null, leaves.length - 1)
	edited('a line by a witness that nobody asked', null, (text) => text + cosignature(text, unasked))

	// The file.
	edited('no header', 'bad-proof', (text) => text.replace('@v1', '@v2'))
	edited('no checkpoint', 'bad-proof', (text) => text.slice(0, text.indexOf('\n\n')))
	edited('no leaf in it', 'no-leaf', (text) => text.replace(/^extra .*\n/m, ''))
	edited('an empty leaf', 'bad-proof', (text) => text.replace(/^extra .*$/m, 'extra '))
	edited('a leaf in another alphabet', 'bad-proof', (text) => text.replace(/^extra (....)/m, 'extra -___'))
	edited('no index', 'bad-proof', (text) => text.replace(/^index .*\n/m, ''))
	edited('an index with a zero before it', 'bad-proof', (text) => text.replace('index ', 'index 0'))
	edited('a hash cut off', 'bad-proof', (text) => text.replace(/^(index .*\n).*\n/m, '$1AAAA\n'))
	edited('sixty-four hashes', 'bad-proof', (text) =>
		text.replace(/^(index .*\n)/m, (line) => line + `${Buffer.alloc(32).toString('base64')}\n`.repeat(60)),
	)
	edited('ends of lines changed on the way', 'bad-proof', (text) => text.replaceAll('\n', '\r\n'))

	// What it shows.
	edited('another index', 'not-included', (text) => text.replace(/^index .*$/m, `index ${acta + 1}`))
	edited('an index behind the last leaf', 'not-included', (text) =>
		text.replace(/^index .*$/m, `index ${leaves.length}`),
	)
	edited('another hash', 'not-included', (text) =>
		text.replace(/^(index .*\n).*$/m, `$1${Buffer.alloc(32).toString('base64')}`),
	)
	edited('a hash left out', 'not-included', (text) => text.replace(/^(index .*\n).*\n/m, '$1'))
	edited('a hash more', 'not-included', (text) =>
		text.replace('\n\n', `\n${Buffer.alloc(32).toString('base64')}\n\n`),
	)
	edited('another figure in the acta', 'not-included', (text) =>
		text.replace(/^extra .*$/m, `extra ${Buffer.from(alteredPayload(texts[acta] ?? '')).toString('base64')}`),
	)

	// The checkpoint.
	const checkpointBy = (by: typeof log) => signCheckpoint({ size: leaves.length, root: rootIn(proof) }, by)
	const withNote = (note: string) => proof.slice(0, proof.indexOf('\n\n') + 2) + note
	edited('signed by another key', 'foreign-key', () => withNote(checkpointBy(otherLog)))
	edited('of another log', 'wrong-origin', () => withNote(checkpointBy(otherOrigin)))
	edited('another size', 'bad-signature', (text) =>
		text.replace(`\n${leaves.length}\n`, `\n${leaves.length + 1}\n`),
	)
	edited('no checkpoint as one is written', 'bad-note', (text) =>
		text.replace(`\n${leaves.length}\n`, `\n0${leaves.length}\n`),
	)
	edited('no witness', 'not-witnessed', () => withNote(checkpointBy(log)))
	edited('a line of a witness that does not verify', 'bad-signature', () => {
		const note = checkpointBy(log)
		return withNote(note + cosignature(`\n\n${note}`, witness, 'another text\n'))
	})
	row('a rehearsal that was not asked for', 'rehearsal', whole.rehearsal)

	// The leaf.
	const text = '101.01.1!5,3,2!1!0'
	await logged('a leaf that is none', 'bad-leaf', 'María Pérez')
	await logged(
		'by nobody who is listed',
		'unknown-device',
		new Signed().acta({ ...device, id: 'k-nobody' }, text, pictures[0]),
	)
	await logged('by a station', 'wrong-role', new Signed().acta(station, text, pictures[0]))
	await logged('not by its signer', 'bad-signature', alteredPayload(texts[acta] ?? ''))
	await logged(
		'names another device',
		'wrong-device',
		new Signed().acta(device, text, pictures[0], { device: 'k-another' }),
	)
	await logged(
		'of a version to come',
		'unknown-version',
		new Signed().acta(device, text, pictures[0], { v: 9 }),
	)
	await logged(
		'without its images',
		'bad-payload',
		new Signed().acta(device, text, pictures[0], { images: [] }),
	)
	beside('revoked since', 'revoked', {
		'keys/registry.jws':
			textIn(second, 'keys/registry.jws') + lines(revocationOf(signerOf(texts[acta] ?? ''), 0)),
	})

	// The keys.
	beside('a stale registry', 'registry-missing', { 'keys/registry.jws': lines(registryOf(1, [device])) })
	beside('no registry', 'registry-missing', { 'keys/registry.jws': null })
	beside('no authority', '!no-authority', { 'keys/authority.pem': null })
	beside('another authority', '!no-campaign', { 'keys/authority.pem': foreignAuthority.pem })
	beside('no campaign object', '!no-campaign', { 'keys/campaign.jws': null })
	beside('a campaign object by somebody else', 'bad-signature', {
		'keys/campaign.jws': textIn(second, 'keys/campaign.jws') + lines(campaign(2, {}, impostor)),
	})
	beside('two campaign objects of one number', 'campaign-equivocation', {
		'keys/campaign.jws':
			textIn(second, 'keys/campaign.jws') + lines(campaign(1, { time: '2024-07-31T12:00:00Z' })),
	})
	return rows
}

/** Of the first acta that a machine read. */
async function ofActa(archive: Archive): Promise<Archive> {
	return proofOf(archive, leavesIn(archive).map(String).findIndex(isActa))
}

/** What is forwarded of this leaf, and what of the archive it is checked by. */
async function proofOf(archive: Archive, leaf: number): Promise<Archive> {
	if (leaf < 0) throw new Error('no such leaf')
	const leaves = leavesIn(archive)
	const hashes = await inDirectory(async (folder) => {
		await writeArchive(archive, folder)
		return gotten(await proveInclusion(new LogFolder(join(folder)), leaf, leaves.length))
	})
	const checkpoint = archive.get('checkpoint') ?? Buffer.of()
	const parts = { index: leaf, hashes, checkpoint, extra: leaves[leaf] ?? Buffer.of() }
	const kept = [...archive].filter(([path]) => /^(?:keys|campaign)\//.test(path))
	return changed(new Map(kept), { [proofFile]: formatTlogProof(parts) })
}

/** Null of what is no entry. */
function kindsOfEntry(text: string): string | null {
	if (leafKind(text) !== 'entry') return null
	return (JSON.parse(payloadOf(text)) as { readonly kind: string }).kind
}

function readingIn(text: string): unknown {
	if (kindsOfEntry(text) !== 'acta') return undefined
	return (JSON.parse(payloadOf(text)) as { readonly reading: { readonly text: unknown } }).reading.text
}

function isActa(text: string): boolean {
	return typeof readingIn(text) === 'string'
}

function isUnread(text: string): boolean {
	return readingIn(text) === null
}

function signerOf(text: string): string {
	return (JSON.parse(payloadOf(text)) as { readonly device: string }).device
}

function rootIn(proof: string): Buffer {
	return Buffer.from(proof.slice(proof.indexOf('\n\n') + 2).split('\n')[2] ?? '', 'base64')
}

/** A line by this witness below the checkpoint of a proof. */
function cosignature(proof: string, by: typeof witness, over?: string): string {
	const note = proof.slice(proof.indexOf('\n\n') + 2)
	return formatSignature(cosign(over ?? note.slice(0, note.indexOf('\n\n') + 1), by, 1_722_340_800))
}
