/** By which way the header's lines are reached: a pure choice from what was found on the machine. */

export interface GpioFindings {
	/** Chips under /sys/class/gpio; null where there is no such directory. */
	readonly sysfs: readonly SysfsChip[] | null
	/** May lines be exported there? */
	readonly exportable: boolean
	/** Null where the package `onoff` can be loaded, else why not. */
	readonly onoff: string | null
	/** libgpiod's programs; null where they are not installed. */
	readonly tools: GpioTools | null
}

export interface SysfsChip {
	readonly label: string
	/** The number of its first line: not 0 since Linux 6.6. */
	readonly base: number
	readonly lines: number
}

export interface GpioTools {
	/** As `gpiomon --version` prints it, e.g. 1.6.3. */
	readonly version: string
	readonly chips: readonly ToolsChip[]
}

/** A line of `gpiodetect`. */
export interface ToolsChip {
	readonly name: string
	readonly label: string
	readonly lines: number
}

/** `reason` is one line for a technician. */
export type GpioWay =
	| { readonly way: 'sysfs'; readonly base: number; readonly reason: string }
	| { readonly way: 'tools'; readonly major: 1 | 2; readonly chip: string; readonly reason: string }
	| { readonly way: 'none'; readonly reason: string }

/** Labels of the chip behind the header: Raspberry Pi 5; 4; before. */
const headers: readonly string[] = ['pinctrl-rp1', 'pinctrl-bcm2711', 'pinctrl-bcm2835']
const headerLines = 28

export function chooseGpioWay({ sysfs, exportable, onoff, tools }: GpioFindings): GpioWay {
	const why: string[] = []
	const header = headerOf(sysfs ?? [])
	if (sysfs === null) why.push('no /sys/class/gpio')
	else if (header === undefined) why.push("/sys/class/gpio has not the header's chip")
	else if (!exportable) why.push('/sys/class/gpio/export may not be written: add the user to group gpio')
	else if (onoff !== null) why.push(`onoff can't be loaded (${onoff})`)
	else return { way: 'sysfs', base: header.base, reason: `onoff, ${header.label} from line ${header.base}` }

	if (tools === null) return none([...why, 'no gpiomon: install gpiod'])
	const major = Number(tools.version.split('.')[0])
	if (major !== 1 && major !== 2) return none([...why, `gpiod ${tools.version} is not known: 1.6 and 2 are`])
	const chip = headerOf(tools.chips)
	if (chip === undefined) return none([...why, 'gpiodetect shows no header: add the user to group gpio'])
	const found = `gpiod ${tools.version}, ${chip.name} ${chip.label}`
	return { way: 'tools', major, chip: chip.name, reason: [found, ...why].join('; ') }
}

function none(why: readonly string[]): GpioWay {
	return { way: 'none', reason: why.join('; ') }
}

function headerOf<T extends { readonly label: string; readonly lines: number }>(
	chips: readonly T[],
): T | undefined {
	return chips.find(({ label, lines }) => headers.includes(label) && lines >= headerLines)
}

/** From the first line of `gpiomon --version`: "gpiomon (libgpiod) v1.6.3". */
export function parseToolsVersion(output: string): string | undefined {
	return /\(libgpiod\) v?(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1]
}

/** From `gpiodetect`: "gpiochip0 [pinctrl-bcm2711] (58 lines)". */
export function parseChips(output: string): ToolsChip[] {
	return [...output.matchAll(/^(gpiochip\d+) \[([\w.:-]+)\] \((\d+) lines\)/gm)].map(
		([, name = '', label = '', lines]) => ({ name, label, lines: Number(lines) }),
	)
}
