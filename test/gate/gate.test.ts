/** Each check of the gate on a small tree in which nothing is wrong, and with one thing planted in it. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { generatedPages, generatedPictures } from '../pages/pages.ts'
import { inDirectory } from '../support/in-directory.ts'
import { execute } from '../support/processes.ts'
import { checkExpectations } from './expectations.ts'
import { checkLayers } from './layers.ts'
import { checkLinks } from './links.ts'
import { checkOpens } from './opens.ts'
import { checkOutput } from './output.ts'
import { checkPages } from './pages.ts'
import { checkUnused } from './unused.ts'

const root = join(import.meta.dirname, '../..')
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')

const sound = {
	'package.json':
		'{ "name": "small", "type": "module", "bin": "src/cli/testigo.ts", "imports": { "#src/*.js": "./src/*.ts" } }\n',
	'tsconfig.json': '{ "compilerOptions": { "module": "nodenext" }, "include": ["src", "test"] }\n',
	'src/cli/testigo.ts': "import { start } from '../kiosk/kiosk.ts'\n\nstart()\n",
	'src/kiosk/kiosk.ts':
		"import { now } from '../platform/clock.ts'\n\nexport function start(): void {\n\tnow()\n}\n",
	'src/platform/clock.ts': 'export function now(): number {\n\treturn 0\n}\n',
	'test/kiosk.test.ts': "import { start } from '#src/kiosk/kiosk.js'\n\nstart()\n",
	'README.md':
		'# Small\n\n## What it is, in `words`\n\n[the clock](src/platform/clock.ts), [words](#what-it-is-in-words)\n',
	'src/README.md': '[up](../README.md#small) `[none](none.md)` [far](https://example.org/none#none)\n',
}

async function withPlanted<T>(
	planted: Readonly<Record<string, string | Buffer>>,
	check: (root: string) => Promise<T>,
) {
	return await inDirectory(async (directory) => {
		for (const [path, text] of Object.entries({ ...sound, ...planted })) {
			await mkdir(dirname(join(directory, path)), { recursive: true })
			await writeFile(join(directory, path), text)
		}
		return await check(directory)
	})
}

test('a sound tree passes', async () => {
	for (const check of [checkLayers, checkLinks, checkOutput, checkUnused, checkCircles])
		expect(await withPlanted({}, check)).toEqual([])
})

const upwards: [string, string, string, string?][] = [
	['a value', 'src/platform/clock.ts', "import { start } from '../kiosk/kiosk.ts'\n"],
	['a type', 'src/platform/clock.ts', "import type { Kiosk } from '../kiosk/kiosk.ts'\n"],
	['a type in its place', 'src/platform/clock.ts', "export type Kiosk = import('../kiosk/kiosk.ts').Kiosk\n"],
	['what passes on', 'src/platform/clock.ts', "export * from '../kiosk/kiosk.ts'\n"],
	['what a type names', 'src/platform/clock.ts', "export type Kiosk = import('../kiosk/kiosk.ts').Kiosk\n"],
	['when it runs', 'src/platform/clock.ts', "await import('../kiosk/kiosk.ts')\n"],
	['as a template', 'src/platform/clock.ts', 'await import(`../kiosk/kiosk.ts`)\n', '../kiosk/kiosk.ts'],
	['after a comment', 'src/platform/clock.ts', "export * from /* up */ '../kiosk/kiosk.ts'\n"],
	['in double quotes', 'src/platform/clock.ts', 'import "../kiosk/kiosk.ts"\n', '../kiosk/kiosk.ts'],
	['by a constant', 'src/platform/clock.ts', "const up = '../kiosk/kiosk.ts'\nawait import(up)\n"],
	['computed', 'src/platform/clock.ts', "await import('../kiosk/' + name)\n", 'what is computed'],
	['an uplink from a kiosk', 'src/kiosk/devices/line.ts', "import '../../uplink/uplink.ts'\n"],
	['a kiosk from an uplink', 'src/uplink/uplink.ts', "import type { Kiosk } from '../kiosk/kiosk.ts'\n"],
	['by the name for tests', 'src/kiosk/kiosk.ts', "import '#src/uplink/uplink.js'\n"],
	['what lies in no room', 'src/cli/demo.ts', "import '../bridge.ts'\n"],
	['what is outside src/', 'src/cli/demo.ts', "import '../../test/kiosk.test.ts'\n"],
	['a thread', 'src/kiosk/kiosk.ts', "new Worker(new URL('../uplink/x.js', import.meta.url))\n"],
	['a path', 'src/cli/demo.ts', "join(import.meta.dirname, 'x.js')\n", 'by a path of its own'],
	['with require', 'src/cli/demo.ts', 'createRequire(import.meta.url)(name)\n', 'by createRequire'],
	[
		'a reference',
		'src/cli/demo.ts',
		"/// <reference path='../x.ts' />\n",
		"/// <reference path='../x.ts' />",
	],
]

