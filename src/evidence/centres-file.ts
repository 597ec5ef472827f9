/** A list of centres as it is handed on: a file with one line. Who reads it believes the authority's signature only. */
import { replaceFile } from '../platform/files/durable.ts'
import { type ForeignFileFault, openForeign } from '../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { CentreList, CentreListFault } from './centre-list.ts'
import { longestJws } from './jws.ts'

export type CentresFileFault = CentreListFault | ForeignFileFault

/** True when the file holds a newer list than `centres`; a file that is not there holds none. Faults name the file. */
export async function takeCentresFrom(
	path: string,
	centres: CentreList,
): Promise<Result<boolean, CentresFileFault>> {
	const opened = await openForeign(path)
	if (!opened.ok) return opened.fault.code === 'file-missing' ? ok(false) : opened
	const { handle } = opened.value
	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestJws + 2), 0, longestJws + 2, 0)
		const taken = centres.take(buffer.toString('latin1', 0, bytesRead).replace(/\n$/, ''))
		return taken.ok ? taken : named(path, taken.fault)
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('file-unreadable', `${path}: can't be read (${code})`)
	} finally {
		await handle.close()
	}
}

function named<C extends string>(path: string, { code, detail }: Fault<C>): Result<never, Fault<C>> {
	return fail(code, `${path}: ${detail}`)
}

/** Throws when the disk fails. */
export async function keepCentres(path: string, { text }: CentreList): Promise<void> {
	if (text !== null) await replaceFile(path, `${text}\n`)
}
