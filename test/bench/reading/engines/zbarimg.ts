/** The `zbarimg` command, where it is installed (Debian: zbar-tools): what a volunteer has at hand. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer, Engine, Frame } from './engine.ts'

/** POSIX `times` prints the processor time of the shell's children on its second line. */
const script = 'zbarimg --quiet --xml -Sdisable -Sqrcode.enable "$1"; times >&2'

const deadlineMs = 20_000

export class ZbarimgEngine implements Engine {
	#directory = ''

	async start(): Promise<boolean> {
		const installed = await new Promise<boolean>((resolve) => {
			execFile('zbarimg', ['--version'], (error) => resolve(error === null))
		})
		if (installed) this.#directory = await mkdtemp(join(tmpdir(), 'testigo-zbarimg-'))
		return installed
	}

	async read({ grey: { plane, width, height } }: Frame): Promise<Answer> {
		const path = join(this.#directory, 'frame.pgm')
		await writeFile(path, [Buffer.from(`P5\n${width} ${height}\n255\n`), plane])
		const begun = performance.now()
		const { xml, times } = await run(path)
		const wallMs = performance.now() - begun
		const texts = [...xml.matchAll(/<data[^>]*><!\[CDATA\[([\s\S]*?)\]\]><\/data>/g)]
		return { texts: texts.map(([, text = '']) => text), wallMs, cpuMs: childrenMs(times) }
	}

	async stop(): Promise<void> {
		if (this.#directory !== '') await rm(this.#directory, { recursive: true, force: true })
	}
}

function run(path: string): Promise<{ xml: string; times: string }> {
	return new Promise((resolve, reject) => {
		execFile('sh', ['-c', script, 'sh', path], { timeout: deadlineMs }, (error, stdout, stderr) => {
			if (error === null) resolve({ xml: stdout, times: stderr })
			else reject(error)
		})
	})
}

/** From `0m0.010s 0m0.000s`, user and system, of the children. */
function childrenMs(times: string): number | null {
	const parts = [...(times.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
	if (parts.length !== 2) return null
	return parts.reduce(
		(sum, [, minutes, seconds]) => sum + 60_000 * Number(minutes) + 1000 * Number(seconds),
		0,
	)
}