test.each(upwards)('an import upwards is refused: %s', async (_, file, text, what) => {
	const [, layer] = file.split('/')
	const wrong = await withPlanted({ [file]: text }, checkLayers)
	expect(wrong).toContain(`${file}: ${layer}/ may not import ${what ?? text.match(/'(.*?)'/)?.[1]}`)
})

test.each([
	['src/bridge.ts', 'lies in no folder of src/'],
	['src/kiosk/bridge.mts', 'a module of src/ ends in .ts'],
	['src/kiosk/bridge.js', 'a module of src/ ends in .ts'],
	['src/kiosk/bridge.cts', 'a module of src/ ends in .ts'],
	['src/kiosk/dist/bridge', 'a module of src/ ends in .ts'],
])('%s is refused: %s', async (file, why) => {
	expect(await withPlanted({ [file]: 'export {}\n' }, checkLayers)).toEqual([`${file}: ${why}`])
})

test('a package, what lies beside it, and data are found by their paths', async () => {
	const text = `createRequire(import.meta.url).resolve('zxing-wasm/writer/writer.wasm')
new Worker(new URL('./seal-thread.js', import.meta.url))
new URL('../../package.json', import.meta.url)
`
	expect(await withPlanted({ 'src/kiosk/kiosk.ts': text }, checkLayers)).toEqual([])
})

test('a room without a place in the order is refused', async () => {
	const wrong = await withPlanted({ 'src/attic/box.ts': 'export {}\n' }, checkLayers)
	expect(wrong).toEqual(['src/attic/box.ts: attic/ has no place in the order of test/gate/layers.ts'])
})

test.each([
	['of values', "import { now } from './clock.ts'\n\nexport const later = () => now() + 1\n"],
	['of types', "import type { now } from './clock.ts'\n\nexport type Later = typeof now\n"],
])('a circle %s is refused', async (_, later) => {
	const isTypes = later.includes('type Later')
	const back = isTypes ? "import type { Later } from './later.ts'\n" : "import { later } from './later.ts'\n"
	const use = isTypes
		? 'export const now: Later | (() => number) = () => 0\n'
		: 'export const now = () => later()\n'
	const planted = { 'src/platform/later.ts': later, 'src/platform/clock.ts': `${back}\n${use}` }
	expect(String(await withPlanted(planted, checkCircles))).toContain('noImportCycles')
})

