/** Archives, good and bad, a row each, and the first word of what every verifier must say of it, by hand. */

import { signSite } from '#src/archive/site-note.js'
import { formatBundle } from '#src/log/bundle.js'
import { signCheckpoint } from '#src/log/checkpoint.js'
import { emptyRoot, leafHash } from '#src/log/tree-hash.js'
import { timeOfVersion1 } from '../../evidence/samples.ts'
import { registryOf } from '../authority-words.ts'
import { digestOf, lines } from '../collections.ts'
import {
	authority,
	device,
	foreignAuthority,
	impostor,
	officer,
	otherDevice,
	station,
} from '../object-vector.ts'
import { sha256 } from '../seeded-key.ts'
import { alteredPayload, base64url, headerOf, idOf, payloadOf, signed } from '../signed.ts'
import {
	type Archive,
	type Change,
	changed,
	cosigned,
	countedIn,
	inForce,
	leavesIn,
	recordedAs,
	relogged,
	signedAnew,
	textIn,
} from './archive-in-memory.ts'
import {
	campaign,
	definition,
	election,
	log,
	ofRehearsal,
	origin,
	otherLog,
	registry,
	unasked,
} from './campaign-parts.ts'
import { pictures, publishedNothing, publishedRehearsal, publishedTwice, Signed } from './published.ts'

/** What `testigo verify` is asked for. */
export interface Asked {
	readonly rehearsal: boolean
}

export interface ArchiveRow {
	readonly name: string
	readonly archive: Archive
	readonly asked: Asked
	/** Of the first fault; null for none; behind a `!` why nothing could be checked. */
	readonly code: string | null
}

type Leaf = string | Uint8Array

/** The archives that the rows begin with. */
export interface WholeArchives {
	readonly first: Archive
	readonly second: Archive
	readonly rehearsal: Archive
	readonly nothing: Archive
}

export async function wholeArchives(): Promise<WholeArchives> {
	const twice = await publishedTwice()
	return { ...twice, rehearsal: await publishedRehearsal(), nothing: await publishedNothing() }
}

/** In the place of the one in force, of a log without a leaf: another definition, which all else names. */
function definedAs(nothing: Archive, definition: string): Archive {
	const said = campaign(1, { definition: digestOf(definition) })
	const record = JSON.parse(textIn(nothing, 'feed/0.json')) as { readonly campaign: object }
	const named = { campaign: { ...record.campaign, sha256: digestOf(said) }, definition: digestOf(definition) }
	const feed = `${JSON.stringify({ ...record, ...named })}\n`
	return signedAnew(
		changed(nothing, {
			...{ 'campaign/election.json': definition, 'keys/campaign.jws': lines(said) },
			...{ 'feed/0.json': feed, 'feed/latest': feed },
		}),
	)
}

/** With these sums at the top, which the log signs. */
function summedAs(archive: Archive, checksums: string): Archive {
	const [, publication, size, root = ''] = textIn(archive, 'site').split('\n')
	const tree = { publication: Number(publication), size: Number(size), root: Buffer.from(root, 'base64') }
	const site = signSite({ ...tree, checksums: sha256(checksums).toString('hex'), torrent: null }, log)
	return changed(archive, { SHA256SUMS: checksums, site, [`sites/${publication}`]: site })
}

/** Of a log without a leaf: with another register, and what follows from it. */
async function registeredAs(nothing: Archive, register: string): Promise<Archive> {
	const said = campaign(1, { register: sha256(register).toString('hex') })
	const files = changed(nothing, { 'campaign/register.csv': register, 'keys/campaign.jws': lines(said) })
	const { figures, tables } = await countedIn(files, 0)
	const record = recordedAs(files, 0, { ...inForce(said), figures: JSON.parse(figures) })
	const feed = record['feed/0.json'] ?? ''
	return changed(files, {
		...{ 'feed/0.json': feed, 'feed/latest': feed },
		...{ 'data/figures.json': figures, 'data/tables.csv': tables },
	})
}

function asciiOf(value: object): string {
	const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
	return JSON.stringify(value).replace(/[^ -~]/g, escaped)
}

