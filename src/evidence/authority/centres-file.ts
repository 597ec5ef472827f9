/** A list of centres as it is handed on: a file with one line. Who reads it believes the authority's signature only. */
import { replaceFile } from '../../platform/files/durable.ts'
import { type ForeignFileFault, ForeignFiles } from '../../platform/files/foreign-file.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { longestJws } from '../jws.ts'
import type { CentreList, CentreListFault } from './centre-list.ts'

export type CentresFileFault = CentreListFault | ForeignFileFault | Fault<'too-large'>

/** True when the file holds a newer list than `centres`; a file that is not there holds none. Faults name the file. */
export async function takeCentresFrom(
	path: string,
	centres: CentreList,
	files: ForeignFiles = new ForeignFiles(),
): Promise<Result<boolean, CentresFileFault>> {
	const read = await files.read(path, longestJws + 1)
	if (!read.ok) return read.fault.code === 'file-missing' ? ok(false) : read
	const taken = centres.take(read.value.bytes.toString('latin1').replace(/\n$/, ''))
	return taken.ok ? taken : fail(taken.fault.code, `${path}: ${taken.fault.detail}`)
}

/** Throws when the disk fails. */
export async function keepCentres(path: string, { text }: CentreList): Promise<void> {
	if (text !== null) await replaceFile(path, `${text}\n`)
}
