/** Of the tree, its checkpoints, and what witnesses signed below them. */
import { formatBundle } from '#src/log/bundle.js'
import { signCheckpoint } from '#src/log/checkpoint.js'
import { emptyRoot, leafHash } from '#src/log/tree-hash.js'
import { alteredPayload } from '../signed.ts'
import { changed, cosigned, leavesIn } from './archive-in-memory.ts'
import { log, origin, otherLog, unasked } from './campaign-parts.ts'
import type { RowMaking } from './row-making.ts'

export function addLogRows({
	first,
	second,
	nothing,
	leaves,
	texts,
	size,
	replaced,
	at,
	row,
	copied,
}: RowMaking): void {
	const checkpoint = at('checkpoint')
	const bundle = `tile/entries/000.p/${size}`
	const hashes = `tile/0/000.p/${size}`

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