const { code, candidates, cards } = election
const [candidate, ...otherCandidates] = candidates
const [card, ...otherCards] = cards
const definitions: readonly (readonly [string, string | null, object])[] = [
	['of a zone that nobody knows', null, { ...election, zone: 'Mars/Olympus_Mons' }],
	['with all that may be left out', null, { ...election, code: { ...code, highestMesa: 2 }, zone: 'UTC' }],
	['whose title is as long as may be', null, { ...election, title: '🗳'.repeat(120) }],
	['whose title is longer', 'bad-election', { ...election, title: `${'🗳'.repeat(120)}.` }],
	['without a title', 'bad-election', { ...election, title: undefined }],
	['with an empty title', 'bad-election', { ...election, title: '' }],
	['with a field that no format names', 'bad-election', { ...election, operator: 'Fulana' }],
	['with such a field in the code', 'bad-election', { ...election, code: { ...code, colour: 'red' } }],
	['whose code is too long', 'bad-election', { ...election, code: { ...code, digits: [20, 20, 20, 20] } }],
	['whose highest table is none', 'bad-election', { ...election, code: { ...code, highestMesa: 0 } }],
	['in the zone of an offset', 'bad-election', { ...election, zone: '-04:00' }],
	['in a zone of another spelling', 'bad-election', { ...election, zone: 'america/caracas' }],
	['in a zone that is null', 'bad-election', { ...election, zone: null }],
	['in a zone that is too long', 'bad-election', { ...election, zone: `A${'b'.repeat(64)}` }],
	[
		'of a candidate without a name',
		'bad-election',
		{ ...election, candidates: [{ id: 'A' }, ...otherCandidates] },
	],
	[
		'of a candidate whose name is too long',
		'bad-election',
		{ ...election, candidates: [{ ...candidate, name: 'n'.repeat(61) }, ...otherCandidates] },
	],
	[
		'of a candidate with another field',
		'bad-election',
		{ ...election, candidates: [{ ...candidate, party: 'x' }, ...otherCandidates] },
	],
	['of a card without a party', 'bad-election', { ...election, cards: [{ candidate: 'A' }, ...otherCards] }],
	[
		'of a card whose party is too long',
		'bad-election',
		{ ...election, cards: [{ ...card, sigla: 's'.repeat(31) }, ...otherCards] },
	],
	[
		'of a card with the number 0',
		'bad-election',
		{ ...election, cards: [{ ...card, number: 0 }, ...otherCards] },
	],
]

