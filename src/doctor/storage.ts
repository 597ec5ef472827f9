/** The disk under the journal: its room, and whether and how fast it keeps what is written. */
import { randomUUID } from 'node:crypto'
import { stat, statfs, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFile } from '../platform/files/durable.ts'
import { type Finding, findingsOf } from './finding.ts'

export interface StorageState {
	/** The journal's directory, or what there is of the way to it. */
	readonly path: string
	/** Bytes that may still be written. */
	readonly freeBytes: number
	/** Files that may still be made; null where the file system counts none. */
	readonly freeFiles: number | null
	/** Milliseconds for a new file to be on the disk, or the code of the error. */
	readonly syncedMs: number | string
}

/** Writes a small file there and removes it. Throws where the way can't be looked at. */
export async function probeStorage(directory: string): Promise<StorageState> {
	const path = await existing(directory)
	const { bavail, bsize, files, ffree } = await statfs(path)
	return {
		path,
		freeBytes: bavail * bsize,
		freeFiles: files === 0 ? null : ffree,
		syncedMs: await timeSync(join(path, `.doctor-${randomUUID()}`)),
	}
}

async function existing(directory: string): Promise<string> {
	for (let path = directory; ; path = dirname(path)) {
		const found = await stat(path).catch((error: NodeJS.ErrnoException) => error)
		if (!(found instanceof Error)) return path
		const absent = found.code === 'ENOENT' || found.code === 'ENOTDIR'
		if (!absent || path === dirname(path)) throw found
	}
}

async function timeSync(path: string): Promise<number | string> {
	const begun = performance.now()
	try {
		await makeFile(path, 'testigo doctor\n')
		return performance.now() - begun
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? 'unknown'
	} finally {
		await unlink(path).catch(() => undefined)
	}
}

/** What a kiosk needs free to begin a scan, as `disk` of its configuration. */
export interface Needs {
	/** Bytes. */
	readonly room: number
	readonly inodes: number
}

/** Some three hundred pictures over what is needed. */
const ample = { bytes: 1e9, files: 5_000 }
/** Milliseconds; a good card takes some 10. */
const slowMs = 1_000

export function diagnoseStorage(
	{ path, freeBytes, freeFiles, syncedMs }: StorageState,
	{ room: needed, inodes }: Needs,
): Finding {
	const { ok, warn, wrong } = findingsOf('storage')
	const megabytes = Math.floor(freeBytes / 1e6)
	if (typeof syncedMs === 'string') {
		return wrong(
			'unwritable',
			{ es: `${path}: no se puede escribir (${syncedMs})`, en: `${path}: can't be written (${syncedMs})` },
			{
				es: 'dé permiso al usuario del kiosco; si el disco está en solo lectura, cámbielo',
				en: "give the kiosk's user access; where the disk is read-only, replace it",
			},
		)
	}
	const room = { es: `${path}: quedan ${megabytes} MB`, en: `${path}: ${megabytes} MB left` }
	const more = {
		es: 'ponga un disco más grande; no borre nada del diario',
		en: 'use a larger disk; delete nothing of the journal',
	}
	if (freeBytes < needed) return wrong('full', room, more)
	if (freeFiles !== null && freeFiles < inodes) return wrong('no-files', numbered(path, freeFiles), more)
	if (freeBytes < needed + ample.bytes) return warn('low', room, more)
	if (freeFiles !== null && freeFiles < inodes + ample.files)
		return warn('few-files', numbered(path, freeFiles), more)
	const took = `${Math.ceil(syncedMs)} ms`
	if (syncedMs > slowMs) {
		return warn(
			'slow',
			{ es: `${path}: tarda ${took} en guardar`, en: `${path}: takes ${took} to keep a file` },
			{
				es: 'use una tarjeta mejor; la que se vuelve lenta va a fallar',
				en: 'use a better card; one that grows slow is going to fail',
			},
		)
	}
	return ok({ es: `${room.es}, guarda en ${took}`, en: `${room.en}, keeps a file in ${took}` })
}

function numbered(path: string, count: number) {
	return { es: `${path}: caben ${count} archivos más`, en: `${path}: room for ${count} more files` }
}
