/** Files that hold a secret: read only where nobody else can read them too. */
import { type Fault, fail, ok, type Result } from '../result.ts'
import { openRegular } from './plain-file.ts'

export type SecretFileFault = Fault<'missing' | 'exposed' | 'too-large'>

/** Bytes: far over any key or PIN. */
const capBytes = 64 * 1024

/** The whole file. `what` is in it, for a person: `key`, `PIN`. */
export async function readSecretFile(path: string, what: string): Promise<Result<Buffer, SecretFileFault>> {
	try {
		const { handle: file, seen } = await openRegular(path)
		try {
			const { mode, uid, size } = seen
			if (isExposed(mode, uid, process.getuid?.() ?? uid)) {
				return fail(
					'exposed',
					`${path}: others can read this ${what}; chmod 600 it, or better make a new one`,
				)
			}
			return size > capBytes
				? fail('too-large', `${path}: over ${capBytes} bytes, no ${what}`)
				: ok(await file.readFile())
		} finally {
			await file.close()
		}
	} catch (error) {
		return fail('missing', `${path}: can't read the ${what} (${(error as NodeJS.ErrnoException).code})`)
	}
}

/**
 * True when others than we can get at a file of this mode and owner. systemd hands a credential to a service
 * that is not root's as root's file with an access list, whose mask shows as group read (0440) although no
 * group may read it: https://github.com/systemd/systemd/issues/29435
 */
export function isExposed(mode: number, owner: number, we: number): boolean {
	const tolerated = owner === 0 && we !== 0 ? 0o040 : 0
	return (mode & 0o077 & ~tolerated) !== 0
}