export async function archiveRows(whole: WholeArchives): Promise<readonly ArchiveRow[]> {
	const { first, second, rehearsal, nothing } = whole
	const rows: ArchiveRow[] = []
	const row = (name: string, code: string | null, archive: Archive, asked: Partial<Asked> = {}) =>
		rows.push({ name, archive, code, asked: { rehearsal: false, ...asked } })
	/** By whoever holds a copy. */
	const copied = (name: string, code: string | null, change: Change) =>
		row(name, code, changed(second, change))
	/** By the log: what lies beside the leaves is signed anew. */
	const covered = (name: string, code: string | null, change: Change) =>
		row(name, code, signedAnew(changed(second, change)))
	/** By the log: other leaves. */
	const logged = async (name: string, code: string | null, leaves: readonly Leaf[], of = second) =>
		row(name, code, await relogged(of, leaves))

	const leaves = leavesIn(second)
	const texts = leaves.map(String)
	const size = leaves.length
	const checkpoint = textIn(second, 'checkpoint')
	const at = (path: string) => textIn(second, path)
	const pictured = (picture: string) => `image/${digestOf(picture).slice(0, 2)}/${digestOf(picture)}`
	const bundle = `tile/entries/000.p/${size}`
	const hashes = `tile/0/000.p/${size}`
	const atOf = (kind: string) => texts.findIndex((text) => kindOf(text) === kind)
	const replaced = (index: number, leaf: Leaf) => leaves.map((one, number) => (number === index ? leaf : one))

	// Good ones.
	row('one publication', null, first)
	row('two publications, witnessed; one entry is withheld, one picture never came', null, second)
	row('a rehearsal that was asked for', null, rehearsal, { rehearsal: true })
	row('nothing but the campaign', null, nothing)

	// Pictures.
	copied('a picture swapped', 'image-altered', { [pictured(pictures[0])]: pictures[1] })
	copied('a picture cut off', 'image-altered', { [pictured(pictures[0])]: 'picture' })
	copied('a picture taken away', null, { [pictured(pictures[0])]: null })
	covered('a picture withdrawn', null, {
		[pictured(pictures[0])]: null,
		'disputes/withdrawn.csv': `picture,day,reason\n${digestOf(pictures[0])},2024-07-31,order\n`,
	})
	copied('a picture that no leaf names', 'image-unknown', { [pictured('another')]: 'another' })
	copied('a picture in another place', 'image-unknown', {
		[`image/00/${digestOf(pictures[0])}`]: pictures[0],
	})

	// The tree.
	copied('a leaf dropped', 'bad-tile', { [bundle]: formatBundle(leaves.slice(0, -1)) })
	const altered = replaced(size - 1, alteredPayload(texts[size - 1] ?? '')).map((leaf) => Buffer.from(leaf))
	copied('a leaf altered', 'tile-differs', { [bundle]: formatBundle(altered) })
	copied('a leaf altered, and its hash with it', 'root-differs', {
		[bundle]: formatBundle(altered),
		[hashes]: Buffer.concat(altered.map(leafHash)),
	})
	copied('a leaf twice, another left out', 'tile-differs', {
		[bundle]: formatBundle([...leaves.slice(0, -1), leaves[1] ?? Buffer.of()]),
	})
	copied('a bundle that goes on behind its last leaf', 'bad-tile', {
		[bundle]: Buffer.concat([second.get(bundle) ?? Buffer.of(), Buffer.of(0)]),
	})
	copied('no leaves', 'tile-missing', { [bundle]: null })
	copied('a hash altered', 'tile-differs', { [hashes]: Buffer.alloc(32 * size) })
	copied('no hashes', 'tile-missing', { [hashes]: null })
	copied('hashes cut off', 'bad-tile', { [hashes]: Buffer.alloc(32 * size - 1) })
	const grown = [...second].filter(([path]) => path.startsWith('tile/'))
	const before = [...first.keys()].filter((path) => path.startsWith('tile/'))
	row(
		'partial tiles that have grown',
		null,
		changed(first, {
			...Object.fromEntries(before.map((path) => [path, null])),
			...Object.fromEntries(grown),
		}),
	)

	// Checkpoints.
	const sizeBefore = leavesIn(first).length
	const forked = cosigned(signCheckpoint({ size: sizeBefore, root: Buffer.alloc(32, 7) }, log))
	copied('the log has signed another tree', 'forked', { [`checkpoints/${sizeBefore}`]: forked })
	row(
		'the log has signed more than it shows',
		'shrunk',
		changed(first, { [`checkpoints/${size}`]: checkpoint }),
	)
	copied('an earlier checkpoint of another size', 'bad-note', {
		'checkpoints/2': at(`checkpoints/${sizeBefore}`),
	})
	copied('the checkpoint is not among those that were shown', 'checkpoint-missing', {
		[`checkpoints/${size}`]: null,
	})
	copied('a file beside the checkpoints', null, { [`checkpoints/${size}.1.tsr`]: 'a time stamp' })
	const head = { size, root: Buffer.from(checkpoint.split('\n')[2] ?? '', 'base64') }
	copied('by another key under the name of the log', 'foreign-key', {
		checkpoint: cosigned(signCheckpoint(head, otherLog)),
	})
	copied('of another log', 'wrong-origin', { checkpoint: checkpoint.replace(origin, 'log.example/another') })
	copied('a checkpoint with CR LF', 'bad-note', { checkpoint: checkpoint.replaceAll('\n', '\r\n') })
	copied('a checkpoint of four lines', 'bad-note', { checkpoint: checkpoint.replace('\n\n', '\nmore\n\n') })
	copied('a checkpoint without a signature', 'bad-note', {
		checkpoint: checkpoint.slice(0, checkpoint.indexOf('—')),
	})
	copied('a size with a zero in front', 'bad-note', {
		checkpoint: checkpoint.replace(`\n${size}\n`, `\n0${size}\n`),
	})
	copied('a checkpoint of another size under the same signature', 'bad-signature', {
		checkpoint: checkpoint.replace(`\n${size}\n`, `\n${size - 1}\n`),
	})
	copied('the log signs twice, once wrongly', 'bad-signature', {
		checkpoint: checkpoint + signatureLine(otherSignature(checkpoint)),
	})
	copied('no checkpoint', '!no-checkpoint', { checkpoint: null })
	row(
		'of size 0 with the root of something',
		'bad-note',
		changed(nothing, {
			checkpoint: cosigned(signCheckpoint({ size: 0, root: leafHash(Buffer.of()) }, log)),
		}),
	)

	// Witnesses.
	const unwitnessed = signCheckpoint(head, log)
	copied('not witnessed', 'not-witnessed', { checkpoint: unwitnessed })
	copied('witnessed by somebody whom nobody asked', 'not-witnessed', {
		checkpoint: cosigned(unwitnessed, unasked),
	})
	copied('witnessed, and by somebody whom nobody asked', null, { checkpoint: cosigned(checkpoint, unasked) })
	copied('witnessed twice', null, { checkpoint: cosigned(checkpoint) })
	const other = cosigned(signCheckpoint({ size: sizeBefore, root: emptyRoot() }, log))
		.split('\n')
		.at(-2)
	copied('a cosignature of another checkpoint', 'bad-signature', { checkpoint: `${unwitnessed}${other}\n` })
	copied('a cosignature cut off', 'bad-signature', {
		checkpoint: `${unwitnessed}${shortened(other ?? '')}\n`,
	})

	// The authority's words.
	copied('no authority', '!no-authority', { 'keys/authority.pem': null })
	copied('no key of an authority', '!no-authority', { 'keys/authority.pem': 'none' })
	copied('another authority', '!no-campaign', { 'keys/authority.pem': foreignAuthority.pem })
	copied('no campaign object', '!no-campaign', { 'keys/campaign.jws': null })
	const issued = at('keys/campaign.jws')
	covered('a campaign object twice', 'campaign-rollback', { 'keys/campaign.jws': issued + issued })
	covered('two campaign objects of one number', 'campaign-equivocation', {
		'keys/campaign.jws': issued + lines(campaign(1, { time: '2024-07-02T12:00:00Z' })),
	})
	covered('an older registry in a newer campaign object', 'campaign-equivocation', {
		'keys/campaign.jws': issued + lines(campaign(2, { centres: { issue: 1, sha256: digestOf('another') } })),
	})
	covered('a campaign object that makes a rehearsal of it', 'campaign-changed', {
		'keys/campaign.jws': issued + lines(campaign(2, ofRehearsal)),
	})
	covered('a campaign object by somebody else', 'bad-signature', {
		'keys/campaign.jws': issued + lines(campaign(2, {}, impostor)),
	})
	covered('a campaign object with a further field', 'bad-payload', {
		'keys/campaign.jws': issued + lines(campaign(2, { note: 'x' })),
	})
	covered('a campaign object with blanks', 'bad-payload', {
		'keys/campaign.jws': issued + lines(blank(campaign(2))),
	})
	covered('a campaign object with a witness twice', 'bad-payload', {
		'keys/campaign.jws':
			issued + lines(campaign(2, { witnesses: [1, 2].map(() => witnessOf(campaign(2))), threshold: 2 })),
	})
	covered('two lists of mirrors of one number', 'mirrors-equivocation', {
		'keys/mirrors.jws': at('keys/mirrors.jws') + lines(mirrorsOf(1)),
	})
	covered('a line of the registry by somebody else', 'bad-signature', {
		'keys/registry.jws': lines(registryOf(1, [device], [], foreignAuthority)) + at('keys/registry.jws'),
	})

	// What is in force.
	copied('a stale registry', 'registry-missing', { 'keys/registry.jws': lines(registryOf(1, [device])) })
	copied('no list of centres', 'centres-missing', { 'keys/centres.jws': null })
	covered('another definition', 'definition-differs', {
		'campaign/election.json': definition.replace('999', '998'),
	})
	covered('another register', 'register-differs', {
		'campaign/register.csv': at('campaign/register.csv').replace('500', '501'),
	})
	{
		const bad = definition.replace('"A"', '"a"')
		const said = campaign(1, { definition: digestOf(bad) })
		const files = changed(second, { 'campaign/election.json': bad, 'keys/campaign.jws': lines(said) })
		row('a definition that is none', 'campaign-differs', signedAnew(files))
	}
	for (const [name, code, definition] of definitions)
		row(`a definition ${name}`, code, definedAs(nothing, `${asciiOf(definition)}\n`))
	{
		const files = definedAs(nothing, '{}\n')
		const register = textIn(files, 'campaign/register.csv').replace('500', '501')
		row(
			'no definition, and another register',
			'bad-election',
			signedAnew(changed(files, { 'campaign/register.csv': register })),
		)
	}

	{
		// A newer registry is in force, and the one that was before is named by the first campaign object.
		const newer = campaign(2, { registry: { issue: 2, sha256: digestOf(registry(2)) } })
		const words = { 'keys/campaign.jws': issued + lines(newer) }
		const inKeys = at('keys/registry.jws') + lines(registry(2))
		const files = changed(second, { ...words, 'keys/registry.jws': inKeys })
		const grown = await relogged(files, [...leaves, newer])
		const both = signedAnew(
			changed(grown, { 'feed/1.json': recordedAs(grown, 1, inForce(newer))['feed/1.json'] ?? '' }),
		)
		row('two campaign objects, and the registries of both', null, both)
		row(
			'a registry that an earlier campaign object names is gone',
			'registry-missing',
			signedAnew(changed(both, { 'keys/registry.jws': lines(registry(2)) })),
		)
	}

	// In step.
	copied('the site of the publication before', 'not-in-step', { site: textIn(first, 'site') })
	copied('a registry newer than any leaf', 'not-in-step', {
		'keys/registry.jws': at('keys/registry.jws') + lines(registry(2)),
	})
	copied('a campaign object newer than any leaf', 'not-in-step', {
		'keys/campaign.jws': issued + lines(campaign(2, { time: '2024-07-31T12:00:00Z' })),
	})
	copied('no site', 'file-missing', { site: null })
	copied('a site by another key', 'foreign-key', { site: textIn(signedAnew(second, otherLog), 'site') })
	copied('no copy of the site', 'file-missing', { 'sites/1': null })
	copied('another copy of the site', 'site-differs', { 'sites/1': textIn(first, 'site') })

	// Figures.
	const figure = at('data/figures.json').replace('"A":', '"A":1')
	copied('a figure changed in a copy', 'figures-differ', { 'data/figures.json': figure })
	covered('a figure changed by the log', 'figures-differ', { 'data/figures.json': figure })
	const table = at('data/tables.csv').replace(',counted,no,', ',counted,yes,')
	covered('a line of the tables changed by the log', 'tables-differ', { 'data/tables.csv': table })
	covered('a line more of the tables', 'tables-differ', {
		'data/tables.csv': `${at('data/tables.csv')}109.01\n`,
	})

	// Files.
	copied('a page edited', 'file-altered', { 'p/101/01.html': 'another' })
	copied('a page taken away', 'file-missing', { 'c/101.html': null })
	copied('a file that is in no sums', 'file-unlisted', { 'p/101/02.html': 'another' })
	copied('a file in a folder of its own', 'file-unlisted', { 'more/SHA256SUMS': 'another' })
	copied('sums edited', 'sums-differ', { SHA256SUMS: `${at('SHA256SUMS')}\n` })
	copied('sums of a folder edited', 'file-altered', { 'p/101/SHA256SUMS': '' })
	copied('a record edited', 'file-altered', {
		'feed/1.json': at('feed/1.json').replace('"time":"2024', '"time":"2023'),
	})
	covered('a record of another size', 'feed-differs', {
		'feed/1.json': at('feed/1.json').replace(`"size":${size}`, `"size":${size + 1}`),
	})
	covered('a record of another campaign', 'feed-differs', {
		'feed/1.json': at('feed/1.json').replace('"rehearsal":false', '"rehearsal":true'),
	})
	covered('no record', 'file-missing', { 'feed/1.json': null })
	row('sums with a byte order mark', 'bad-checksums', summedAs(second, `\ufeff${at('SHA256SUMS')}`))
	const long = `${digestOf('x')}  ${'z'.repeat(256)}\n`
	row(
		'sums that name a longer path than there are',
		'bad-checksums',
		summedAs(second, at('SHA256SUMS') + long),
	)
	const gone = `${digestOf(pictures[0])},2024-07-31,order\n`
	covered('a picture withdrawn in the first line', null, {
		[pictured(pictures[0])]: null,
		'disputes/withdrawn.csv': gone,
	})
	covered('a picture withdrawn behind a byte order mark', null, {
		[pictured(pictures[0])]: null,
		'disputes/withdrawn.csv': `\ufeff${gone}`,
	})
	{
		const named = await registeredAs(
			nothing,
			textIn(nothing, 'campaign/register.csv').replaceAll('Escuela', '\ufffd'),
		)
		row('a place named by a replacement character', null, signedAnew(named))
		const bytes = named.get('data/tables.csv')?.toString('latin1').replaceAll('\xef\xbf\xbd', '\xff') ?? ''
		const other = changed(named, { 'data/tables.csv': Buffer.from(bytes, 'latin1') })
		row('a byte that is no UTF-8 in place of it', 'tables-differ', signedAnew(other))
	}

	// Files of the log.
	copied('what is being written', null, { '.new/p/101/01.html': 'half' })
	copied('a page beside the checkpoints', 'file-unlisted', { 'checkpoints/index.html': 'figures' })
	copied('a page beside the notes of publications', 'file-unlisted', { 'sites/index.html': 'figures' })
	copied('a page beside the tiles', 'file-unlisted', { 'tile/index.html': 'figures' })
	copied('the torrent of a publication', null, { 'sites/latest.torrent': 'd4:infod' })
	copied('partial tiles of before', null, { 'tile/0/000.p/3': 'x', 'tile/entries/000.p/255': 'x' })
	const unnamed = [
		...['tile/0/001', 'tile/0/000.p/0', 'tile/0/000.p/03', 'tile/0/000.p/256', 'tile/0/000.p/257'],
		...['tile/1/000.p/1', 'tile/64/000', 'tile/entries/x000/000', 'tile/entries/000.p/3/more', 'tile/x/000'],
		...[
			'tile/entries/001.p/1',
			`checkpoints/0${size}`,
			`checkpoints/${size + 1}.1.tsr`,
			'sites/2',
			'sites/00',
		],
		...[`checkpoints/${size}.01.tsr`, `checkpoints/${size}.tsr`, 'checkpoints/a/2', 'sites/a/1'],
	]
	copied(
		'names that the log gives nothing',
		'file-unlisted',
		Object.fromEntries(unnamed.map((path) => [path, 'x'])),
	)

	// Publications of before.
	copied('something else as the note of a publication of before', 'bad-note', { 'sites/0': 'x' })
	copied('the note of a publication of before by another key', 'foreign-key', {
		'sites/0': textIn(signedAnew(first, otherLog), 'site'),
	})
	copied('the note of another publication of before', 'bad-site', { 'sites/0': at('sites/1') })
	const recordBefore = (name: string, code: string | null, change: object) =>
		covered(name, code, { 'feed/0.json': recordedAs(second, 0, change)['feed/0.json'] ?? '' })
	const treeAt = async (count: number) => {
		const [, , root = ''] = textIn(await relogged(first, leaves.slice(0, count)), 'checkpoint').split('\n')
		return { size: count, root }
	}
	covered('a record of before of a size that no checkpoint has', null, recordedAs(second, 0, await treeAt(3)))
	recordBefore('a record of before of another tree than its note', 'site-differs', await treeAt(3))
	recordBefore('a record of before of another root', 'feed-differs', {
		root: Buffer.alloc(32).toString('base64'),
	})
	recordBefore('a record of before of more leaves than there are', 'feed-differs', { size: size + 1 })
	recordBefore('a record of before without a leaf', 'site-differs', {
		...{ size: 0, root: Buffer.from(emptyRoot()).toString('base64') },
	})
	recordBefore('a record of before with another number', 'feed-differs', { n: 1 })
	recordBefore('a record of before of another log', 'feed-differs', { origin: 'log.example/another' })
	recordBefore('a record of before of another campaign object', 'feed-differs', inForce(campaign(2)))
	recordBefore('a record of before with a further field', 'feed-differs', { note: 'x' })
	covered('no record of before', 'file-missing', { 'feed/0.json': null })
	{
		const most = Number.MAX_SAFE_INTEGER
		const [name, , ...rest] = at('site').split('\n')
		const feed = recordedAs(second, 1, { n: most })['feed/1.json'] ?? ''
		const site = [name, most, ...rest].join('\n')
		row(
			'more publications than anybody can look for',
			'file-missing',
			signedAnew(changed(second, { site, 'sites/1': null, [`feed/${most}.json`]: feed })),
		)
	}

	// Leaves.
	const withheld = atOf('withheld')
	await logged(
		'a withheld text altered',
		'bad-leaf',
		replaced(withheld, texts[withheld]?.replace(',', ', ') ?? ''),
	)
	await logged(
		'a withheld text with a name',
		'bad-leaf',
		replaced(withheld, texts[withheld]?.replace('}', ',"who":"M. P."}') ?? ''),
	)
	await logged('something else as a leaf', 'bad-leaf', [...leaves, 'María Pérez'])
	await logged('a registry as a leaf', 'bad-leaf', [...leaves, registry(1)])
	await logged('a leaf twice', 'leaf-twice', [...leaves, leaves[1] ?? ''])
	await logged('no campaign object among the leaves', 'not-in-step', leaves.slice(1))
	await logged('another campaign object as a leaf', 'campaign-differs', [
		...leaves,
		campaign(2, { time: '2024-07-31T12:00:00Z' }),
	])
	const entry = atOf('entry')
	const [signedPart, otherPart] = [texts[entry] ?? '', texts[entry + 1] ?? ''].map((one) =>
		one.lastIndexOf('.'),
	)
	const swapped = `${texts[entry]?.slice(0, signedPart)}${texts[entry + 1]?.slice(otherPart)}`
	await logged('a leaf with the signature of another', 'bad-signature', replaced(entry, swapped))
	const by = new Signed()
	const text = '102.02.1!1,1,1!0!0'
	await logged('a name in a field that no format names', 'not-closed', [
		...leaves.slice(0, 1),
		by.acta(device, text, pictures[0], { who: 'María Pérez' }),
	])
	await logged('a name in the text of a reading', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, 'María Pérez', pictures[0], {
			reading: { method: 'ocr', text: 'María Pérez', code: null },
		}),
	])
	await logged('a name between two fields', 'not-closed', [
		...leaves.slice(0, 1),
		blank(new Signed().acta(device, text, pictures[0])),
	])
	await logged('an unknown role of a picture', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, text, pictures[0], {
			images: [{ role: 'maria', mediaType: 'image/jpeg', size: 1, sha256: digestOf('x') }],
		}),
	])
	await logged('version 1 in production', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, text, pictures[0], { ...timeOfVersion1, software: 'testigo/0.1.0' }),
	])
	await logged('a version that nobody knows', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, text, pictures[0], { v: 3 }),
	])
	await logged('an entry that names another device', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, text, pictures[0], { device: otherDevice.id }),
	])
	await logged('by a device that nobody lists', null, [
		...leaves,
		new Signed().acta({ ...device, id: 'k-nobody' }, text, pictures[0]),
	])
	await logged('an entry by a station', null, [...leaves, new Signed().acta(station, text, pictures[0])])
	await logged('an entry by another key under the name of a device', 'bad-signature', [
		...leaves,
		new Signed().acta(impostor, text, pictures[0]),
	])
	await logged('a device that was cloned', null, [...leaves, new Signed().acta(device, text, pictures[0])])
	await logged('an entry that follows from nothing that is here', null, [
		...leaves,
		chained(new Signed().acta(otherDevice, text, pictures[0]), { seq: 2, prev: idOf(texts[0] ?? '') }),
	])
	await logged('entries are awaited', null, [
		...leaves,
		chained(new Signed().acta(otherDevice, text, pictures[0]), { seq: 40, prev: idOf(texts[0] ?? '') }),
	])
	await logged('an answer to a picture that the entry does not name', null, [
		...leaves,
		new Signed().answer(station, texts[entry] ?? '', 'no such picture', text),
	])
	await logged('a device that lies about the size of a picture', null, [
		...leaves,
		chained(
			new Signed().acta(otherDevice, text, 'x', {
				images: [{ role: 'public', mediaType: 'image/jpeg', size: 1, sha256: digestOf(pictures[0]) }],
			}),
			{ seq: 40, prev: idOf(texts[0] ?? '') },
		),
	])
	await logged('a table of digits that no table has', 'not-closed', [
		...leaves,
		new Signed().rule(officer, '1.1', []),
	])
	const places = Array.from({ length: 300 }, (_, number) => withheldAt(number + 1000))
	await logged('more leaves than a tile has', null, [...leaves, ...places])
	{
		const many = await relogged(second, [...leaves, ...places])
		const [full, partial] = [many.get('tile/1/000.p/1'), many.get(`tile/0/001.p/${size + 300 - 256}`)]
		row(
			'a hash of the second level altered',
			'tile-differs',
			changed(many, { 'tile/1/000.p/1': partial?.subarray(0, 32) ?? '' }),
		)
		row(
			'a tile of the second level in place of its own',
			'bad-tile',
			changed(many, { 'tile/0/000': full ?? '' }),
		)
	}

	// Rehearsals.
	row('a rehearsal that was not asked for', 'rehearsal', rehearsal)
	return rows
}

