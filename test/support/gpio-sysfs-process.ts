/**
 * Runs where /sys/class is the test's own (a private mount), with plain files in the place of the kernel's, and
 * prints what came of it as JSON. `onoff` has the path in its code, so nothing less will do.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { findGpio } from '#src/capture/gpio/find-gpio.js'
import { chooseGpioWay } from '#src/capture/gpio/gpio-way.js'
import { OnoffGpio } from '#src/capture/gpio/onoff.js'
import { systemClock } from '#src/platform/clock.js'
import { until } from './until.ts'

const root = '/sys/class/gpio'
const base = 512

async function files(directory: string, contents: Readonly<Record<string, string>>): Promise<void> {
	await mkdir(`${root}/${directory}`, { recursive: true })
	for (const [name, text] of Object.entries(contents)) await writeFile(`${root}/${directory}/${name}`, text)
}

const line = { value: '1\n', direction: 'in\n', active_low: '1\n', edge: 'none\n' }
const file = async (path: string) => (await readFile(`${root}/${path}`, 'utf8')).trim()

await files('.', { export: '', unexport: '' })
await files('gpiochip570', { label: 'raspberrypi-exp-gpio\n', base: '570\n', ngpio: '8\n' })
await files('gpiochip512', { label: 'pinctrl-bcm2711\n', base: `${base}\n`, ngpio: '58\n' })
const way = chooseGpioWay(await findGpio())
const gpio = new OnoffGpio(base, systemClock)

// Plain files can't be waited for (epoll gives EPERM), as with lines without an interrupt.
await files('gpio529', line)
const input = gpio.input(17)
const levels: boolean[] = []
const started = await input.start((high) => {
	if (levels.at(-1) !== high) levels.push(high)
})
for (const level of ['0', '1']) {
	const before = levels.length
	await writeFile(`${root}/gpio529/value`, level)
	await until(() => levels.length > before)
}
const inverted = await file('gpio529/active_low')
await input.stop()
const unexported = await file('unexport')

await files('gpio516', { ...line, value: '0' })
const output = gpio.output(4)
await output.start(true)
const outputs = [await file('gpio516/direction')]
for (const high of [true, false]) {
	output.set(high)
	outputs.push(await file('gpio516/value'))
}
await output.stop(true)
outputs.push(await file('gpio516/value'))

// What the kernel and udev do when a line is exported: its files come, and access to them comes later.
const exporting = gpio.output(23).start(false)
await until(async () => (await file('export')) === '535')
await files('gpio535', { value: '0' })
await files('gpio535', line)
const exported = await exporting

const never = await gpio.input(24).start(() => {})
await rm(`${root}/export`)
await mkdir(`${root}/export`)
const refused = await gpio.input(25).start(() => {})

console.log(JSON.stringify({ way, started, levels, inverted, unexported, outputs, exported, never, refused }))
