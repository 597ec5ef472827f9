/** Small files on a stick, read and written whole. */
import { forgetTime } from '../platform/files/forget-times.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import type { NameFault, StickFolder } from './folder.ts'
import { readBack } from './read-back.ts'

export type SmallFileFault = NameFault | Fault<'too-large'>

/** No more than `most` bytes, whatever the file's size says. */
export async function readSmall(
	folder: StickFolder,
	name: string,
	most: number,
): Promise<Result<Buffer, SmallFileFault>> {
	const file = await folder.file(name)
	if (!file.ok) return file
	const { handle } = file.value
	try {
		const parts: Buffer[] = []
		let length = 0
		for await (const part of handle.createReadStream({ autoClose: false, end: most })) {
			parts.push(part)
			length += part.length
		}
		return length > most ? fail('too-large', `${name} is over ${most} bytes`) : ok(Buffer.concat(parts))
	} finally {
		await handle.close()
	}
}

/**
 * Leaves a file with exactly these bytes, which the stick gave back. True when it had to be written. A stick
 * pulled in the middle can lose the file as it was: only for what can be made again.
 */
export async function putSmall(
	folder: StickFolder,
	name: string,
	bytes: Uint8Array,
): Promise<Result<boolean, NameFault | Fault<'not-read-back'>>> {
	const there = await holds(folder, name, bytes)
	if (there.ok && there.value) return ok(false)
	if (!there.ok && there.fault.code !== 'missing') return there
	const created = await folder.create(name)
	if (!created.ok) return created
	try {
		await created.value.writeFile(bytes)
		await forgetTime(created.value)
		await created.value.sync()
	} finally {
		await created.value.close()
	}
	const back = await holds(folder, name, bytes)
	if (!back.ok) return back
	return back.value
		? ok(true)
		: fail('not-read-back', `the stick gives other bytes than were written for ${name}`)
}

async function holds(
	folder: StickFolder,
	name: string,
	bytes: Uint8Array,
): Promise<Result<boolean, NameFault>> {
	let at = 0
	let same = true
	const read = await readBack(folder, name, (part) => {
		same = part.equals(bytes.subarray(at, at + part.length))
		at += part.length
		return same
	})
	return read.ok ? ok(same && at === bytes.length) : read
}
