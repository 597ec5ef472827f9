/** A stick as an export finds it, and how it fails. */
import { stat } from 'node:fs/promises'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { StickFolder, whyStickFailed } from './folder.ts'

export interface StickPlace {
	/** Where the stick is mounted. */
	readonly stick: string
	/** Its folder, where that is open already; the caller closes it. */
	readonly mounted?: StickFolder
	/** Takes any folder for a stick, also one on the disk that is copied from. */
	readonly anyFolder?: boolean
}

/** `from`: what is copied. The folder is given to `opened` where it was opened here. */
export async function mountedFolder(
	{ stick, mounted, anyFolder }: StickPlace,
	from: string,
	opened: (folder: StickFolder) => void,
): Promise<Result<StickFolder, Fault<'no-stick'>>> {
	const mount = mounted === undefined ? await StickFolder.open(stick) : ok(mounted)
	if (!mount.ok) return fail('no-stick', `${stick}: ${mount.fault.detail}`)
	if (mounted === undefined) opened(mount.value)
	if (anyFolder !== true && (await mount.value.disk()) === (await stat(from)).dev) {
		return fail('no-stick', `${stick} is on the same disk as ${from}: no stick is mounted there`)
	}
	return mount
}

/** What a throw means while a stick is written to: it is full, or failed. Throws what is a bug. `lack`: what is missing where it is full. */
export function stickFault(
	error: unknown,
	stick: string,
	lack: () => string,
): Result<never, Fault<'stick-full' | 'stick-failed'>> {
	const { code } = error as NodeJS.ErrnoException
	if (code === undefined) throw error
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return fail('stick-full', `${stick}: the stick is full; ${lack()}`)
	const again = 'what is on it stays usable; put it in again and run the same command'
	return fail('stick-failed', `${stick}: ${whyStickFailed(code)}; ${again}`)
}

/** `refused`: what lies on the stick is not what its name says. */
export function refusedOnStick({ code, detail }: Fault): Result<never, Fault<'refused' | 'not-read-back'>> {
	return fail(code === 'not-read-back' ? code : 'refused', detail)
}
