/**
 * Records `npm run demo` as the README shows it, `.github/demo.gif`: `npm run pages:demo`. What the terminal is sent
 * is drawn by the emulated VT100. Needs `script` (apt: bsdutils). No two runs are the same to the instant.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Picture } from '../support/panel/picture.ts'
import { Vt100Emulator } from '../support/panel/vt100-emulator.ts'

const root = join(import.meta.dirname, '../..')
/** Milliseconds between two draws of the demonstration, and for which the last one stands. */
const between = 100
const last = 4_000

const directory = mkdtempSync(join(tmpdir(), 'testigo-demo-'))
const command = `node dist/cli/testigo.js demo --actas 12 --exit --dir ${directory} 2>/dev/null`
const output = execFileSync('script', ['-qec', command, '/dev/null'], { cwd: root, encoding: 'utf8' })
rmSync(directory, { recursive: true })

const draws = output
	.slice(0, output.lastIndexOf('{'))
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the cursor goes up before each draw but the first
	.split(/(?=\u001b\[\d+A)/)
const terminal = new Vt100Emulator({ rows: 20, columns: 94 })
const shown: { readonly picture: Picture; delay: number }[] = []
for (const draw of draws) {
	terminal.take(Buffer.from(draw))
	const picture = terminal.picture()
	const before = shown.at(-1)
	if (before !== undefined && Buffer.compare(before.picture.rgb, picture.rgb) === 0) before.delay += between
	else shown.push({ picture, delay: between })
}

const delay = shown.map((frame, index) => (index === shown.length - 1 ? last : frame.delay))
const frames = await Promise.all(
	shown.map(({ picture: { rgb, width, height } }) =>
		sharp(rgb, { raw: { width, height, channels: 3 } })
			.resize({ width: 2 * width, kernel: 'nearest' })
			.png()
			.toBuffer(),
	),
)
await sharp(frames, { join: { animated: true } })
	.gif({ delay, loop: 0, colours: 16, dither: 0 })
	.toFile(join(root, '.github/demo.gif'))