test('an unused export, type, file or package is refused, and what only tests use', async () => {
	const clock = `${sound['src/platform/clock.ts']}\nexport type Time = number\n\nexport const tick = now\n`
	expect(await withPlanted({ 'src/platform/clock.ts': clock }, checkUnused)).toEqual(
		expect.arrayContaining(['src/platform/clock.ts: tick', 'src/platform/clock.ts: Time']),
	)
	const file = { 'src/platform/spare.ts': 'export const spare = 1\n' }
	expect(await withPlanted(file, checkUnused)).toContain('src/platform/spare.ts: src/platform/spare.ts')
	const tested = {
		...file,
		'test/spare.test.ts': "import { spare } from '#src/platform/spare.js'\n\nspare\n",
	}
	expect(await withPlanted(tested, checkUnused)).toContain('src/platform/spare.ts: src/platform/spare.ts')
	const onlyTested = {
		'src/platform/clock.ts': `${sound['src/platform/clock.ts']}\nexport const tick = 1\n`,
		'test/clock.test.ts': "import { tick } from '#src/platform/clock.js'\n\ntick\n",
	}
	expect(await withPlanted(onlyTested, checkUnused)).toContain('src/platform/clock.ts: tick')
	const thread = { 'src/platform/spare-thread.ts': 'export {}\n', 'src/platform/spare.mts': 'export {}\n' }
	expect(await withPlanted(thread, checkUnused)).toEqual(
		expect.arrayContaining(Object.keys(thread).map((path) => expect.stringContaining(path))),
	)
	const tagged = `${sound['src/platform/clock.ts']}\n/** @${'public'} */\nexport const tick = 1\n`
	expect(await withPlanted({ 'src/platform/clock.ts': tagged }, checkUnused)).toEqual([
		'src/platform/clock.ts: a tag exempts from being used',
	])
	const helped = { 'test/help.ts': 'export const help = 1\n' }
	expect(await withPlanted(helped, checkUnused)).toContain('test/help.ts: test/help.ts')
	const bought = sound['package.json'].replace('{ ', '{ "dependencies": { "zod": "4.0.0" }, ')
	expect(await withPlanted({ 'package.json': bought }, checkUnused)).toContain('package.json: zod')
})

test.each([
	['file', '[a](none.md)', 'none.md'],
	['heading', '[a](README.md#none)', 'README.md#none'],
	['out of the tree', '[a][c]\n\n[c]: ../out.md', '../out.md'],
	['defined in a quotation', '> [c]: none.md', 'none.md'],
	['in single quotes', "[a](none.md 'title')", 'none.md'],
	['with spaces', '[a](<no such.md>)', 'no%20such.md'],
	['broken escape', '[a](%ZZ.md)', '%ZZ.md'],
	['what is made', '[a](node_modules/x.md)', 'node_modules/x.md'],
	['what is compiled', '[a](dist/x.md)', 'dist/x.md'],
	['picture', '<img src="none.png">', 'none.png'],
	['picture in capitals', '<IMG SRC=none.png>', 'none.png'],
	['HTML in single quotes', "text <a href='none.md'>", 'none.md'],
	['HTML without quotes', '<a title="a > b" href=none.md>', 'none.md'],
	['second of a set', '<source srcset="README.md, none.png 2x">', 'none.png'],
])('a dead link is refused: %s', async (_, text, target) => {
	const planted = { 'PAGE.md': `${text}\n`, 'dist/x.md': '', 'node_modules/x.md': '' }
	expect(await withPlanted(planted, checkLinks)).toEqual([`PAGE.md: ${target} leads nowhere`])
})

test.each([
	['process.stdout', "process.stdout.write('x')"],
	['process.stderr', 'const { write } = process.stderr'],
	['process.stderr', 'const to = process.stderr'],
	['console.error', "console.error('x')"],
	['console.log', 'const say = console.log'],
])('what writes past the one way out is refused: %s', async (what, text) => {
	expect(await withPlanted({ 'src/cli/demo.ts': `${text}\n` }, checkOutput)).toEqual([
		`src/cli/demo.ts: ${what} writes past src/cli/output.ts`,
	])
})

test('a terminal may be measured, drawn in and asked on, and be a log', async () => {
	const text = `if (process.stderr.isTTY) eventLog('kiosk', x ? process.stderr : process.stdout)
const { columns, isTTY } = process.stdout
createInterface({ input: process.stdin, output: process.stderr })
`
	expect(await withPlanted({ 'src/cli/demo.ts': text }, checkOutput)).toEqual([])
})

test.each([
	['{ code: /x/ }', '/x/'],
	['[{ at: [/x y/i] }]', '/x y/i'],
	['{ ...(isOne ? { detail: /x/ } : {}) }', '/x/'],
])('a pattern that fits anything is refused: %s', async (expected, pattern) => {
	const planted = { 'test/kiosk.test.ts': `await expect(one).resolves.toMatchObject(${expected})\n` }
	expect(await withPlanted(planted, checkExpectations)).toEqual([
		`test/kiosk.test.ts: toMatchObject compares nothing with ${pattern}: use expect.stringMatching`,
	])
})

