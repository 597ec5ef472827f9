/** libgpiod's programs on PATH, of either version, over plain files. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { GpiodGpio } from '#src/capture/gpio/gpiod.js'
import { systemClock } from '#src/platform/clock.js'
import { writeGpioPrograms } from './gpio-programs.ts'

/** Lines as files: `level` is read, what `edges` grows by is printed, `held` says what is driven and by whom. */
export async function installFakeGpio(major: 1 | 2) {
	const home = await mkdtemp(join(tmpdir(), 'testigo-gpio-'))
	onTestFinished(() => rm(home, { recursive: true, force: true }))
	const bin = await writeGpioPrograms(home, major)
	vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`)
	onTestFinished(() => {
		vi.unstubAllEnvs()
	})
	const kept = async (name: string) =>
		(await readFile(join(home, name), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
	return {
		home,
		kept,
		gpio: new GpiodGpio({ major, chip: 'gpiochip0' }, { clock: systemClock, random: () => 0 }),
	}
}
