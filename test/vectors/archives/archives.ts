/** The archives as they stand in `archives.json`: a few whole ones, and each row as what is another in it. */
import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { inDirectory } from '../../support/in-directory.ts'
import { type Archive, writeArchive } from './archive-in-memory.ts'
import { archiveReport } from './reference.ts'
import { type ArchiveRow, type Asked, wholeArchives } from './row-making.ts'
import { archiveRows } from './rows.ts'

/** Path to content, each byte as the character of that number (Latin-1); null where there is no such file. */
type Files = Readonly<Record<string, string | null>>

interface ArchiveVector {
	readonly name: string
	/** Which of `archives` it begins with. */
	readonly of: string
	readonly changes: Files
	readonly asked: Asked
	/** Of the first fault; null for none; behind a `!` why nothing could be checked. */
	readonly code: string | null
	/** As `--json` prints it, without words for people. */
	readonly report: unknown
}

export interface ArchiveVectors {
	readonly note: string
	readonly archives: Readonly<Record<string, Readonly<Record<string, string>>>>
	readonly rows: readonly ArchiveVector[]
}

/** Each row as what is another in the whole one to which it is nearest. */
export async function madeArchives(): Promise<ArchiveVectors> {
	const all = await wholeArchives()
	return asVectors(all, await archiveRows(all), (archive, asked) =>
		inDirectory(async (folder) => {
			await writeArchive(archive, folder)
			return archiveReport(folder, asked)
		}),
	)
}

/** The same of what `report` looks at. */
export async function asVectors(
	all: object,
	rows: readonly ArchiveRow[],
	report: (archive: Archive, asked: Asked) => Promise<unknown>,
): Promise<ArchiveVectors> {
	const whole = Object.entries<Archive>({ ...all })
	const vectors: ArchiveVector[] = []
	for (const { name, archive, asked, code } of rows) {
		const near = whole.map(([of, from]) => ({ of, changes: differences(from, archive) }))
		const [nearest] = near.sort((one, other) => sizeOf(one.changes) - sizeOf(other.changes))
		if (nearest === undefined) throw new Error('no archive to begin with')
		vectors.push({ name, ...nearest, asked, code, report: await report(archive, asked) })
	}
	return {
		note: 'Made by test/vectors/make.ts; see test/vectors/README.md. TEST KEYS: everybody knows the private ones.',
		archives: Object.fromEntries(whole.map(([name, archive]) => [name, contents(archive)])),
		rows: vectors,
	}
}

const Report = z.looseObject({
	whole: z.boolean(),
	fault: z.object({ code: z.string() }).optional(),
	faults: z.array(z.looseObject({ code: z.string() })).optional(),
})

/** By the name of each row the first fault of its report, as `code` says it. */
export function firstCodes({ rows }: ArchiveVectors) {
	return rows.map(({ name, report }) => {
		const { fault, faults = [] } = Report.parse(report)
		return { name, code: fault === undefined ? (faults[0]?.code ?? null) : `!${fault.code}` }
	})
}

/** One archive and one row a line, so that a change of one shows as that. */
export function archivesText({ note, archives, rows }: ArchiveVectors): string {
	const whole = Object.entries(archives).map(
		([name, files]) => `${JSON.stringify(name)}: ${JSON.stringify(files)}`,
	)
	const list = rows.map((row) => JSON.stringify(row))
	return `{\n"note": ${JSON.stringify(note)},\n"archives": {\n${whole.join(',\n')}\n},\n"rows": [\n${list.join(',\n')}\n]\n}\n`
}

const VectorsFile = z.object({
	archives: z.record(z.string(), z.record(z.string(), z.string())),
	rows: z.array(
		z.object({
			...{ name: z.string(), of: z.string(), changes: z.record(z.string(), z.string().nullable()) },
			...{ asked: z.object({ rehearsal: z.boolean() }), report: z.unknown() },
		}),
	),
})
export type VectorsFile = z.infer<typeof VectorsFile>

/** As they are committed. */
export async function readVectors(name: 'archives' | 'proofs'): Promise<VectorsFile> {
	const path = new URL(`../${name}/${name}.json`, import.meta.url)
	return VectorsFile.parse(JSON.parse(await readFile(path, 'utf8')))
}

/** The files of a row: of the whole one with which it begins, and what is another in it. */
export function filesOfRow(
	{ archives }: VectorsFile,
	{ of, changes }: VectorsFile['rows'][number],
): Readonly<Record<string, string>> {
	const files = Object.entries({ ...archives[of], ...changes })
	return Object.fromEntries(files.filter((file): file is [string, string] => file[1] !== null))
}

function contents(archive: Archive): Readonly<Record<string, string>> {
	return Object.fromEntries([...archive].map(([path, content]) => [path, content.toString('latin1')]))
}

function differences(from: Archive, to: Archive): Files {
	const paths = [...new Set([...from.keys(), ...to.keys()])].sort()
	return Object.fromEntries(
		paths.flatMap((path) => {
			const content = to.get(path)
			const isSame = content !== undefined && from.get(path)?.equals(content) === true
			return isSame ? [] : [[path, content?.toString('latin1') ?? null]]
		}),
	)
}

function sizeOf(changes: Files): number {
	return Object.entries(changes).reduce((sum, [path, text]) => sum + path.length + (text?.length ?? 0), 0)
}
