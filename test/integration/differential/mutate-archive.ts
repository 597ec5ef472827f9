/** Archives of the vectors with something else in them: as a copier leaves them, or as a log signs them that wants to deceive. */
import { createHash } from 'node:crypto'
import { checksumsFile } from '#src/archive/checksums.js'
import { signCheckpoint } from '#src/log/checkpoint.js'
import { formatNote } from '#src/log/note.js'
import { signNote } from '#src/log/signing.js'
import type { Random } from '#src/simulator/random.js'
import {
	type Archive,
	changed,
	cosigned,
	signedAnew as coveredAnew,
	digestOf,
	leavesIn,
	relogged,
	textIn,
} from '../../vectors/archives/archive-in-memory.ts'
import { readVectors } from '../../vectors/archives/archives.ts'
import { campaign, log, otherLog, unasked, witness } from '../../vectors/archives/campaign-parts.ts'
import { Signed } from '../../vectors/archives/published.ts'
import {
	authority,
	device,
	officer,
	otherDevice,
	otherOfficer,
	otherStation,
	station,
} from '../../vectors/object-vector.ts'
import { idOf } from '../../vectors/signed.ts'
import { vectors } from '../../vectors/vectors.ts'
import { mutatedJson } from './mutate-json.ts'
import { seededKeyOf, signedAnew } from './mutate-object.ts'
import { mutatedText } from './mutate-text.ts'

type MutateArchive = (archive: Archive, random: Random, all: readonly Archive[]) => Archive | Promise<Archive>

/** The whole ones. */
export async function vectorArchives(): Promise<readonly Archive[]> {
	const { archives } = await readVectors('archives')
	return Object.values(archives).map((files) => {
		const content = Object.entries(files).map(([path, one]) => [path, bytes(one)])
		return changed(new Map(), Object.fromEntries(content))
	})
}

/** Of fifty entries and what people answered to them, agreeing and not. */
export async function archiveOfFifty(random: Random, begin: Archive): Promise<Archive> {
	const by = new Signed()
	const votes = () => random.whole(0, 3)
	const textOf = (table: string) => `${table}.1!${votes()},${votes()},${votes()}!0!${votes()}`
	const tables = ['101.01', '101.02', '102.01', '102.02', '103.01'] as const
	const leaves = [campaign(1)]
	const entries: string[] = []
	for (let number = 0; number < 50; number++) {
		const signer = random.chance(0.5) ? device : otherDevice
		const picture = `picture ${number}`
		const before = entries.at(-random.whole(1, 10))
		const isUnread = random.chance(0.2)
		const entry =
			before !== undefined && random.chance(0.1)
				? by.other(signer, { kind: 'void', voids: { seq: 1, id: idOf(before) }, reason: 'test' })
				: by.acta(signer, isUnread ? null : textOf(random.pick(tables)), picture)
		entries.push(entry)
		if (random.chance(0.3)) {
			const text = textOf(random.pick(tables))
			for (const reader of [station, otherStation])
				leaves.push(
					by.answer(reader, entry, picture, random.chance(0.8) ? text : textOf(random.pick(tables))),
				)
		}
	}
	const ruled = entries.filter(() => random.chance(0.1))
	for (const judge of [officer, otherOfficer]) leaves.push(by.rule(judge, random.pick(tables), ruled))
	const pictures = [...begin.keys()].filter((path) => path.startsWith('image/'))
	const without = changed(begin, Object.fromEntries(pictures.map((path) => [path, null])))
	return relogged(without, [...leaves, ...entries])
}

/** Once or a few times over. `all`: what it may take from. */
export async function mutatedArchive(
	random: Random,
	begin: Archive,
	all: readonly Archive[],
): Promise<Archive> {
	let archive = begin
	for (let changes = random.whole(1, 3); changes > 0; changes--) {
		archive = await orAsItWas(random.pick(changesOfArchives), archive, random, all)
	}
	// A note without a number is kept under none: that is no name of a file.
	return changed(
		archive,
		Object.fromEntries([...archive.keys()].filter(isFolder).map((path) => [path, null])),
	)
}

function isFolder(path: string): boolean {
	return path.endsWith('/')
}

/** What is spoiled already may be nothing that a log could sign again. */
async function orAsItWas(mutate: MutateArchive, archive: Archive, random: Random, all: readonly Archive[]) {
	try {
		return await mutate(archive, random, all)
	} catch {
		return archive
	}
}

const changesOfArchives: readonly [MutateArchive, ...MutateArchive[]] = [
	copiedOtherwise,
	copiedOtherwise,
	coveredOtherwise,
	coveredOtherwise,
	summedOtherwise,
	loggedOtherwise,
	loggedOtherwise,
	notedOtherwise,
	saidOtherwise,
	definedOtherwise,
]

