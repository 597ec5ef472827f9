/** Names the concrete camera, tray, button and signals that a configuration asks for. */
import type { ReadStream } from 'node:tty'
import { type Button, noButton } from '../../capture/button.ts'
import type { Camera } from '../../capture/camera.ts'
import { FolderCamera } from '../../capture/folder-camera.ts'
import { FolderTray } from '../../capture/folder-tray.ts'
import { openGpio } from '../../capture/gpio/find-gpio.ts'
import type { Gpio } from '../../capture/gpio/lines.ts'
import { KeyboardButton } from '../../capture/keyboard-button.ts'
import { MjpegPreview } from '../../capture/libcamera/mjpeg-preview.ts'
import { mergeButtons } from '../../capture/merged-button.ts'
import { PreviewTray } from '../../capture/preview-tray.ts'
import { noSignals, type Signals } from '../../capture/signals/signals.ts'
import type { Tray } from '../../capture/tray.ts'
import { WatchedFolder } from '../../capture/watched-folder.ts'
import type { Clock } from '../../platform/clock.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import type { DeviceConfig, TrayConfig } from '../config/device-config.ts'
import { type KioskLog, logTrouble } from '../events.ts'
import { cameraRig } from './compose-camera-rig.ts'
import { gpioButton, gpioSignals, gpioTray, needsGpio } from './gpio.ts'

export interface Devices {
	readonly camera: Camera
	readonly tray: Tray
	readonly button: Button
	readonly signals: Signals
}

export interface DeviceSurroundings {
	readonly clock: Clock
	readonly log: KioskLog
	/** The terminal, where the process has one. */
	readonly keys?: ReadStream
	/** A display that can be touched. */
	readonly touch?: Button
	readonly simulated?: Partial<Devices>
}

export type DeviceSettings = DeviceConfig & { readonly production: boolean }

/** Refused: what is simulated, in production; a tray that nothing can report. */
export async function composeDevices(
	config: DeviceSettings,
	around: DeviceSurroundings,
): Promise<Result<Devices, Fault<'simulated' | 'no-tray'>>> {
	const { clock, log, simulated = {} } = around
	const [first] = Object.keys(simulated)
	if (config.production && first !== undefined) {
		return fail('simulated', `in production no ${first} may be simulated`)
	}
	const gpio = needsGpio(config) ? await foundGpio(clock, log) : null
	const button = buttonOf(config, gpio, around)
	const signals = gpio === null ? noSignals : gpioSignals(gpio, config.signals, around)
	const seen = composeView(config, gpio, button, around)
	return seen.ok ? ok({ ...seen.value, signals, ...simulated }) : seen
}

/** Camera and tray, and the button where it is the tray. */
function composeView(
	config: DeviceSettings,
	gpio: Gpio | null,
	button: Button,
	around: DeviceSurroundings,
): Result<Pick<Devices, 'camera' | 'tray' | 'button'>, Fault<'no-tray'>> {
	const { camera, tray, production } = config
	if (camera.kind === 'folder') {
		const folder = new WatchedFolder(camera.directory, {
			clock: around.clock,
			settleMs: camera.settle,
			onlyInMemory: production,
			onTrouble: logTrouble('camera', around.log),
		})
		return ok({ camera: new FolderCamera(folder), tray: new FolderTray(folder), button })
	}
	const rig = cameraRig(camera, { ...around, production })
	const sensor = trayOf(tray, gpio, around)
	if (sensor !== null) return ok({ camera: rig, tray: sensor, button })
	if (button === noButton && around.simulated?.tray === undefined) {
		return fail('no-tray', 'nothing reports a paper: connect a tray sensor, a button, or a terminal')
	}
	return ok({ camera: rig, ...mergeButtons(button) })
}

/** Null where the button has to do for it. */
function trayOf(tray: TrayConfig, gpio: Gpio | null, { clock, log }: DeviceSurroundings): Tray | null {
	if (typeof tray === 'string') return null
	if (tray.kind === 'gpio') return gpio === null ? null : gpioTray(gpio, tray, { clock, log })
	const preview = new MjpegPreview({ ...tray, role: 'full' }, { clock, random: Math.random })
	return new PreviewTray(preview, { clock, onTrouble: logTrouble('tray', log) })
}

/** A button on a line that can't be had is one key of the terminal. */
function buttonOf(config: DeviceConfig, gpio: Gpio | null, around: DeviceSurroundings): Button {
	const { button } = config
	const { keys, touch } = around
	if (typeof button === 'object' && gpio !== null) return gpioButton(gpio, button, around)
	if (button === 'none') return noButton
	if (button === 'auto' && touch !== undefined) return touch
	return keys === undefined ? noButton : new KeyboardButton(keys)
}

async function foundGpio(clock: Clock, log: KioskLog): Promise<Gpio | null> {
	const { way, gpio } = await openGpio(clock, Math.random)
	if (gpio !== null) log({ event: 'device', device: 'gpio', way: way.way, reason: way.reason })
	else log({ event: 'trouble', device: 'gpio', fault: { code: 'no-gpio', detail: way.reason } })
	return gpio
}
