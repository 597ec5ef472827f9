/** By which way the header's lines are reached. */
import { findGpio } from '../capture/gpio/find-gpio.ts'
import { chooseGpioWay, type GpioFindings } from '../capture/gpio/gpio-way.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { needsGpio } from '../kiosk/devices/gpio.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'

export async function inspectGpio(config: KioskConfig): Promise<Finding> {
	return diagnoseGpio(needsGpio(config), await findGpio())
}

function diagnoseGpio(needed: boolean, found: GpioFindings): Finding {
	const { ok, wrong } = findingsOf('gpio')
	const { way, reason } = chooseGpioWay(found)
	if (way !== 'none') return ok(sameInBothLanguages(reason))
	if (!needed) return ok({ es: `no hace falta (${reason})`, en: `not needed (${reason})` })
	return wrong('no-way', sameInBothLanguages(reason), {
		es: 'apt install gpiod, y el usuario del kiosco en el grupo gpio',
		en: "apt install gpiod, and the kiosk's user in group gpio",
	})
}