/** By whoever holds a copy. */
function copiedOtherwise(archive: Archive, random: Random, all: readonly Archive[]): Archive {
	const path = pathOf(archive, random)
	const other = pick(all, random)
	const text = latin1(archive, path)
	const group = path.split('/')[0] ?? ''
	const ofGroup = [...other].filter(([one]) => one === group || one.startsWith(`${group}/`))
	return changed(
		archive,
		random.pick([
			() => ({ [path]: bytes(mutatedText(text, random)) }),
			() => ({ [path]: bytes(mutatedText(text, random)) }),
			() => ({ [path]: null }),
			() => ({ [path]: Buffer.of() }),
			() => ({ [path]: archive.get(pathOf(archive, random)) ?? null }),
			() => ({ [path]: null, [oddPath(path, random)]: bytes(text) }),
			() => ({ [oddPath(path, random)]: bytes(text) }),
			() => ({ [path]: other.get(path) ?? null }),
			() => Object.fromEntries(ofGroup),
		])(),
	)
}

/** By the log: what lies beside the leaves is signed anew. */
function coveredOtherwise(archive: Archive, random: Random): Archive {
	const paths = [...archive.keys()].filter((path) => /^(?:data|feed|keys|campaign|disputes|p|c)\//.test(path))
	const path = paths.length === 0 ? pathOf(archive, random) : pick(paths, random)
	const text = latin1(archive, path)
	const isJson = path.endsWith('.json') && random.chance(0.7)
	const content = isJson ? mutatedJson(text, random) : bytes(mutatedText(text, random))
	const withdrawn = bytes(
		`picture,day,reason\n${pathOf(archive, random).split('/').at(-1)},2024-07-31,order\n`,
	)
	return coveredAnew(
		changed(
			archive,
			random.pick([
				() => ({ [path]: content }),
				() => ({ [path]: content }),
				() => ({ [path]: null }),
				() => ({ [path]: archive.get(pathOf(archive, random)) ?? null }),
				() => ({ 'disputes/withdrawn.csv': withdrawn }),
			])(),
		),
	)
}

/** Sums that are spelled otherwise, all above them and the site note signed over these. */
function summedOtherwise(archive: Archive, random: Random): Archive {
	const sums = [...archive.keys()].filter((path) => path.endsWith(checksumsFile))
	if (sums.length === 0) return archive
	let path = pick(sums, random)
	const lines = latin1(archive, path).split('\n')
	const at = random.whole(0, lines.length - 1)
	const [digest = '', name = ''] = (lines[at] ?? '').split('  ')
	const text = random.pick([
		() => mutatedText(lines.join('\n'), random),
		() => random.shuffled(lines).join('\n'),
		() => lines.toSpliced(at, 0, lines[at] ?? '').join('\n'),
		() => lines.toSpliced(at, 1).join('\n'),
		() => lines.toSpliced(at, 0, `${digest}  ${oddPath(name, random)}`).join('\n'),
		() => lines.with(at, `${digest}  ${checksumsFile}`).join('\n'),
	])()
	let files = changed(archive, { [path]: bytes(text) })
	while (path !== checksumsFile) {
		const above = path.split('/').slice(0, -2)
		const holder = [...above, checksumsFile].join('/')
		const inHolder = path.slice(above.join('/').length).replace(/^\//, '')
		const sum = digestOf(files.get(path) ?? Buffer.of())
		const right = latin1(files, holder).replace(
			new RegExp(`^[0-9a-f]{64}  ${inHolder.replaceAll('.', '\\.')}$`, 'm'),
			`${sum}  ${inHolder}`,
		)
		files = changed(files, { [holder]: bytes(right) })
		path = holder
	}
	const site = textIn(files, 'site').split('\n\n')[0]?.split('\n') ?? []
	return withSite(files, site.with(4, digestOf(files.get(checksumsFile) ?? Buffer.of())), random)
}

function withSite(files: Archive, lines: readonly string[], random: Random): Archive {
	const text = `${lines.join('\n')}\n`
	const note = formatNote({ text, signatures: [signNote(text, random.chance(0.95) ? log : otherLog)] })
	return changed(files, { site: note, [earlierSite(lines)]: note })
}

/** Where a site note of these lines is kept, if its second is a number. */
function earlierSite([, publication = '']: readonly string[]): string {
	return /^[0-9]+$/.test(publication) ? `sites/${publication}` : 'site'
}

/** Other leaves, and everything that follows from them; the witness has signed. */
async function loggedOtherwise(archive: Archive, random: Random, all: readonly Archive[]): Promise<Archive> {
	const leaves = leavesIn(archive).map((leaf) => leaf.toString('latin1'))
	const at = random.whole(0, Math.max(0, leaves.length - 1))
	const leaf = leaves[at] ?? ''
	const foreign = pick(leavesIn(pick(all, random)), random).toString('latin1')
	const other = random.pick([
		() => leaves.toSpliced(at, 1),
		() => leaves.toSpliced(at, 0, leaf),
		() => random.shuffled(leaves),
		() => leaves.toSpliced(at, 0, foreign),
		() => leaves.toSpliced(at, 1, foreign),
		() => leaves.toSpliced(at, 1, mutatedText(leaf, random)),
		() => leaves.toSpliced(at, 1, signedOtherwise(leaf, random)),
		() => leaves.toSpliced(at, 1, signedOtherwise(leaf, random)),
		() => leaves.toSpliced(at, 1, signedOtherwise(leaf, random)),
		() => leaves.toSpliced(at, 0, pick(vectors.objects, random).text.slice(0, 65_535)),
		() => [...leaves, ...leaves.map((one) => signedOtherwise(one, random))],
	])()
	return relogged(archive, other.map(bytes))
}

/** What is withheld is signed by nobody. */
function signedOtherwise(leaf: string, random: Random): string {
	const header = Buffer.from(leaf.split('.')[0] ?? '', 'base64url').toString()
	const kid = /"kid":"([^"]*)"/.exec(header)?.[1]
	return kid === undefined ? mutatedText(leaf, random) : signedAnew(leaf, seededKeyOf(kid), random)
}

