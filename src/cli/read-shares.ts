/** Shares of a custodian's key as they are brought: files, pictures of their codes, standard input, or typed. */
import { createInterface } from 'node:readline'
import { readCapped } from '../platform/files/capped-file.ts'
import { printable } from '../platform/printable.ts'
import { sniffMediaType } from '../reading/media-type.ts'
import {
	faultOfRow,
	joinShares,
	nameOf,
	readShare,
	type Share,
	shareTexts,
	wordsPerRow,
	wordsPerShare,
} from '../sealing/custodian-share.ts'
import { CommandRefused, exit } from './exit.ts'
import { drawAside, printAside } from './output.ts'
import { readTextOrCode } from './read-text-or-code.ts'

/** Bytes: a picture of a code, generously. */
const longest = 32 << 20

export interface JoinedShares {
	/** The age identity. */
	readonly key: string
	readonly numbers: readonly number[]
}

/** `paths` are files, `-` standard input; none at all: a person types. Throws a CommandRefused. */
export async function joinedShares(paths: readonly string[]): Promise<JoinedShares> {
	const shares = paths.length === 0 ? await typedShares() : await sharesIn(paths)
	const joined = await joinShares(shares)
	if (!joined.ok) throw new CommandRefused(exit.usedWrongly, `${joined.fault.detail} (${joined.fault.code})`)
	return { key: joined.value, numbers: shares.map(({ number }) => number) }
}

async function sharesIn(paths: readonly string[]): Promise<Share[]> {
	const shares: Share[] = []
	for (const path of paths) {
		const texts = shareTexts(await textIn(path))
		const where = path === '-' ? 'standard input' : printable(path, 200)
		if (texts.length === 0) throw new CommandRefused(exit.usedWrongly, `${where}: holds no share`)
		for (const [index, text] of texts.entries()) {
			const share = readShare(text)
			const which = texts.length === 1 ? where : `${where}, share ${index + 1}`
			if (!share.ok) {
				throw new CommandRefused(exit.usedWrongly, `${which}: ${share.fault.detail} (${share.fault.code})`)
			}
			shares.push(share.value)
		}
	}
	return shares
}

async function textIn(path: string): Promise<string> {
	const bytes = await readCapped(path === '-' ? '/dev/stdin' : path, longest, { pipes: path === '-' })
	if (!bytes.ok)
		throw new CommandRefused(exit.environmentFailed, `${printable(path, 200)}: ${bytes.fault.detail}`)
	return path !== '-' && sniffMediaType(bytes.value).ok
		? await readTextOrCode(path, true)
		: bytes.value.toString('utf8')
}

/** Row by row; only a row that is wrong is asked for again. */
async function typedShares(): Promise<Share[]> {
	if (!(process.stdin.isTTY && process.stderr.isTTY)) {
		throw new CommandRefused(
			exit.usedWrongly,
			'nobody here to type shares: name them with --share, or a key with --identity',
		)
	}
	const lines = createInterface({ input: process.stdin, output: process.stderr })
	// By an iterator, which keeps the rows that are pasted in one go.
	const typed = lines[Symbol.asyncIterator]()
	const say = (text: string) => printAside(text)
	const shares: Share[] = []
	try {
		for (let needed = 2; shares.length < needed; ) {
			say(`Share ${shares.length + 1} of ${needed}, ${wordsPerRow} words a row:`)
			const rows: string[] = []
			while (rows.length < wordsPerShare / wordsPerRow) {
				drawAside(`  row ${rows.length + 1}: `)
				const { value: row, done } = await typed.next()
				if (done === true)
					throw new CommandRefused(exit.usedWrongly, 'the shares were not typed to their end')
				const fault = faultOfRow(row)
				if (fault === null) rows.push(row)
				else say(`  ${fault.detail}; this row again`)
			}
			const share = readShare(rows.join('\n'))
			if (share.ok) {
				shares.push(share.value)
				needed = share.value.threshold
				say(`${nameOf(share.value)} is whole.`)
			} else say(`${share.fault.detail}; this share again`)
		}
		return shares
	} finally {
		lines.close()
	}
}
