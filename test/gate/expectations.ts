/** A pattern right in what `toMatchObject` compares fits anything: it has no keys. Inside `expect.stringMatching` it counts. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Argument, type Expression, parseSync, Visitor } from 'oxc-parser'
import { filesOf } from './tree.ts'

/** What is wrong with `root`/test, a line each. */
export async function checkExpectations(root: string): Promise<string[]> {
	const files = (await filesOf(join(root, 'test'), '.ts')).map((file) => `test/${file}`)
	const wrong = await Promise.all(
		files.map(async (file) =>
			patternsIn(file, await readFile(join(root, file), 'utf8')).map(
				(pattern) => `${file}: toMatchObject compares nothing with ${pattern}: use expect.stringMatching`,
			),
		),
	)
	return wrong.flat()
}

function patternsIn(file: string, text: string): string[] {
	const found: string[] = []
	const look = (value: Expression | Argument): void => {
		if (value.type === 'Literal' && 'regex' in value) found.push(text.slice(value.start, value.end))
		if (value.type === 'SpreadElement') look(value.argument)
		if (value.type === 'ArrayExpression') for (const one of value.elements) if (one !== null) look(one)
		if (value.type === 'ObjectExpression')
			for (const one of value.properties) look(one.type === 'Property' ? one.value : one.argument)
		if (value.type === 'ConditionalExpression')
			for (const one of [value.consequent, value.alternate]) look(one)
	}
	new Visitor({
		CallExpression({ callee, arguments: given }) {
			const name = callee.type === 'MemberExpression' ? callee.property : callee
			if (name.type === 'Identifier' && name.name === 'toMatchObject') for (const one of given) look(one)
		},
	}).visit(parseSync(file, text, { preserveParens: false }).program)
	return found
}
