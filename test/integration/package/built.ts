/** What the field is given, made by the scripts that make it. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execute } from '../../support/processes.ts'

export const provisioning = fileURLToPath(new URL('../../../provisioning', import.meta.url))

/** Gives the package's path in `out`. */
export async function buildPackage(out: string, ...words: readonly string[]): Promise<string> {
	const { stdout } = await execute(join(provisioning, 'package', 'build'), ['--out', out, ...words])
	return stdout.trim()
}

/** Made at `key`, a path. */
export async function makeUpdateKey(key: string): Promise<void> {
	await execute('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', key])
}

/** A stick with the package `file`, signed with a key of its own that is kept in `work`; gives the key's letters. */
export async function makeSignedStick(work: string, stick: string, file: string): Promise<string> {
	const key = join(work, 'updates-key.pem')
	await makeUpdateKey(key)
	return await makeStick(key, stick, file)
}

/** A folder with the package `file`, signed with `key`, as a stick brings it; gives the key's letters. */
export async function makeStick(key: string, stick: string, file: string): Promise<string> {
	const { stdout } = await execute(join(provisioning, 'install', 'make-stick'), [key, stick, file])
	return /^the key +([0-9a-f]{64})$/m.exec(stdout)?.[1] ?? ''
}
