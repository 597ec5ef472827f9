/** The camera: its programs, the place for its pictures, and one picture of each lens. */
import { access, constants, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { directoryBeside } from '../capture/libcamera/shot-directory.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { cameraRig } from '../kiosk/devices/compose-camera-rig.ts'
import type { Clock } from '../platform/clock.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'

export interface CameraSurroundings {
	readonly clock: Clock
	/** Where programs are looked for, as PATH. */
	readonly path: string
	/** True while a kiosk runs: it has the camera, and its pictures must not be touched. */
	readonly inUse: boolean
}

export async function inspectCamera(config: KioskConfig, around: CameraSurroundings): Promise<Finding[]> {
	const { camera, tray } = config
	if (camera.kind === 'folder') return [await inspectFolder(camera.directory)]
	const needed = [
		'rpicam-still',
		...(camera.kind === 'libcamera' ? ['libcamera-still'] : []),
		...(typeof tray === 'object' && tray.kind === 'preview' ? ['rpicam-vid'] : []),
	]
	const found = await Promise.all(needed.map((name) => isOnPath(name, around.path)))
	const missing = needed.filter((_, index) => !found[index])
	const [first] = missing
	if (first !== undefined) return [missingPrograms(missing)]
	const { ok, warn } = findingsOf('camera')
	if (around.inUse) {
		return [
			ok({
				es: `${needed.join(', ')}; la usa el kiosco, no se probó`,
				en: `${needed.join(', ')}; the kiosk uses it, not tried`,
			}),
		]
	}
	const findings = await tryLenses(camera, config.production, around.clock)
	if (!config.production) {
		findings.push(
			warn(
				'not-production',
				{ es: 'las fotos pueden quedar en un disco', en: 'pictures may be left on a disk' },
				{
					es: 'ponga "production": true',
					en: 'set "production": true',
				},
			),
		)
	}
	return findings
}

type Rig = Exclude<KioskConfig['camera'], { kind: 'folder' }>

/** While one camera of several has a picture the kiosk works: what another lacks is then a warning. */
async function tryLenses(rig: Rig, production: boolean, clock: Clock): Promise<Finding[]> {
	const findings: Finding[] = []
	for (const lens of rig.cameras) findings.push(await tryLens(rig, lens, production, clock))
	const works = findings.some(({ verdict }) => verdict === 'ok')
	return findings.map((finding) =>
		works && finding.verdict === 'wrong' ? { ...finding, verdict: 'warn' } : finding,
	)
}

async function tryLens(
	rig: Rig,
	lens: Rig['cameras'][number],
	production: boolean,
	clock: Clock,
): Promise<Finding> {
	const { ok, wrong } = findingsOf('camera')
	const directory = await directoryBeside(rig.directory, 'doctor')
	const one = cameraRig({ ...rig, cameras: [lens], directory }, { clock, production, log: () => {} })
	try {
		const started = await one.start()
		const begun = clock.monotonic()
		const shot = started.ok ? await one.capture() : started
		const seconds = ((clock.monotonic() - begun) / 1000).toFixed(1)
		const [frame] = shot.ok ? shot.value : []
		if (frame !== undefined) {
			return ok({
				es: `cámara ${lens.camera}: una foto de ${frame.bytes.length} bytes en ${seconds} s`,
				en: `camera ${lens.camera}: a picture of ${frame.bytes.length} bytes in ${seconds} s`,
			})
		}
		const detail = shot.ok ? '' : shot.fault.detail
		return wrong('no-picture', sameInBothLanguages(detail), {
			es: `revise el cable; pruebe: rpicam-still --camera ${lens.camera} --nopreview -o /dev/null`,
			en: `check the cable; try: rpicam-still --camera ${lens.camera} --nopreview -o /dev/null`,
		})
	} finally {
		await one.stop()
	}
}

function missingPrograms(missing: readonly string[]): Finding {
	const names = missing.join(', ')
	const shim = missing.includes('libcamera-still') && !missing.includes('rpicam-still')
	return findingsOf('camera').wrong(
		'no-program',
		{ es: `falta ${names}`, en: `${names} is missing` },
		shim
			? sameInBothLanguages('install -m 755 provisioning/camera/libcamera-still /usr/local/bin/')
			: sameInBothLanguages('apt install rpicam-apps-lite'),
	)
}

async function inspectFolder(directory: string): Promise<Finding> {
	const { ok, wrong } = findingsOf('camera')
	try {
		if (!(await stat(directory)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
		await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
		return ok({ es: `carpeta ${directory}`, en: `folder ${directory}` })
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException
		return wrong(
			'no-folder',
			{ es: `${directory}: no se puede usar (${code})`, en: `${directory}: can't be used (${code})` },
			{
				es: 'cree la carpeta del escáner y dé permiso al usuario del kiosco',
				en: "make the scanner's folder and give the kiosk's user access",
			},
		)
	}
}

async function isOnPath(name: string, path: string): Promise<boolean> {
	for (const directory of path.split(delimiter)) {
		const file = join(directory === '' ? '.' : directory, name)
		const runs = await access(file, constants.X_OK).then(
			() => true,
			() => false,
		)
		if (runs) return true
	}
	return false
}
