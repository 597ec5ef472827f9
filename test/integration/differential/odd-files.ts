/** What may lie in the place of a file, in a folder that somebody handed over. */
import { mkdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '#src/simulator/random.js'
import { execute } from '../../support/processes.ts'
import type { LaidOut } from './verifiers.ts'

type Put = (path: string) => Promise<unknown>

const oddities: Readonly<Record<string, Put>> = {
	'a pipe': (path) => execute('mkfifo', [path]),
	'a link to /dev/zero': (path) => symlink('/dev/zero', path),
	'a link to nothing': (path) => symlink('nothing', path),
	'a link to itself': (path) => symlink(path, path),
	'a link to the file': (path) => symlink(before(path), path),
	'a directory': (path) => mkdir(path),
}

/** Of a key file the first bytes are read, which this one may refuse. */
const endless: typeof oddities = {
	'a link to a file without an end': (path) => symlink('/proc/self/pagemap', path),
}

/** By what it is. */
export function odditiesFor(name: string): Readonly<Record<string, Put>> {
	return name.endsWith('.jws') ? { ...oddities, ...endless } : oddities
}

/** Something else bears the name of the file, which lies beside it. */
export async function replaceBy(put: Put, path: string): Promise<void> {
	await rename(path, before(path))
	await put(path)
}

function before(path: string): string {
	return `${path}.before`
}

/** Says what it put in place of which file; null where the directory has none. */
export async function withOddFile({ files, directory }: LaidOut, random: Random): Promise<string | null> {
	const [name] = random.shuffled(Object.keys(files))
	const [odd] = name === undefined ? [] : random.shuffled(Object.entries(odditiesFor(name)))
	if (name === undefined || odd === undefined) return null
	const [oddity, put] = odd
	await replaceBy(put, join(directory, name))
	return `${name} is ${oddity}`
}
