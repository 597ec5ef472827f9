import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const program = fileURLToPath(new URL('large-picture-process.ts', import.meta.url))
const without = spawnSync('prlimit', ['--version']).error === undefined ? null : 'skipped, needs prlimit'

async function look(...words: string[]): Promise<unknown> {
	const { stdout } = await run(process.execPath, ['--import', 'tsx', program, ...words])
	return JSON.parse(stdout)
}

test.skipIf(without !== null)(
	`a large picture is decoded and cut without a temporary file, which could lie on a disk ${without ?? ''}`,
	async () => {
		expect(await look('kept')).toEqual({ decoded: true, cut: true })
		// The control: left alone libvips makes one, and fails where it can't.
		expect(await look()).toEqual({ decoded: false, cut: false })
	},
	180_000,
)
