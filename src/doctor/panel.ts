/** The display's port: is it there, does it open, who has it. */
import { access, constants, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { SerialLine } from '../panel/serial-line.ts'
import { type Clock, pause } from '../platform/clock.ts'
import { printable } from '../platform/printable.ts'
import { type Finding, findingsOf, sameInBothLanguages } from './finding.ts'

/** What became of an attempt to use it. Opening it sends nothing. */
type PortState =
	| { readonly is: 'missing' | 'no-port' | 'forbidden' | 'opens' }
	| { readonly is: 'held'; readonly by: string }
	| { readonly is: 'failing'; readonly detail: string }

/** Milliseconds. */
const timeoutsMs = { open: 5_000, close: 2_000 }

export async function inspectPanel(
	{ panel }: KioskConfig,
	clock: Clock,
	kioskRuns: boolean,
): Promise<Finding> {
	if (!('port' in panel)) return findingsOf('panel').ok(sameInBothLanguages(panel.kind))
	return diagnosePort(panel.port, await probePort(panel, clock), kioskRuns)
}

async function probePort({ port, baud }: { port: string; baud: number }, clock: Clock): Promise<PortState> {
	const found = await stat(port).catch(() => null)
	if (found === null) return { is: 'missing' }
	if (!found.isCharacterDevice()) return { is: 'no-port' }
	const [holder] = await holdersOf(await realpath(port))
	if (holder !== undefined) return { is: 'held', by: holder }
	const allowed = await access(port, constants.R_OK | constants.W_OK).then(
		() => true,
		() => false,
	)
	if (!allowed) return { is: 'forbidden' }
	const opening = SerialLine.open({ path: port, baud }, clock, { hear: () => {}, babbled: () => {} })
	const opened = new AbortController()
	const line = await Promise.race([opening, pause(clock, timeoutsMs.open, opened.signal)])
	opened.abort()
	if (line === undefined) return { is: 'failing', detail: `${port}: does not open` }
	if (!line.ok) return { is: 'failing', detail: line.fault.detail }
	await line.value.close(timeoutsMs.close)
	return { is: 'opens' }
}

/** Programs that have a device file open, as far as we may see: root sees all, others their own. */
async function holdersOf(device: string): Promise<string[]> {
	const holders: string[] = []
	const ours = await stat(device).catch(() => null)
	if (ours === null) return holders
	const pids = await readdir('/proc').catch(() => [])
	for (const pid of pids.filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
		const open = await readdir(`/proc/${pid}/fd`).catch(() => [])
		for (const fd of open) {
			const link = `/proc/${pid}/fd/${fd}`
			if ((await readlink(link).catch(() => '')) !== device) continue
			// Containers have ports of the same name.
			const theirs = await stat(link).catch(() => null)
			if (theirs?.dev !== ours.dev || theirs.ino !== ours.ino) continue
			const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
			holders.push(`${printable(name.trim())} (${pid})`)
			break
		}
	}
	return holders
}

function diagnosePort(port: string, state: PortState, kioskRuns: boolean): Finding {
	const { ok, wrong } = findingsOf('panel')
	switch (state.is) {
		case 'opens':
			return ok({ es: `${port}: abre`, en: `${port}: opens` })
		case 'missing':
			return wrong(
				'missing',
				{ es: `${port}: no está`, en: `${port}: is not there` },
				{
					es: 'enchufe la pantalla; luego: ls /dev/serial/by-id',
					en: 'plug the display in; then: ls /dev/serial/by-id',
				},
			)
		case 'no-port':
			return wrong(
				'no-port',
				{ es: `${port}: no es un puerto`, en: `${port}: is no port` },
				{
					es: 'ponga en "panel" uno de /dev/serial/by-id',
					en: 'set "panel" to one of /dev/serial/by-id',
				},
			)
		case 'forbidden':
			return wrong(
				'forbidden',
				{ es: `${port}: sin permiso`, en: `${port}: no permission` },
				{
					es: 'ponga el usuario del kiosco en el grupo dialout',
					en: "put the kiosk's user in group dialout",
				},
			)
		case 'held':
			if (kioskRuns) return ok({ es: `${port}: lo usa ${state.by}`, en: `${port}: used by ${state.by}` })
			return wrong(
				'held',
				{ es: `${port}: lo tiene ${state.by}`, en: `${port}: held by ${state.by}` },
				{
					es: 'termine ese programa; si es una consola: raspi-config, puerto serie',
					en: 'end that program; where it is a console: raspi-config, serial port',
				},
			)
		case 'failing':
			return wrong('failing', sameInBothLanguages(state.detail), {
				es: 'desenchufe la pantalla y enchúfela de nuevo',
				en: 'unplug the display and plug it in again',
			})
	}
}
