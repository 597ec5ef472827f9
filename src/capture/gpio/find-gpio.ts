import { execFile } from 'node:child_process'
import { access, constants, readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Clock } from '../../platform/clock.ts'
import { unreachable } from '../../platform/result.ts'
import { errorCode } from '../folder-file.ts'
import {
	chooseGpioWay,
	type GpioFindings,
	type GpioTools,
	type GpioWay,
	parseChips,
	parseToolsVersion,
	type SysfsChip,
} from './gpio-way.ts'
import { GpiodGpio } from './gpiod.ts'
import type { Gpio } from './lines.ts'
import { loadOnoff, OnoffGpio, sysfsGpio } from './onoff.ts'

/** A program that only has to print something. */
const timeoutMs = 5_000
const run = promisify(execFile)

/** Looks, changes nothing. */
export async function findGpio(): Promise<GpioFindings> {
	const [sysfs, exportable, onoff, tools] = await Promise.all([
		sysfsChips(),
		access(`${sysfsGpio}/export`, constants.W_OK).then(
			() => true,
			() => false,
		),
		loadOnoff().then((loaded) => (loaded.ok ? null : loaded.fault.detail)),
		toolsFound(),
	])
	return { sysfs, exportable, onoff, tools }
}

/** The chosen way and its lines; none where there is no way. */
export async function openGpio(
	clock: Clock,
	random: () => number,
): Promise<{ way: GpioWay; gpio: Gpio | null }> {
	const way = chooseGpioWay(await findGpio())
	switch (way.way) {
		case 'sysfs':
			return { way, gpio: new OnoffGpio(way.base, clock) }
		case 'tools':
			return { way, gpio: new GpiodGpio(way, { clock, random }) }
		case 'none':
			return { way, gpio: null }
		default:
			return unreachable(way)
	}
}

async function sysfsChips(): Promise<SysfsChip[] | null> {
	const names = await readdir(sysfsGpio).catch((error: unknown) => errorCode(error))
	if (typeof names === 'string') return null
	const read = (name: string, file: string) => readFile(`${sysfsGpio}/${name}/${file}`, 'utf8')
	const chips: SysfsChip[] = []
	for (const name of names.filter((name) => name.startsWith('gpiochip'))) {
		try {
			const [label, base, lines] = await Promise.all([
				read(name, 'label'),
				read(name, 'base'),
				read(name, 'ngpio'),
			])
			chips.push({ label: label.trim(), base: Number(base), lines: Number(lines) })
		} catch {
			// A chip that goes while it is looked at is not the header.
		}
	}
	return chips
}

async function toolsFound(): Promise<GpioTools | null> {
	try {
		const { stdout } = await run('gpiomon', ['--version'], { timeout: timeoutMs })
		const version = parseToolsVersion(stdout)
		if (version === undefined) return null
		// Without a chip that may be opened it has nothing to say, and may fail.
		const detected = await run('gpiodetect', [], { timeout: timeoutMs }).catch(() => ({ stdout: '' }))
		return { version, chips: parseChips(detected.stdout) }
	} catch {
		return null
	}
}
