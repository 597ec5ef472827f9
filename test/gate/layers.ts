/** The rooms of src/ from left to right: a file imports only from its own and from rooms to its left. */
import { readFile } from 'node:fs/promises'
import { join, normalize, sep } from 'node:path'
import { type Expression, parseSync, Visitor } from 'oxc-parser'
import { filesOf } from './tree.ts'

const layers = [
	...['platform', 'acta', 'evidence', 'protocol', 'receipts', 'handover', 'journal', 'audit', 'tally'],
	...['capture', 'reading', 'sealing', 'panel', 'enrolment', 'kiosk', 'uplink', 'settings', 'central'],
	...['stick', 'simulator', 'doctor', 'cli'],
]

/** They do not trust each other, and meet only in files (src/handover/). */
const apart = new Set(['kiosk uplink', 'uplink kiosk'])

/** What a module imports of its neighbours, types too, also when it runs. */
function importsOf(file: string, text: string): string[] {
	const found: string[] = []
	const note = ({ source }: { readonly source: Expression | null }) => {
		if (source?.type === 'Literal' && String(source.value).startsWith('.')) found.push(String(source.value))
	}
	const everyKind = {
		...{ ImportDeclaration: note, ExportAllDeclaration: note, ExportNamedDeclaration: note },
		...{ ImportExpression: note, TSImportType: note },
	}
	new Visitor(everyKind).visit(parseSync(file, text).program)
	return found
}

/** What is wrong with the imports of `root`/src, a line each. */
export async function checkLayers(root: string): Promise<string[]> {
	const wrong: string[] = []
	for (const file of await filesOf(join(root, 'src'), '.ts')) {
		const [layer = '', ...rest] = file.split(sep)
		if (rest.length === 0) continue
		const at = layers.indexOf(layer)
		if (at === -1) wrong.push(`src/${file}: ${layer}/ has no place in the order of test/gate/layers.ts`)
		for (const to of importsOf(file, await readFile(join(root, 'src', file), 'utf8'))) {
			const [target = ''] = normalize(join(layer, ...rest, '..', to)).split(sep)
			const isUpwards = layers.indexOf(target) > at || apart.has(`${layer} ${target}`)
			if (isUpwards || target === '..') wrong.push(`src/${file}: ${layer}/ may not import ${to}`)
		}
	}
	return wrong
}
