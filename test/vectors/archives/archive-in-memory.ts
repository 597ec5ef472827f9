/**
 * The files of an archive in memory, and how they are signed anew once something is another: what a log could do that wants
 * to deceive, or whoever has its key.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WrittenElection } from '#src/acta/election.js'
import { parseRegister } from '#src/acta/register/canonical.js'
import { checksumFiles, checksumsFile } from '#src/archive/checksums.js'
import { figuresFile } from '#src/archive/figures-file.js'
import { feedFile, siteOfFile } from '#src/archive/layout.js'
import { LeafRecords } from '#src/archive/leaf-records.js'
import { isListed } from '#src/archive/listed-files.js'
import { signSite } from '#src/archive/site-note.js'
import { tablesFile } from '#src/archive/tables-file.js'
import { FollowedDevices } from '#src/audit/followed-devices.js'
import { registryAlone } from '#src/audit/published-devices.js'
import { parseBundle } from '#src/log/bundle.js'
import { signCheckpoint } from '#src/log/checkpoint.js'
import { cosign } from '#src/log/cosignature.js'
import { GrowingTree } from '#src/log/growing-tree.js'
import { LogFolder } from '#src/log/log-folder.js'
import { formatSignature, parseNote } from '#src/log/note.js'
import type { NoteSigner } from '#src/log/signing.js'
import { type StoredTile, tilePath } from '#src/log/tile.js'
import { RecordTally } from '#src/tally/record-tally.js'
import { inDirectory } from '../../support/in-directory.ts'
import { gotten } from '../../support/result.ts'
import { log, witness } from './campaign-parts.ts'

/** Content by path. */
export type Archive = ReadonlyMap<string, Buffer>
/** Null takes a file away. */
export type Change = Readonly<Record<string, string | Uint8Array | null>>

export async function readArchive(folder: string): Promise<Archive> {
	const found = await readdir(folder, { recursive: true, withFileTypes: true })
	const paths = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
	const files = await Promise.all(
		paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const),
	)
	return new Map(files.sort(([one], [other]) => (one < other ? -1 : 1)))
}

export async function writeArchive(archive: Archive, folder: string): Promise<void> {
	for (const [path, content] of archive) {
		await mkdir(dirname(join(folder, path)), { recursive: true })
		await writeFile(join(folder, path), content)
	}
}

export function changed(archive: Archive, change: Change): Archive {
	const files = new Map(archive)
	for (const [path, content] of Object.entries(change)) {
		if (content === null) files.delete(path)
		else files.set(path, Buffer.from(content))
	}
	return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)))
}

export function textIn(archive: Archive, path: string): string {
	const content = archive.get(path)
	if (content === undefined) throw new Error(`there is no ${path}`)
	return content.toString()
}

export function cosigned(note: string, by: NoteSigner = witness): string {
	const { text } = gotten(parseNote(Buffer.from(note)))
	return note + formatSignature(cosign(text, by, 1_722_340_800))
}

/** With sums of the files as they are, and a site note over these. */
export function signedAnew(archive: Archive, by: NoteSigner = log): Archive {
	const [, publication, size, root] = textIn(archive, 'site').split('\n')
	const sums = [...archive.keys()].filter((path) => path.endsWith(checksumsFile))
	const without = changed(archive, Object.fromEntries(sums.map((path) => [path, null])))
	const listed = [...without].filter(([path]) => isListed(path))
	const all = checksumFiles(new Map(listed.map(([path, content]) => [path, digestOf(content)])))
	const site = signSite(
		{
			...{ publication: Number(publication), size: Number(size), root: Buffer.from(root ?? '', 'base64') },
			...{ checksums: digestOf(all.get(checksumsFile) ?? ''), torrent: null },
		},
		by,
	)
	return changed(without, { ...Object.fromEntries(all), site, [`sites/${publication}`]: site })
}

export function leavesIn(archive: Archive): readonly Buffer[] {
	const [, size] = textIn(archive, 'checkpoint').split('\n')
	const path = `tile/entries/000.p/${size}`
	return gotten(parseBundle(archive.get(path) ?? Buffer.of(), Number(size)))
}