test('a pattern may be what a text is held against, or is made of', async () => {
	const text = `expect(one).toMatchObject({ code: expect.stringMatching(/x/), at: text.replace(/x/, '') })
expect(one).toMatch(/x/)
`
	expect(await withPlanted({ 'test/kiosk.test.ts': text }, checkExpectations)).toEqual([])
})

const list = (files: string) =>
	`# Security\n\n## Who opens what\n\n${files}\n\n## More\n\nsrc/cli/testigo.ts\n`

test.each([
	["import { readFile } from 'node:fs/promises'\n", true],
	["import { type Stats, createReadStream } from 'node:fs'\n", true],
	["import fs from 'fs'\n", true],
	["import * as fs from 'node:fs'\n", true],
	["export * from 'node:fs'\n", true],
	["const fs = await import('node:fs')\n", true],
	["const fs = process.getBuiltinModule('node:fs')\n", true],
	["import type { FileHandle } from 'node:fs/promises'\n", false],
	["import { constants, lstat, type Stats } from 'node:fs'\n", false],
])('who opens files stands in the list, and nobody else: %s', async (line, opens) => {
	const planted = { 'src/platform/clock.ts': line, 'src/platform/files/plain.ts': line }
	const refused = await withPlanted({ ...planted, '.github/SECURITY.md': list('none') }, checkOpens)
	expect(refused.map((one) => one.split(':')[0])).toEqual(opens ? ['src/platform/clock.ts'] : [])
	const listed = list('| kiosk | `src/platform/clock.ts`, `src/platform/files/plain.ts` |')
	const stale = await withPlanted({ ...planted, '.github/SECURITY.md': listed }, checkOpens)
	expect(stale.length).toBe(opens ? 0 : 1)
})

test('a link to what is defined nowhere is refused', async () => {
	const wrong = ['PAGE.md: [a][none] is defined nowhere', 'PAGE.md: [b][] is defined nowhere']
	expect(await withPlanted({ 'PAGE.md': '[a][none], **[b][]**\n' }, checkLinks)).toEqual(wrong)
})

test('what only looks like a link is not one', async () => {
	const text = `Text

    [a](none.md)

<!-- [a](none.md) <img src="none.png"> -->
\`\`[a](none.md) \` [b][none]\`\` \\[a](none.md) \\[a][none] \`<img src="none.png">\` href="none.md"

[a b](<a b.md#two>) [q](a%20b.md?plain=1) [far](//example.org/none)
`
	expect(await withPlanted({ 'PAGE.md': text, 'a b.md': 'Two\n---\n' }, checkLinks)).toEqual([])
})

test('every link of the README leads somewhere', async () => {
	expect(await checkLinks(root, ['README.md'])).toEqual([])
})

test('a generated page or picture is refused that is not of now, or is away, and a picture that nothing makes', async () => {
	const current = Object.fromEntries([...(await generatedPages()), ...(await generatedPictures())])
	expect(await withPlanted(current, checkPages)).toEqual([])
	expect(Object.keys(current)).toContain('provisioning/verify/verify.html')
	const wrong = Object.keys(current).map((path) => `${path}: not of now, npm run pages writes it`)
	const other = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
		.png()
		.toBuffer()
	const stale = Object.entries(current).map(([path, now]) => [
		path,
		typeof now === 'string' ? `${now}\n` : other,
	])
	expect(await withPlanted(Object.fromEntries(stale), checkPages)).toEqual(wrong)
	expect(await withPlanted({}, checkPages)).toEqual(wrong)
	const orphan = 'src/panel/pictures/old.png'
	const more = { ...current, [orphan]: other }
	expect(await withPlanted(more, checkPages)).toEqual([`${orphan}: nothing makes it any more`])
})

test('what is generated here is of now', async () => {
	expect(await checkPages(root)).toEqual([])
})

/** By the linter, with the configuration of this repository. */
async function checkCircles(directory: string): Promise<string[]> {
	for (const file of ['.biome.json', '.gitignore']) await copyFile(join(root, file), join(directory, file))
	const words = [biome, 'lint', '--only=suspicious/noImportCycles', '.']
	return await execute(process.execPath, words, { cwd: directory }).then(
		() => [],
		(error: { stdout: string; stderr: string }) => [error.stdout + error.stderr],
	)
}
