/**
 * Plain files in a folder that others write into. Names are kept as the disk's bytes, a Latin-1 character each,
 * since they need not be UTF-8; they only ever become the last part of a path.
 */
import { lstat } from 'node:fs/promises'
import { openPlain } from '../platform/files/plain-file.ts'
import { printable } from '../platform/printable.ts'

/** What distinguishes one file from the next of the same name: scanners reuse names. */
export interface FileIdentity {
	readonly device: bigint
	readonly inode: bigint
	/** Bytes. */
	readonly size: bigint
	/** Nanoseconds since 1970 of the last change. */
	readonly changed: bigint
}

export function sameFile(one: FileIdentity, other: FileIdentity): boolean {
	return (
		one.device === other.device &&
		one.inode === other.inode &&
		one.size === other.size &&
		one.changed === other.changed
	)
}

export function pathIn(folder: string, name: string): Buffer {
	return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')])
}

/** The name as people may see it. */
export function shownName(name: string): string {
	return printable(Buffer.from(name, 'latin1').toString('utf8'))
}

/** Names under which programs keep what is not finished, or their own things. */
export function isTemporaryName(name: string): boolean {
	return /^[.~]|~$|\.(part|partial|tmp|crdownload)$/i.test(name)
}

/** Undefined for what is gone or is no plain file: folders, links, pipes, devices. */
export async function identify(path: Buffer): Promise<FileIdentity | undefined> {
	try {
		const found = await lstat(path, { bigint: true })
		if (!found.isFile()) return undefined
		return { device: found.dev, inode: found.ino, size: found.size, changed: found.mtimeNs }
	} catch (error) {
		if (errorCode(error) === 'ENOENT') return undefined
		throw error
	}
}

/** All its bytes; undefined when the file is not, or does not stay, the one that was seen. */
export async function readSame(path: Buffer, identity: FileIdentity): Promise<Uint8Array | undefined> {
	const opened = await openPlain(path, { secondNames: true })
	if (!opened.ok) return undefined
	const { handle } = opened.value
	try {
		const isSame = async () => {
			const { dev, ino, size, mtimeNs } = await handle.stat({ bigint: true })
			return sameFile({ device: dev, inode: ino, size, changed: mtimeNs }, identity)
		}
		if (!(await isSame())) return undefined
		const bytes = new Uint8Array(Number(identity.size))
		let filled = 0
		while (filled < bytes.length) {
			const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled)
			if (bytesRead === 0) return undefined
			filled += bytesRead
		}
		return (await isSame()) ? bytes : undefined
	} finally {
		await handle.close()
	}
}

/** `ENOENT` and its like; for anything else what it says of itself. */
export function errorCode(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
