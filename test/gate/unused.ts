/**
 * Unused files, exports and packages, by knip: once for what ships, where tests keep nothing alive, and once for
 * all, where an export that only its own file uses is one too many.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesOf } from './tree.ts'

const knip = join(import.meta.dirname, '../../node_modules/knip/bin/knip.js')

/** What is unused below `root`, a line each. */
export async function checkUnused(root: string): Promise<string[]> {
	const product = run(root, 'knip-product.jsonc', '--production')
	return [...(await product), ...(await run(root, 'knip-whole.jsonc')), ...(await exemptedIn(root))]
}

/** Knip passes over what is tagged so, and no option ends that. */
const exempt = /\/\*\*(?:(?!\*\/)[\s\S])*?@(?:alias|beta|internal|public)\b/

async function exemptedIn(root: string): Promise<string[]> {
	const found: string[] = []
	for (const room of ['src', 'test'])
		for (const file of await filesOf(join(root, room), '.ts'))
			if (exempt.test(await readFile(join(root, room, file), 'utf8')))
				found.push(`${room}/${file}: a tag exempts from being used`)
	return found
}

async function run(root: string, config: string, ...words: readonly string[]): Promise<string[]> {
	const how = ['--no-progress', '--reporter', 'compact', ...words]
	const all = [knip, '--directory', root, '--config', join(import.meta.dirname, config), ...how]
	return await new Promise((resolve, reject) =>
		execFile(process.execPath, all, { cwd: root }, (error, out, said) => {
			if (error !== null && error.code !== 1) reject(new Error(`knip: ${said}${out}`))
			else resolve(out.split('\n').filter(Boolean))
		}),
	)
}
