/** libgpiod's programs: stand-ins of both versions on PATH, and the real ones' own words where they are installed. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { findGpio } from '#src/capture/gpio/find-gpio.js'
import { chooseGpioWay, parseToolsVersion } from '#src/capture/gpio/gpio-way.js'
import { GpiodGpio, gpiosetWords, inputWords } from '#src/capture/gpio/gpiod.js'
import { systemClock } from '#src/platform/clock.js'

const patience = { timeout: 30_000, interval: 10 }
const options = { clock: systemClock, random: () => 0 }

/** The flags that a version takes before its first line, of those that Testigo might use; any other ends it. */
const grammars = {
	1: { mon: '--line-buffered|--format=%e|--bias=pull-up', get: '--bias=pull-up', set: '--mode=signal' },
	2: {
		mon: '--format=%e|--chip=gpiochip0|--bias=pull-up',
		get: '--numeric|--chip=gpiochip0|--bias=pull-up',
		set: '--chip=gpiochip0',
	},
} as const

/** Lines as files: `level` is read, `edges` is printed as it grows, `held` says what is driven and by whom. */
async function install(major: 1 | 2) {
	const home = await mkdtemp(join(tmpdir(), 'testigo-gpio-'))
	onTestFinished(() => rm(home, { recursive: true, force: true }))
	const bin = join(home, 'bin')
	await mkdir(bin)
	const words = (allowed: string) => `#!/bin/sh
if [ "$1" = --version ]; then echo "\${0##*/} (libgpiod) v${major === 1 ? '1.6.3' : '2.2.1'}"; exit 0; fi
while :; do
	case $1 in
		${allowed}) shift ;;
		-*) echo "unrecognized option '$1'" >&2; exit 1 ;;
		*) break ;;
	esac
done
${major === 1 ? 'if [ "$1" != gpiochip0 ]; then echo "no chip $1" >&2; exit 1; fi\nshift' : ''}
`
	const programs = {
		gpiodetect: `#!/bin/sh
echo 'gpiochip0 [pinctrl-rp1] (54 lines)'
echo 'gpiochip10 [gpio-brcmstb@107d508500] (32 lines)'
`,
		gpioget: `${words(grammars[major].get)}cat ${home}/level\n`,
		gpiomon: `${words(grammars[major].mon)}echo $$ >> ${home}/monitors
exec tail -n +1 -s 0.02 -f ${home}/edges
`,
		// A line is had by one at a time.
		gpioset: `${words(grammars[major].set)}if ! mkdir ${home}/taken 2>/dev/null; then echo busy >&2; exit 1; fi
trap 'rmdir ${home}/taken; exit 0' TERM
echo "$1" >> ${home}/held
while :; do sleep 0.02; done
`,
	}
	for (const [name, text] of Object.entries(programs)) {
		await writeFile(join(bin, name), text)
		await chmod(join(bin, name), 0o755)
	}
	await writeFile(join(home, 'level'), '1\n')
	await writeFile(join(home, 'edges'), '')
	vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`)
	onTestFinished(() => {
		vi.unstubAllEnvs()
	})
	const kept = async (name: string) =>
		(await readFile(join(home, name), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
	return { home, kept, gpio: new GpiodGpio({ major, chip: 'gpiochip0' }, options) }
}

describe.each([1, 2] as const)('version %i', (major) => {
	const falling = major === 1 ? '0\n' : '2\n'

	test('is found and chosen', async () => {
		await install(major)
		const way = chooseGpioWay({ ...(await findGpio()), sysfs: null })
		expect(way).toMatchObject({ way: 'tools', major, chip: 'gpiochip0' })
	})

	test('an input: its level now, then its edges; one that ends is heard again from where it stands', async () => {
		const { home, kept, gpio } = await install(major)
		const line = gpio.input(17, 'pull-up')
		onTestFinished(() => line.stop())
		const levels: boolean[] = []
		expect(await line.start((high) => levels.push(high))).toEqual({ ok: true, value: true })
		expect(levels).toEqual([true])
		await appendFile(join(home, 'edges'), `${falling}1\n`)
		await vi.waitUntil(() => levels.length === 3, patience)
		expect(levels).toEqual([true, false, true])

		await writeFile(join(home, 'level'), '0\n')
		await writeFile(join(home, 'edges.new'), '')
		await rename(join(home, 'edges.new'), join(home, 'edges'))
		const [first] = await kept('monitors')
		process.kill(Number(first))
		await vi.waitUntil(() => levels.length === 4, patience)
		expect(levels.at(-1)).toBe(false)
		await vi.waitUntil(async () => (await kept('monitors')).length === 2, patience)
		const [, second] = await kept('monitors')
		await line.stop()
		expect(existsSync(`/proc/${second}`)).toBe(false)
	})

	test('an input that can’t be had says why, and is tried again', async () => {
		const { home, gpio } = await install(major)
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
		const { home, kept, gpio } = await install(major)
		const line = gpio.output(4)
		onTestFinished(() => line.stop())
		await line.start(false)
		await vi.waitUntil(async () => (await kept('held')).length === 1, patience)
		line.set(true)
		await vi.waitUntil(async () => (await kept('held')).length === 2, patience)
		for (const high of [false, true, false, true, false]) line.set(high)
		await vi.waitUntil(async () => (await kept('held')).length === 3, patience)
		await line.stop()
		expect(await kept('held')).toEqual(['4=0', '4=1', '4=0'])
		expect(existsSync(join(home, 'taken'))).toBe(false)
	})
})

const real = realVersion()

describe.skipIf(real === undefined)(
	`the real gpiod${real === undefined ? ': not installed' : ` ${real}`}`,
	() => {
		const major = real?.startsWith('1.') ? 1 : 2
		const chip = { major, chip: 'gpiochip0' } as const
		const { gpioget, gpiomon } = inputWords(chip, 17, 'pull-up')

		test.each([
			['gpioget', gpioget],
			['gpiomon', gpiomon],
			['gpioset', gpiosetWords(chip, 4, true)],
		])('%s takes every flag that it is given', (name, words) => {
			const help = execFileSync(name, ['--help'], { encoding: 'utf8' })
			const flags = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '')
			for (const flag of flags) expect(help).toMatch(new RegExp(`(^|\\s)${flag}\\b`, 'm'))
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
