/** What is written to standard output or error passes `src/cli/output.ts` or `event-log.ts`, line by line. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { filesOf } from './tree.ts'

/** Where the streams may be written to: each makes fit what it writes, or is a child whose parent reads it. */
const writers = new Set([
	...['src/cli/output.ts', 'src/cli/event-log.ts'],
	...['src/doctor/owner-process.ts', 'src/stick/receipts-keeper-process.ts'],
])

/** Who may be handed a stream: to draw in it or to ask on it, or as a log. */
const takers = /\b(eventLog|createInterface|DemoDisplay)$/

/** What of a stream may be read. */
const measures = new Set(['isTTY', 'columns', 'rows'])

/** What is wrong with `root`/src, a line each. */
export async function checkOutput(root: string): Promise<string[]> {
	const files = (await filesOf(join(root, 'src'), '.ts')).map((file) => `src/${file}`)
	const wrong = await Promise.all(
		files
			.filter((file) => !writers.has(file))
			.map(async (file) => {
				const refused = refusedIn(file, await readFile(join(root, file), 'utf8'))
				return refused.map((what) => `${file}: ${what} writes past src/cli/output.ts`)
			}),
	)
	return wrong.flat()
}

function refusedIn(file: string, text: string): string[] {
	const refused: string[] = []
	/** Where a stream stands as it may. */
	const known = new Set<number>()
	const isStream = (of: string) => /^process\.(stdout|stderr)$/.test(of)
	const source = ({ start, end }: { start: number; end: number }) => text.slice(start, end)
	new Visitor({
		CallExpression({ callee, arguments: given }) {
			if (takers.test(source(callee))) know(given)
		},
		NewExpression({ callee, arguments: given }) {
			if (takers.test(source(callee))) know(given)
		},
		// The terminal that is a kiosk's display.
		Property({ key, value }) {
			if (source(key) === 'screen' && isStream(source(value))) known.add(value.start)
		},
		// What draws a bar of its own in it.
		AssignmentPattern({ right }) {
			if (file === 'src/cli/progress.ts') known.add(right.start)
		},
		// Its size, or whether it is a terminal.
		VariableDeclarator({ id, init }) {
			if (id.type !== 'ObjectPattern' || !init) return
			const names = id.properties.map((one) => ('key' in one ? source(one.key) : '...'))
			if (names.every((name) => measures.has(name))) known.add(init.start)
		},
		MemberExpression(node) {
			const whole = source(node)
			if (/^console\b/.test(whole)) refused.push(whole)
			if (measures.has(source(node.property))) known.add(node.object.start)
			if (isStream(whole) && !known.has(node.start)) refused.push(whole)
		},
	}).visit(parseSync(file, text).program)
	return refused

	function know(given: readonly { start: number; end: number }[]): void {
		for (const one of given) {
			for (const { index } of source(one).matchAll(/process\.(stdout|stderr)\b(?!\.)/g))
				known.add(one.start + index)
		}
	}
}