/** With other leaves, and everything that follows from them. The log signs it all, and the witness. */
export async function relogged(archive: Archive, leaves: readonly (string | Uint8Array)[]): Promise<Archive> {
	const tree = GrowingTree.empty()
	const tiles: StoredTile[] = []
	const roots = [tree.root]
	for (const leaf of leaves) {
		tiles.push(...gotten(tree.append(Buffer.from(leaf))))
		roots.push(tree.root)
	}
	tiles.push(...tree.partials())
	const isOfLog = (path: string) => /^(?:tile|checkpoints)\//.test(path)
	const gone = Object.fromEntries([...archive.keys()].filter(isOfLog).map((path) => [path, null]))
	const checkpoint = cosigned(signCheckpoint(tree.head, log))
	const root = Buffer.from(tree.root).toString('base64')
	const [name, publication, , , ...rest] = textIn(archive, 'site').split('\n')
	const before: Change[] = Array.from({ length: Number(publication) }, (_, number) => {
		const then = Math.min(JSON.parse(textIn(archive, feedFile(number))).size, tree.size)
		return recordedAs(archive, number, {
			size: then,
			root: Buffer.from(roots[then] ?? '').toString('base64'),
		})
	})
	const files = changed(archive, {
		...gone,
		...Object.assign({}, ...before),
		...Object.fromEntries(tiles.map((tile) => [tilePath(tile), tile.bytes])),
		checkpoint,
		[`checkpoints/${tree.size}`]: checkpoint,
		site: [name, publication, tree.size, root, ...rest].join('\n'),
	})
	const { figures, tables } = await countedIn(files, tree.size)
	const path = `feed/${publication}.json`
	const record = { ...JSON.parse(files.get(path)?.toString() ?? '') }
	const feed = `${JSON.stringify({ ...record, size: tree.size, root, figures: JSON.parse(figures) })}\n`
	return signedAnew(
		changed(files, {
			[path]: feed,
			'feed/latest': feed,
			'data/figures.json': figures,
			'data/tables.csv': tables,
		}),
	)
}

/** A publication with a record that says something else, and its note of the same tree. */
export function recordedAs(
	archive: Archive,
	number: number,
	change: object,
): { readonly [path: string]: string } {
	const record = { ...JSON.parse(textIn(archive, feedFile(number))), ...change }
	const [, , , , checksums = ''] = textIn(archive, siteOfFile(number)).split('\n')
	const tree = { size: record.size, root: Buffer.from(record.root, 'base64') }
	return {
		[feedFile(number)]: `${JSON.stringify(record)}\n`,
		[siteOfFile(number)]: signSite({ publication: number, ...tree, checksums, torrent: null }, log),
	}
}

/** What a record says of a campaign object that is in force. */
export function inForce(campaign: string): object {
	const said = JSON.parse(Buffer.from(campaign.split('.')[1] ?? '', 'base64url').toString())
	const { issue, definition, register, registry, centres, rehearsal } = said
	return {
		...{ rehearsal, definition, register, registry, centres },
		campaign: { issue, sha256: digestOf(campaign) },
	}
}

export async function countedIn(archive: Archive, size: number) {
	return inDirectory(async (folder) => {
		await writeArchive(archive, folder)
		const read = WrittenElection.safeParse(JSON.parse(textIn(archive, 'campaign/election.json')))
		// By what is no definition nothing can be counted.
		if (!read.success)
			return { figures: textIn(archive, 'data/figures.json'), tables: textIn(archive, 'data/tables.csv') }
		const election = read.data
		const register = gotten(parseRegister(archive.get('campaign/register.csv') ?? Buffer.of(), election))
		const records = new LeafRecords(new LogFolder(folder), () => size)
		const signers = new FollowedDevices(join(folder, 'keys'), registryAlone)
		const { tally } = gotten(await new RecordTally({ records, signers, election, register }).update())
		const figures = figuresFile(tally.figures())
		return { figures, tables: [...tablesFile(tally)].join('') }
	})
}

export function digestOf(content: Uint8Array | string): string {
	return createHash('sha256').update(content).digest('hex')
}
