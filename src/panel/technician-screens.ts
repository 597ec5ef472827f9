/** Screens for the technician. Nothing is recorded while they are shown. */
import { unreachable } from '../platform/result.ts'
import { splitEvery } from './closing-screens.ts'
import type { TechnicianPage, TestShot } from './status.ts'

const width = 20

export function technicianScreen(page: TechnicianPage, spanish: boolean): readonly string[] {
	switch (page.page) {
		case 'device': {
			const leave = spanish ? 'Mantenga: salir' : 'Hold: leave'
			return [spanish ? 'TÉCNICO' : 'TECHNICIAN', ...splitEvery(page.device, width), leave]
		}
		case 'trying-cameras':
			return spanish ? ['CÁMARA', 'Tomando fotos...'] : ['CAMERA', 'Taking pictures...']
		case 'versions':
			return [
				spanish ? 'VERSIONES' : 'VERSIONS',
				page.software.slice(0, width),
				spanish ? `Formato ${page.format}` : `Format ${page.format}`,
			]
		case 'network': {
			const none = spanish ? 'Sin direcciones' : 'No addresses'
			const addresses = page.addresses.flatMap((address) => splitEvery(address, width))
			return [spanish ? 'RED' : 'NETWORK', ...(addresses.length > 0 ? addresses : [none])]
		}
		case 'counts': {
			const { entries, confirmed, setAside } = page
			const waiting = entries - confirmed
			return spanish
				? [`REGISTROS ${entries}`, `Confirmados ${confirmed}`, `Espera ${waiting} Ap. ${setAside}`]
				: [`ENTRIES ${entries}`, `Confirmed ${confirmed}`, `Wait ${waiting} aside ${setAside}`]
		}
		case 'storage':
			return storage(page, spanish)
		case 'camera':
			return camera(page.shot, spanish)
		case 'test':
			return ['áéíóúñ ¡¿ Nº ÁÉÍÓÚÑ', '0123456789 %:/-_+()', spanish ? 'Luces y zumbador' : 'Lamps and buzzer']
		default:
			return unreachable(page)
	}
}

function storage(
	{ free, reserveMissing }: Extract<TechnicianPage, { page: 'storage' }>,
	spanish: boolean,
): string[] {
	const title = spanish ? 'DISCO' : 'DISK'
	if (free === null) return [title, ...(spanish ? ['No se puede leer'] : ["Can't be read"])]
	const missing = Math.ceil(reserveMissing / 1e6)
	if (spanish) {
		return [title, `Libre ${size(free)}`, missing > 0 ? `Falta reserva ${missing} MB` : 'Reserva completa']
	}
	return [title, `Free ${size(free)}`, missing > 0 ? `Reserve lacks ${missing} MB` : 'Reserve is whole']
}

function camera(shot: TestShot, spanish: boolean): string[] {
	const title = (role: string) => `${spanish ? 'CÁMARA' : 'CAMERA'} ${role}`.trimEnd().slice(0, width)
	switch (shot.kind) {
		case 'picture': {
			const { role, width: across, height, bytes, light, sharpness } = shot
			const measures = spanish ? `Luz ${light}% Nitidez ${sharpness}` : `Light ${light}% sharp ${sharpness}`
			return [title(role), `${across}x${height} ${size(bytes)}`, measures]
		}
		case 'unreadable':
			return [title(shot.role), spanish ? 'No da una imagen' : 'Gives no picture', size(shot.bytes)]
		case 'missing':
			return [
				title(shot.role ?? ''),
				...(spanish ? ['No responde', 'Revise el cable'] : ['No answer', 'Check its cable']),
			]
		case 'nothing-new':
			return [
				title(''),
				...(spanish ? ['Sin imagen nueva', 'Escanee algo'] : ['No new picture', 'Scan something']),
			]
		default:
			return unreachable(shot)
	}
}

/** At most seven characters up to 999 GB. */
function size(bytes: number): string {
	const giga = bytes / 1e9
	if (giga >= 100) return `${Math.floor(giga)} GB`
	if (giga >= 1) return `${giga.toFixed(1)} GB`
	return `${(bytes / 1e6).toFixed(1)} MB`
}
