import { expect, test } from 'vitest'
import {
	chooseGpioWay,
	type GpioFindings,
	parseChips,
	parseToolsVersion,
} from '#src/capture/gpio/gpio-way.js'
import { gpioArguments, gpiosetWords } from '#src/capture/gpio/gpiod.js'

const pi4 = { label: 'pinctrl-bcm2711', base: 512, lines: 58 }
const expander = { label: 'raspberrypi-exp-gpio', base: 570, lines: 8 }
const chip = { name: 'gpiochip0', label: 'pinctrl-rp1', lines: 54 }
const nothing: GpioFindings = { sysfs: null, exportable: false, onoff: null, tools: null }
const bookworm: GpioFindings = { ...nothing, sysfs: [expander, pi4], exportable: true }
const trixie: GpioFindings = { ...nothing, tools: { version: '2.2.1', chips: [chip] } }

test('sysfs where it can be used, with the base that the kernel gave', () => {
	expect(chooseGpioWay(bookworm)).toEqual({
		way: 'sysfs',
		base: 512,
		reason: 'onoff, pinctrl-bcm2711 from line 512',
	})
})

test('libgpiod where there is no sysfs, by its version', () => {
	expect(chooseGpioWay(trixie)).toEqual({
		way: 'tools',
		major: 2,
		chip: 'gpiochip0',
		reason: 'gpiod 2.2.1, gpiochip0 pinctrl-rp1; no /sys/class/gpio',
	})
	const tools = { version: '1.6.3', chips: [chip] }
	expect(chooseGpioWay({ ...trixie, tools })).toMatchObject({ way: 'tools', major: 1 })
})

test.each([
	['of another machine', { sysfs: [expander] }, "not the header's chip"],
	['that may not be used', { exportable: false }, 'group gpio'],
	['without onoff', { onoff: 'ERR_MODULE_NOT_FOUND' }, "onoff can't be loaded (ERR_MODULE_NOT_FOUND)"],
])('sysfs %s is passed over, and the reason says so', (_, lacking, reason) => {
	const { tools } = trixie
	expect(chooseGpioWay({ ...bookworm, ...lacking, tools })).toMatchObject({
		way: 'tools',
		reason: expect.stringContaining(reason),
	})
})

test.each([
	['nothing at all', nothing, 'no /sys/class/gpio; no gpiomon: install gpiod'],
	['a version to come', { tools: { version: '3.0', chips: [chip] } }, 'gpiod 3.0 is not known'],
	['no chip', { tools: { version: '2.2.1', chips: [] } }, 'gpiodetect shows no header'],
	['a chip too small', { tools: { version: '2.2.1', chips: [{ ...chip, lines: 8 }] } }, 'no header'],
])('no way with %s', (_, found, reason) => {
	expect(chooseGpioWay({ ...nothing, ...found })).toMatchObject({
		way: 'none',
		reason: expect.stringContaining(reason),
	})
})

test('what the programs print of themselves and of the chips', () => {
	expect(parseToolsVersion('gpiomon (libgpiod) v1.6.3\nCopyright (C) 2017-2018\n')).toBe('1.6.3')
	expect(parseToolsVersion('gpiomon (libgpiod) v2.2.1\n')).toBe('2.2.1')
	expect(parseToolsVersion('gpiomon (libgpiod) v2.1\n')).toBe('2.1')
	expect(parseToolsVersion('command not found')).toBeUndefined()
	expect(
		parseChips('gpiochip0 [pinctrl-rp1] (54 lines)\ngpiochip10 [gpio-brcmstb@107d508500] (32 lines)\n; rm\n'),
	).toEqual([{ name: 'gpiochip0', label: 'pinctrl-rp1', lines: 54 }])
})

test('the words of both versions', () => {
	const [one, two] = [1, 2].map((major) => ({
		major: major === 1 ? (1 as const) : (2 as const),
		chip: 'gpiochip0',
	}))
	if (one === undefined || two === undefined) throw new Error('unreachable')
	expect(gpioArguments(one, 17, 'pull-up')).toEqual({
		gpioget: ['--bias=pull-up', 'gpiochip0', '17'],
		gpiomon: ['--line-buffered', '--format=%e %s %n', '--bias=pull-up', 'gpiochip0', '17'],
	})
	expect(gpioArguments(two, 17, 'none')).toEqual({
		gpioget: ['--numeric', '--chip=gpiochip0', '17'],
		gpiomon: ['--format=%e %S', '--chip=gpiochip0', '17'],
	})
	expect(gpiosetWords(one, 4, true, 'hold')).toEqual(['--mode=signal', 'gpiochip0', '4=1'])
	expect(gpiosetWords(one, 4, true, 'set')).toEqual(['--mode=exit', 'gpiochip0', '4=1'])
	expect(gpiosetWords(two, 4, false, 'hold')).toEqual(['--chip=gpiochip0', '4=0'])
	expect(gpiosetWords(two, 4, false, 'set')).toEqual(['--toggle=0', '--chip=gpiochip0', '4=0'])
})
