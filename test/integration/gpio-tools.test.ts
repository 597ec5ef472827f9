/** libgpiod's programs: stand-ins of both versions on PATH, and the real ones' own words where they are installed. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { findGpio } from '#src/capture/gpio/find-gpio.js'
import { chooseGpioWay, parseToolsVersion } from '#src/capture/gpio/gpio-way.js'
import { gpioArguments, gpiosetWords } from '#src/capture/gpio/gpiod.js'
import { installFakeGpio } from '../support/fake-gpio.ts'
import { edgeLine } from '../support/gpio-programs.ts'

const patience = { timeout: 120_000, interval: 10 }

describe.each([1, 2] as const)('version %i', (major) => {
	const falling = major === 1 ? '0\n' : '2\n'

	test('is found and chosen', async () => {
		await installFakeGpio(major)
		const way = chooseGpioWay({ ...(await findGpio()), sysfs: null })
		expect(way).toMatchObject({ way: 'tools', major, chip: 'gpiochip0' })
	})

	test('an input: its level now, then its edges; one that ends is heard again from where it stands', async () => {
		const { home, kept, gpio } = await installFakeGpio(major)
		const line = gpio.input(17, 'pull-up')
		onTestFinished(() => line.stop())
		const levels: boolean[] = []
		expect(await line.start((high) => levels.push(high))).toEqual({ ok: true, value: true })
		expect(levels).toEqual([true])
		await appendFile(join(home, 'edges'), edgeLine(major, false) + edgeLine(major, true))
		await vi.waitUntil(() => levels.length === 3, patience)
		expect(levels).toEqual([true, false, true])

		await writeFile(join(home, 'level'), '0\n')
		const [first] = await kept('monitors')
		process.kill(Number(first))
		await vi.waitUntil(() => levels.length === 4, patience)
		expect(levels.at(-1)).toBe(false)
		await vi.waitUntil(async () => (await kept('monitors')).length === 2, patience)
		const [, second] = await kept('monitors')
		await line.stop()
		expect(existsSync(`/proc/${second}`)).toBe(false)
	})

	test('an edge says when it was, by whatever clock', async () => {
		const { home, gpio } = await installFakeGpio(major)
		const line = gpio.input(17, 'none')
		onTestFinished(() => line.stop())
		const times: (number | undefined)[] = []
		await line.start((_, atMs) => times.push(atMs))
		const edges = edgeLine(major, false, 150) + edgeLine(major, true)
		await appendFile(join(home, 'edges'), `${edges}${falling}`)
		await vi.waitUntil(() => times.length === 4, patience)
		const [first, fell, rose, last] = times
		expect([first, last]).toEqual([undefined, undefined])
		const stoodMs = Number(rose) - Number(fell)
		expect(stoodMs).toBeGreaterThanOrEqual(150)
		expect(stoodMs).toBeLessThan(1_150)
	})

	test('an input that can’t be had says why, and is tried again', async () => {
		const { home, gpio } = await installFakeGpio(major)
		const line = gpio.input(17, 'none')
		onTestFinished(() => line.stop())
		await rm(join(home, 'level'))
		const levels: boolean[] = []
		expect(await line.start((high) => levels.push(high))).toMatchObject({
			fault: { code: 'gpio', detail: expect.stringMatching(/^gpioget fails: .*No such file/) },
		})
		await writeFile(join(home, 'level'), '0\n')
		await vi.waitUntil(() => levels.length > 0, patience)
		expect(levels).toEqual([false])
	})

	test('an output is held by one program at a time; of many changes the newest stands', async () => {
		const { home, kept, gpio } = await installFakeGpio(major)
		const line = gpio.output(4)
		onTestFinished(() => line.stop(false))
		await line.start(false)
		await vi.waitUntil(async () => (await kept('held')).length === 1, patience)
		line.set(true)
		await vi.waitUntil(async () => (await kept('held')).length === 2, patience)
		for (const high of [false, true, false, true, false]) line.set(high)
		await vi.waitUntil(async () => (await kept('held')).length === 3, patience)
		await line.stop(true)
		expect(await kept('held')).toEqual(['4=0', '4=1', '4=0', '4=1'])
		expect(existsSync(join(home, 'taken-4'))).toBe(false)
	})
})

const real = realVersion()

describe.skipIf(real === undefined)(
	`the real gpiod${real === undefined ? ': not installed' : ` ${real}`}`,
	() => {
		const major = real?.startsWith('1.') ? 1 : 2
		const chip = { major, chip: 'gpiochip0' } as const
		const { gpioget, gpiomon } = gpioArguments(chip, 17, 'pull-up')

		test.each([
			['gpioget', gpioget],
			['gpiomon', gpiomon],
			['gpioset', gpiosetWords(chip, 4, true, 'hold')],
			['gpioset', gpiosetWords(chip, 4, false, 'set')],
		])('%s takes every flag that it is given', (name, words) => {
			const help = execFileSync(name, ['--help'], { encoding: 'utf8' })
			const flags = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '')
			for (const flag of flags) expect(help).toMatch(new RegExp(`(^|\\s)${flag}\\b`, 'm'))
		})

		test('gpiomon knows every part of the format', () => {
			const help = execFileSync('gpiomon', ['--help'], { encoding: 'utf8' })
			const format = gpiomon.find((word) => word.startsWith('--format=')) ?? ''
			const parts = format.match(/%\w/g) ?? []
			expect(parts.length).toBeGreaterThan(1)
			for (const part of parts) expect(help).toMatch(new RegExp(`^\\s*${part}\\b`, 'm'))
		})
	},
)

function realVersion(): string | undefined {
	try {
		return parseToolsVersion(execFileSync('gpiomon', ['--version'], { encoding: 'utf8' }))
	} catch {
		return undefined
	}
}
