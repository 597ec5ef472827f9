/** What the field is given, made by the scripts that make it. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const provisioning = fileURLToPath(new URL('../../../provisioning', import.meta.url))

/** Gives the package's path in `out`. */
export async function buildPackage(out: string, ...words: readonly string[]): Promise<string> {
	const { stdout } = await run(join(provisioning, 'package', 'build'), ['--out', out, ...words])
	return stdout.trim()
}

/** Made at `key`, a path. */
export async function makeUpdateKey(key: string): Promise<void> {
	await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', key])
}

/** A folder with the package `file`, signed with `key`, as a stick brings it. */
export async function makeStick(key: string, stick: string, file: string): Promise<void> {
	await run(join(provisioning, 'install', 'make-stick'), [key, stick, file])
}
