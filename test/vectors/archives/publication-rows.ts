/** Of the records and notes of publications before the last. */
import { emptyRoot } from '#src/log/tree-hash.js'
import { changed, inForce, recordedAs, relogged, signedAnew, textIn } from './archive-in-memory.ts'
import { campaign, otherLog } from './campaign-parts.ts'
import type { RowMaking } from './row-making.ts'

export async function addPublicationRows({
	first,
	second,
	leaves,
	size,
	at,
	row,
	copied,
	covered,
}: RowMaking): Promise<void> {
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
}
