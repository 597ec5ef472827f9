/** The rooms of src/ from left to right: a file imports only from its own and from rooms to its left. */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { type Node, parseSync, type TemplateLiteral, Visitor } from 'oxc-parser'

const layers = [
	...[
		'platform',
		'acta',
		'evidence',
		'protocol',
		'receipts',
		'handover',
		'journal',
		'audit',
		'log',
		'records',
		'tally',
		'sampling',
		'archive',
	],
	...['capture', 'reading', 'sealing', 'panel', 'enrolment', 'kiosk', 'uplink', 'settings', 'central'],
	...['stick', 'transcription', 'ruling', 'publishing', 'mirroring', 'board', 'simulator', 'doctor', 'cli'],
]

/** They do not trust each other, and meet only in files (src/handover/). */
const apart = new Set(['kiosk uplink', 'uplink kiosk'])

/** What lies in src/ and is no module. */
const data = new Set(['.css', '.csv', '.md', '.png', '.svg'])

/** A text that may start a script: a thread, a process, what a `require` finds. */
const script = /^(?:[./#]|file:).*\.[cm]?[jt]sx?\b/

/** What is wrong with the places and the imports of `root`/src, a line each. */
export async function checkLayers(root: string): Promise<string[]> {
	const wrong: string[] = []
	for (const entry of await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })) {
		const file = relative(root, join(entry.parentPath, entry.name))
		if (entry.isDirectory() || data.has(extname(file))) continue
		const [, layer = '', ...rest] = file.split(sep)
		if (extname(file) !== '.ts') wrong.push(`${file}: a module of src/ ends in .ts`)
		else if (rest.length === 0) wrong.push(`${file}: lies in no folder of src/`)
		else if (!layers.includes(layer))
			wrong.push(`${file}: ${layer}/ has no place in the order of test/gate/layers.ts`)
		else {
			const refused = refusedOf(file, layer, await readFile(join(root, file), 'utf8'))
			wrong.push(...[...refused].map((what) => `${file}: ${layer}/ may not import ${what}`))
		}
	}
	return wrong.sort()
}

function refusedOf(file: string, layer: string, text: string): Set<string> {
	const { program, comments, errors } = parseSync(file, text)
	const refused = new Set(errors.map(({ message }) => `what cannot be parsed: ${message}`))
	for (const { value } of comments) if (/^\/\s*<reference\b/.test(value)) refused.add(`//${value}`)
	/** Where a text, an `import.meta` or a `createRequire` stands as it may. */
	const known = new Set<number>()
	const constants = new Map<string, string>()

	const textOf = (node: Node): string | undefined => {
		if (node.type === 'Literal' && typeof node.value === 'string') return node.value
		if (node.type === 'TemplateLiteral') return node.expressions.length === 0 ? joined(node) : undefined
		return node.type === 'Identifier' ? constants.get(node.name) : undefined
	}
	const imports = (source: Node | null | undefined) => {
		if (!source) return
		const to = textOf(source)
		known.add(source.start)
		if (to === undefined) refused.add('what is computed')
		else if (/^([./#]|file:|data:)/.test(to)) {
			const [target = '', ...rest] = placeOf(file, to)
			const isUpwards = !layers.slice(0, layers.indexOf(layer) + 1).includes(target)
			if (isUpwards || rest.length === 0 || apart.has(`${layer} ${target}`)) refused.add(to)
		}
	}
	/** A script is started by who lies beside it. */
	const mentions = (to: string) => {
		const own = file.split(sep).slice(1, -1).join('/')
		if (script.test(to) && !placeOf(file, to).join('/').startsWith(`${own}/`)) refused.add(to)
	}
	new Visitor({
		VariableDeclaration({ kind, declarations }) {
			for (const { id, init } of declarations) {
				const value = kind === 'const' && init ? textOf(init) : undefined
				if (id.type === 'Identifier' && value !== undefined) constants.set(id.name, value)
			}
		},
		ImportDeclaration: ({ source }) => imports(source),
		ExportNamedDeclaration: ({ source }) => imports(source),
		ExportAllDeclaration: ({ source }) => imports(source),
		ImportExpression: ({ source }) => imports(source),
		TSImportType: ({ source }) => imports(source),
		TSExternalModuleReference: ({ expression }) => imports(expression),
		Literal({ start, value }) {
			if (typeof value === 'string' && !known.has(start)) mentions(value)
		},
		TemplateLiteral(node) {
			if (!known.has(node.start)) mentions(joined(node))
		},
		NewExpression({ callee, arguments: [to, from] }) {
			if (callee.type !== 'Identifier' || callee.name !== 'URL' || !to || !isHere(from)) return
			if (textOf(to) !== undefined) known.add(from.start)
		},
		CallExpression({ callee, arguments: [to] }) {
			if (callee.type !== 'MemberExpression' || callee.object.type !== 'CallExpression' || !to) return
			const [from] = callee.object.arguments
			if (sourceOf(callee.property) !== 'resolve' || !isHere(from)) return
			if (!isPackage(to.type === 'TemplateLiteral' ? joined(to) : textOf(to))) return
			known.add(from.start).add(callee.object.callee.start)
		},
		ImportSpecifier({ start, imported, local }) {
			if (imported.type === 'Identifier' && imported.name === local.name) known.add(start)
		},
		Identifier({ start, name }) {
			if (name === 'createRequire' && !known.has(start)) refused.add('by createRequire')
		},
		MetaProperty({ start }) {
			if (!known.has(start)) refused.add('by a path of its own')
		},
	}).visit(program)
	return refused

	function sourceOf(node: Node): string {
		return text.slice(node.start, node.end)
	}

	function isHere(node: Node | undefined): node is Node {
		return node !== undefined && sourceOf(node) === 'import.meta.url'
	}
}

function joined({ quasis }: TemplateLiteral): string {
	return quasis.map(({ value }) => value.cooked ?? '').join('')
}

function isPackage(to: string | undefined): boolean {
	return to !== undefined && /^@?[a-z]/.test(to) && !to.includes('..') && !to.includes(':')
}

/** The folders of src/ and the file to which a text leads; nothing where that is outside. */
function placeOf(file: string, to: string): string[] {
	if (to.startsWith('#')) return []
	const { protocol, pathname } = new URL(to, `file:///at/${file}`)
	const [, , src, ...place] = decodeURIComponent(pathname).split('/')
	return protocol === 'file:' && src === 'src' ? place : []
}
