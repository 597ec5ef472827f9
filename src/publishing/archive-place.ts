/** Where an archive may lie: all of its folder is served to anybody, and copied. */
import { readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { beingWritten, checkpointFile, keysFolder } from '../archive/layout.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/** `bad-place`: what is secret would lie in it, or it in what is. `not-an-archive`: it has files of something else. */
export type PlaceFault = Fault<'bad-place' | 'not-an-archive'>

/** Of a publication that was cut off in its first files, too. */
const anyOf = [checkpointFile, keysFolder, beingWritten]

/** `secret`: folders that nobody else may see, by what each is. Throws where the disk fails. */
export async function checkPlace(
	archive: string,
	secret: Readonly<Record<string, string>>,
): Promise<Result<void, PlaceFault>> {
	const place = await realPath(archive)
	for (const [what, folder] of Object.entries(secret)) {
		const other = await realPath(folder)
		if (isWithin(place, other) || isWithin(other, place)) {
			return fail(
				'bad-place',
				`${archive}: is, lies in or holds ${what} (${folder}), and all of an archive is public: name another folder`,
			)
		}
	}
	const names: readonly string[] = await readdir(archive).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return []
		throw error
	})
	if (names.length > 0 && !anyOf.some((name) => names.includes(name))) {
		return fail(
			'not-an-archive',
			`${archive}: is neither empty nor an archive, and all of an archive is public: name another folder`,
		)
	}
	return ok(undefined)
}

function isWithin(path: string, folder: string): boolean {
	const way = relative(folder, path)
	return way === '' || !(way === '..' || way.startsWith('../'))
}

/** Without links, as far as it is there. */
async function realPath(path: string): Promise<string> {
	const whole = resolve(path)
	try {
		return await realpath(whole)
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || whole === '/') throw error
		return join(await realPath(dirname(whole)), basename(whole))
	}
}