/** `withheld` for a place; empty for what is no leaf. */
function kindOf(text: string): string {
	if (text.startsWith('{')) return 'withheld'
	const header = Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()
	return /testigo-([a-z]+)\+jws/.exec(header)?.[1] ?? ''
}

function withheldAt(seq: number): string {
	return JSON.stringify({
		withheld: 'entry',
		by: device.id,
		seq,
		id: base64url(leafHash(Buffer.from(`${seq}`))),
	})
}

/** Signed anew by its device, elsewhere in the chain. */
function chained(text: string, place: { readonly seq: number; readonly prev: string }): string {
	return signed(otherDevice, headerOf('entry', otherDevice.id), { ...JSON.parse(payloadOf(text)), ...place })
}

/** The same object with a blank behind its first comma. */
function blank(text: string): string {
	const isCampaign = kindOf(text) === 'campaign'
	const [by, kind] = isCampaign ? [authority, 'campaign'] : [device, 'entry']
	return signed(by, headerOf(kind, by.id), payloadOf(text).replace(',', ', '))
}

function witnessOf(campaignText: string): object {
	return JSON.parse(payloadOf(campaignText)).witnesses[0]
}

function mirrorsOf(issue: number): string {
	const payload = { v: 1, issue, time: '2024-07-01T12:00:00Z', mirrors: ['otra biblioteca'] }
	return signed(authority, headerOf('mirrors', authority.id), payload)
}

/** The log's line below a note, with another signature. */
function otherSignature(note: string): string {
	return note.split('\n').find((line) => line.startsWith(`— ${origin} `)) ?? ''
}

function signatureLine(line: string): string {
	const [dash, name, base64 = ''] = line.split(' ')
	const bytes = Buffer.from(base64, 'base64')
	bytes[20] = (bytes[20] ?? 0) ^ 1
	return `${dash} ${name} ${bytes.toString('base64')}\n`
}

function shortened(line: string): string {
	const [dash, name, base64 = ''] = line.split(' ')
	return `${dash} ${name} ${Buffer.from(base64, 'base64').subarray(0, -1).toString('base64')}`
}
