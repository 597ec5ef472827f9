import { existsSync } from 'node:fs'
import { presidential2024 } from '../acta/presidential-2024.ts'
import type { Camera } from '../capture/camera.ts'
import { directoryBeside } from '../capture/libcamera/shot-directory.ts'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { cameraRig } from '../kiosk/devices/compose-camera-rig.ts'
import { systemClock } from '../platform/clock.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { QrReader } from '../reading/qr-reader.ts'
import type { Reader } from '../reading/reading.ts'
import { configure } from './configuration.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside } from './output.ts'
import { readPictureFile } from './picture-file.ts'

/** Bytes of requests or responses: with one centre a response has some 4,000, and spares may be 31. */
const longest = 1024 * 1024

/** What someone carried here: a text file, or with `picture` a photograph of its QR code. Throws a CommandRefused. */
export async function readTextOrCode(path: string, picture: boolean): Promise<string> {
	if (picture) return codeInPicture(path)
	const bytes = await readCapped(path, longest, { pipes: true })
	if (bytes.ok) return bytes.value.toString('latin1').trim()
	throw new CommandRefused(exit.environmentFailed, `${path}: ${bytes.fault.detail}`)
}

async function codeInPicture(path: string): Promise<string> {
	const bytes = await readPictureFile(path)
	if (!bytes.ok) throw new CommandRefused(exit.environmentFailed, `${path}: ${bytes.fault.detail}`)
	return withReader(async (reader) => {
		const code = await codeIn(bytes.value, reader)
		if (code.text !== null) return code.text
		throw new CommandRefused(exit.foundWrong, `${path}: ${code.why}`)
	})
}

/** Milliseconds within which a code has to be held before the camera. */
const limitMs = 120_000

/**
 * The text of a code that is held before the kiosk's own camera, the first one that begins with one of `prefixes`. The kiosk
 * itself is not running: it would have the camera. Throws a CommandRefused.
 */
export async function shownText(
	prefixes: readonly string[],
	configFile: string | undefined,
): Promise<string> {
	const usual = '/etc/testigo/kiosk.json'
	const { camera, production } = await configure(KioskConfig, { file: configFile, usual, flags: {} })
	if (camera.kind === 'folder') {
		const settings = configFile ?? (existsSync(usual) ? usual : 'the configuration')
		throw new CommandRefused(
			exit.usedWrongly,
			`${settings} names no camera: photograph the code, and use --picture`,
		)
	}
	const directory = await directoryBeside(camera.directory, 'enrol')
	const rig = cameraRig({ ...camera, directory }, { clock: systemClock, production, log: () => {} })
	let interrupted = false
	process.once('SIGINT', () => {
		interrupted = true
	})
	try {
		const started = await rig.start()
		if (!started.ok) throw new CommandRefused(exit.environmentFailed, `camera: ${started.fault.detail}`)
		printAside('Hold the code before the camera, flat and whole.')
		return await withReader((reader) => watch(rig, reader, prefixes, () => interrupted))
	} finally {
		await rig.stop()
	}
}

async function watch(
	camera: Camera,
	reader: Reader,
	prefixes: readonly string[],
	ended: () => boolean,
): Promise<string> {
	const until = systemClock.monotonic() + limitMs
	let why = ''
	while (!ended() && systemClock.monotonic() < until) {
		const shot = await camera.capture()
		if (!shot.ok) throw new CommandRefused(exit.environmentFailed, `camera: ${shot.fault.detail}`)
		for (const { bytes } of shot.value) {
			const code = await codeIn(bytes, reader)
			const { text } = code
			if (text !== null && prefixes.some((prefix) => text.startsWith(prefix))) return text
			const now = code.why ?? 'another code than the one that is wanted'
			if (now !== why) printAside(`  ${now}`)
			why = now
		}
	}
	throw new CommandRefused(exit.foundWrong, `no code was read: ${why}`)
}

type Code = { readonly text: string; readonly why: null } | { readonly text: null; readonly why: string }

async function codeIn(bytes: Uint8Array, reader: Reader): Promise<Code> {
	const { reading } = await reader.read(bytes)
	if (reading.kind === 'foreign' && reading.text !== null) return { text: reading.text.trim(), why: null }
	return { text: null, why: reading.kind === 'acta' ? "the code is an acta's" : reading.fault.detail }
}

async function withReader<T>(use: (reader: Reader) => Promise<T>): Promise<T> {
	// Any election will do: what is looked for is no acta's code.
	const reader = new QrReader(presidential2024)
	await reader.start()
	try {
		return await use(reader)
	} finally {
		await reader.stop()
	}
}
