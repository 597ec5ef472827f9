import { Contact } from '../../capture/gpio/contact.ts'
import { GpioButton, GpioTray } from '../../capture/gpio/gpio-devices.ts'
import type { Gpio } from '../../capture/gpio/lines.ts'
import { GpioSignals, type Lamp, type Lamps } from '../../capture/signals/gpio-signals.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ButtonConfig, DeviceConfig, SignalsConfig } from '../config/device-config.ts'
import { type KioskLog, logTrouble } from '../events.ts'
import { holdMs } from '../session/delays.ts'

interface Surroundings {
	readonly clock: Clock
	readonly log: KioskLog
}

type ContactConfig = Extract<ButtonConfig, object>

export function needsGpio({ tray, button, signals }: DeviceConfig): boolean {
	const sensor = typeof tray === 'object' && tray.kind === 'gpio'
	return sensor || typeof button === 'object' || Object.keys(signals).length > 0
}

export function gpioTray(gpio: Gpio, config: ContactConfig, { clock, log }: Surroundings): GpioTray {
	return new GpioTray(contactOf(gpio, config, clock), logTrouble('tray', log))
}

export function gpioButton(gpio: Gpio, config: ContactConfig, { clock, log }: Surroundings): GpioButton {
	return new GpioButton(contactOf(gpio, config, clock), logTrouble('button', log), { clock, holdMs })
}

export function gpioSignals(gpio: Gpio, config: SignalsConfig, { clock, log }: Surroundings): GpioSignals {
	const lamps: Partial<Record<keyof Lamps, Lamp>> = {}
	for (const name of ['light', 'green', 'red', 'buzzer'] as const) {
		const lamp = config[name]
		if (lamp !== undefined) lamps[name] = { line: gpio.output(lamp.line), active: lamp.active }
	}
	return new GpioSignals(lamps, clock, logTrouble('signals', log))
}

function contactOf(gpio: Gpio, { line, bias, active, debounce }: ContactConfig, clock: Clock): Contact {
	return new Contact(gpio.input(line, bias), { clock, active, debounceMs: debounce })
}