/** Checkpoints and site notes with another text, another signature. */
function notedOtherwise(archive: Archive, random: Random): Archive {
	const notes = [...archive.keys()].filter((path) =>
		/^(?:checkpoint|checkpoints\/[0-9]+|site|sites\/[0-9]+)$/.test(path),
	)
	if (notes.length === 0) return archive
	const path = pick(notes, random)
	const note = latin1(archive, path)
	const [text = ''] = note.split('\n\n')
	const lines = text.split('\n')
	const size = random.whole(0, 400)
	const signedOver = (content: string) =>
		formatNote({ text: content, signatures: [signNote(content, random.chance(0.9) ? log : otherLog)] })
	const made = random.pick([
		() => mutatedText(note, random),
		() => signedOver(`${mutatedText(text, random)}\n`),
		() =>
			signedOver(
				`${lines.with(random.whole(0, lines.length - 1), mutatedText(String(size), random)).join('\n')}\n`,
			),
		() => signCheckpoint({ size, root: createHash('sha256').update(String(size)).digest() }, log),
		() => cosigned(note, random.pick([witness, unasked])),
		() => note.slice(0, note.lastIndexOf('—')),
		() => `${note}${note.slice(note.lastIndexOf('\n\n') + 2)}`,
	])()
	const twin = random.chance(0.6)
		? { checkpoint: `checkpoints/${size}`, site: earlierSite(lines) }[path]
		: undefined
	return changed(archive, { [path]: bytes(made), ...(twin === undefined ? {} : { [twin]: bytes(made) }) })
}

/** Words of the authority: lines of keys/ changed, or more of them, and the files signed anew. */
function saidOtherwise(archive: Archive, random: Random): Archive {
	const name = random.pick(['campaign', 'campaign', 'registry', 'centres', 'mirrors'])
	const path = `keys/${name}.jws`
	const lines = latin1(archive, path).split('\n').slice(0, -1)
	const at = random.whole(0, Math.max(0, lines.length - 1))
	const line = lines[at] ?? ''
	const issue = random.whole(1, 4)
	const fields = ['earlier', 'witnesses', 'threshold', 'rehearsal', 'log', 'election'] as const
	const other = random.pick([
		() => [...lines, signedAnew(line, authority, random)],
		() => lines.with(at, signedAnew(line, authority, random)),
		() => [...lines, campaign(issue)],
		() => [...lines, campaign(issue, { [random.pick(fields)]: random.pick<unknown>([[], 0, 1, true, 'x']) })],
		() => lines.toSpliced(at, 1),
		() => [...lines, line],
		() => lines.with(at, mutatedText(line, random)),
	])()
	return coveredAnew(changed(archive, { [path]: bytes(other.map((one) => `${one}\n`).join('')) }))
}

/** Another definition, which the campaign object names, and all that follows from it. */
async function definedOtherwise(archive: Archive, random: Random): Promise<Archive> {
	const definition = mutatedJson(latin1(archive, 'campaign/election.json'), random)
	const said = campaign(1, { definition: digestOf(definition) })
	const files = changed(archive, { 'campaign/election.json': definition, 'keys/campaign.jws': `${said}\n` })
	const isCampaign = (leaf: Buffer) =>
		leaf.toString('latin1').startsWith(said.slice(0, said.indexOf('.') + 1))
	const leaves = leavesIn(archive).filter((leaf) => !isCampaign(leaf))
	return leaves.length === 0 ? coveredAnew(files) : relogged(files, [said, ...leaves])
}

function oddPath(path: string, random: Random): string {
	const parts = path.split('/')
	const last = parts.at(-1) ?? ''
	return random.pick([
		() => `${path}.bak`,
		() => [...parts.slice(0, -1), 'odd', last].join('/'),
		() => [...parts.slice(0, -1), String(random.whole(0, 300))].join('/'),
		() => last,
		() => `p/101/${last}`,
		() => `image/${last.slice(0, 2)}/${last}`,
		() => [...parts.slice(0, -1), `ñ${last}`].join('/'),
		() => [...parts.slice(0, -1), `.${last}`].join('/'),
	])()
}

function pathOf(archive: Archive, random: Random): string {
	return pick([...archive.keys()], random)
}

function latin1(archive: Archive, path: string): string {
	return archive.get(path)?.toString('latin1') ?? ''
}

function bytes(text: string): Buffer {
	return Buffer.from(text, 'latin1')
}

function pick<T>(from: readonly T[], random: Random): T {
	return from[random.whole(0, from.length - 1)] as T
}
