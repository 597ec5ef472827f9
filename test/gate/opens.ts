/**
 * Who opens files by Node's own calls, outside src/platform/files: each module must stand in the list of the security
 * page, "Who opens what", and each that stands there must still do so.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { filesOf } from './tree.ts'

const page = '.github/SECURITY.md'
const heading = 'Who opens what'
/** Where it is done right for all others. */
const ground = 'src/platform/files/'

const fileSystem = /^(node:)?fs(\/promises)?$/
/** They look at what bears a name, and open nothing. */
const harmless = new Set([
	...['constants', 'access', 'existsSync', 'stat', 'fstatSync', 'lstat', 'statfs', 'readlink', 'realpath'],
])

/** What is wrong with the list of `root`, a line each. */
export async function checkOpens(root: string): Promise<string[]> {
	const text = await readFile(join(root, page), 'utf8').catch(() => '')
	const [, section = ''] = new RegExp(`^## ${heading}$(.*?)(?=^## |(?![^]))`, 'ms').exec(text) ?? []
	const listed = new Set([...section.matchAll(/\bsrc\/[\w./-]+\.ts\b/g)].map(([file]) => file))
	const opening = new Set<string>()
	for (const name of await filesOf(join(root, 'src'), '.ts')) {
		const file = `src/${name}`
		if (file.startsWith(ground)) continue
		if (opensFiles(file, await readFile(join(root, file), 'utf8'))) opening.add(file)
	}
	return [
		...[...opening]
			.filter((file) => !listed.has(file))
			.map(
				(file) =>
					`${file}: opens files by node:fs: move it onto ${ground}, or name it in ${page}, "${heading}"`,
			),
		...[...listed]
			.filter((file) => !file.startsWith(ground) && !opening.has(file))
			.map((file) => `${page}: "${heading}" names ${file}, which opens no file by node:fs`),
	]
}

function opensFiles(file: string, text: string): boolean {
	let opens = false
	new Visitor({
		ImportDeclaration({ source, importKind, specifiers }) {
			if (importKind === 'type' || !fileSystem.test(source.value)) return
			opens ||= specifiers.some(
				(one) =>
					one.type !== 'ImportSpecifier' ||
					(one.importKind !== 'type' &&
						!(one.imported.type === 'Identifier' && harmless.has(one.imported.name))),
			)
		},
		ExportNamedDeclaration({ source, exportKind }) {
			if (exportKind !== 'type' && source !== null && fileSystem.test(source.value)) opens = true
		},
		ExportAllDeclaration({ source, exportKind }) {
			if (exportKind !== 'type' && fileSystem.test(source.value)) opens = true
		},
		ImportExpression({ source }) {
			if (source.type === 'Literal' && fileSystem.test(String(source.value))) opens = true
		},
		CallExpression({ arguments: [to] }) {
			if (to?.type === 'Literal' && fileSystem.test(String(to.value))) opens = true
		},
	}).visit(parseSync(file, text).program)
	return opens
}
