/** The units, as systemd itself judges them: that it understands every line, and how much they leave open. */
import { spawnSync } from 'node:child_process'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { inDirectory } from '../support/in-directory.ts'

const units = fileURLToPath(new URL('../../systemd', import.meta.url))
const limits = fileURLToPath(new URL('../../provisioning/broker/limits.conf', import.meta.url))

function analyze(...words: string[]): { status: number | null; out: string; err: string } {
	const ended = spawnSync('systemd-analyze', words, {
		encoding: 'utf8',
		env: { ...process.env, SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' },
	})
	return { status: ended.status, out: ended.stdout ?? '', err: ended.stderr ?? '' }
}

const reason = analyze('--version').status === 0 ? null : 'skipped, no systemd-analyze (apt install systemd)'
const titled = (title: string) => (reason === null ? title : `${title}: ${reason}`)

/** Tenths, as `--threshold` counts. */
const most: readonly [string, number][] = [
	['testigo-kiosk.service', 10],
	['testigo-uplink.service', 13],
	['testigo-central.service', 13],
	['testigo-board.service', 13],
	['testigo-publish.service', 10],
]

/** The units with a program that is there in place of the one that a package would install. */
async function unitsWithProgram(directory: string, change = (text: string) => text): Promise<string[]> {
	const program = join(directory, 'testigo')
	await writeFile(program, '#!/bin/sh\n', { mode: 0o755 })
	await cp(units, join(directory, 'units'), { recursive: true })
	const paths: string[] = []
	for (const name of await readdir(units)) {
		if (!/\.(service|target|timer)$/.test(name)) continue
		const path = join(directory, 'units', name)
		const text = await readFile(path, 'utf8')
		await writeFile(path, change(text.replaceAll('/usr/bin/testigo', program)))
		paths.push(name.includes('@.') ? path.replace('@.', '@testigo-kiosk.') : path)
	}
	return paths
}

describe.skipIf(reason !== null)(titled('systemd-analyze'), () => {
	test('verify has nothing to say of the units', () =>
		inDirectory(async (directory) => {
			const paths = await unitsWithProgram(directory)
			expect(paths.length).toBe(7)
			expect(analyze('verify', ...paths)).toEqual({ status: 0, out: '', err: '' })
		}))

	test('verify has nothing to say of the examples either', () =>
		inDirectory(async (directory) => {
			const paths = await unitsWithProgram(directory)
			const dropIns = join(directory, 'units', 'testigo-kiosk.service.d')
			await cp(join(units, 'examples'), dropIns, { recursive: true })
			expect(await readdir(dropIns)).not.toEqual([])
			expect(analyze('verify', ...paths)).toEqual({ status: 0, out: '', err: '' })
		}))

	test('verify has nothing to say of what limits the broker', () =>
		inDirectory(async (directory) => {
			await unitsWithProgram(directory)
			const path = join(directory, 'units', 'mosquitto.service')
			await writeFile(path, `[Service]\nType=notify\nExecStart=${join(directory, 'testigo')}\n`)
			await cp(limits, join(`${path}.d`, 'testigo.conf'))
			expect(analyze('verify', path)).toEqual({ status: 0, out: '', err: '' })
		}))

	test('verify would say so of a key that this systemd does not know', () =>
		inDirectory(async (directory) => {
			const paths = await unitsWithProgram(directory, (text) =>
				text.replace('[Service]', '[Service]\nNot=known'),
			)
			expect(analyze('verify', ...paths).err).toMatch(/Unknown key/)
		}))

	test.each(most)('security of %s is at most %i tenths', (name, tenths) => {
		const judged = analyze('security', '--offline=true', `--threshold=${tenths}`, join(units, name))
		expect(judged.out).toMatch(/Overall exposure level/)
		expect(judged.status, judged.out.split('\n').at(-2)).toBe(0)
	})

	test.each(most)('security would not let %s through that runs as root', (name, tenths) =>
		inDirectory(async (directory) => {
			const path = join(directory, name)
			const text = await readFile(join(units, name), 'utf8')
			await writeFile(path, text.replace(/^(User|Group|CapabilityBoundingSet|SystemCallFilter)=.*$/gm, ''))
			expect(analyze('security', '--offline=true', `--threshold=${tenths}`, path).status).toBe(1)
		}),
	)
})
