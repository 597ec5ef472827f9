/** Of publications in step, figures, and files by their sums. */
import { signSite } from '#src/archive/site-note.js'
import { digestOf, lines } from '../collections.ts'
import { sha256 } from '../seeded-key.ts'
import {
	type Archive,
	changed,
	countedIn,
	inForce,
	recordedAs,
	signedAnew,
	textIn,
} from './archive-in-memory.ts'
import { campaign, log, otherLog, registry } from './campaign-parts.ts'
import { picturePath, pictures } from './published.ts'
import type { RowMaking } from './row-making.ts'

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

export async function addFileRows({
	first,
	second,
	nothing,
	size,
	at,
	row,
	copied,
	covered,
}: RowMaking): Promise<void> {
	// In step.
	copied('the site of the publication before', 'not-in-step', { site: textIn(first, 'site') })
	copied('a registry newer than any leaf', 'not-in-step', {
		'keys/registry.jws': at('keys/registry.jws') + lines(registry(2)),
	})
	copied('a campaign object newer than any leaf', 'not-in-step', {
		'keys/campaign.jws': at('keys/campaign.jws') + lines(campaign(2, { time: '2024-07-31T12:00:00Z' })),
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
		[picturePath(pictures[0])]: null,
		'disputes/withdrawn.csv': gone,
	})
	covered('a picture withdrawn behind a byte order mark', null, {
		[picturePath(pictures[0])]: null,
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
}
