/**
 * Screens: pure functions from status to text, at most 4 lines of 20 characters. The last line is the same on
 * every screen: how many are recorded here (G), how many received at the centre (R), and the connection. On
 * trouble the first line says the cause, the next ones what to do.
 */
import { unreachable } from '../platform/result.ts'
import { askingToCloseScreen, closedScreen, closingScreen } from './closing-screens.ts'
import type { Cause, Connection, Device, DiskTrouble, PanelStatus, Scene, Table } from './status.ts'
import { technicianScreen } from './technician-screens.ts'

export type Language = 'es' | 'en'

export const columns = 20
export const rows = 4

/** Four lines of at most 20 characters. */
export type Screen = readonly [string, string, string, string]

/** How a screen wants to be noticed, for panels that have colour. */
export type Tone = 'quiet' | 'good' | 'attention' | 'trouble'

export function draw(status: PanelStatus, language: Language): Screen {
	const [first = '', second = '', third = ''] = words(status, language)
	return [first, second, third, footer(status, language)]
}

export function toneOf({ scene }: PanelStatus): Tone {
	switch (scene.at) {
		case 'starting':
		case 'idle':
		case 'capturing':
		case 'reading':
		case 'recording':
		case 'closing':
		case 'technician':
			return 'quiet'
		case 'recorded':
		case 'closed':
			return 'good'
		case 'already-scanned':
		case 'confirming':
		case 'conflict':
		case 'asking-to-close':
			return 'attention'
		case 'rejected':
		case 'fault':
		case 'disk-trouble':
			return 'trouble'
		default:
			return unreachable(scene)
	}
}

function words(status: PanelStatus, language: Language): readonly string[] {
	const { scene } = status
	const spanish = language === 'es'
	switch (scene.at) {
		case 'starting':
			return spanish ? ['TESTIGO', 'Iniciando...', 'Espere'] : ['TESTIGO', 'Starting...', 'Please wait']
		case 'idle':
			return spanish
				? ['LISTO', 'Ponga un acta', away(status, true) ?? waiting(status, 'Por enviar:', 'No pasan:')]
				: ['READY', 'Lay down an acta', away(status, false) ?? waiting(status, 'To send:', 'Held up:')]
		case 'capturing':
			return spanish
				? [`FOTO${again(scene.shot)}...`, 'No mueva el acta']
				: [`PHOTO${again(scene.shot)}...`, 'Keep the acta still']
		case 'reading':
			return spanish ? ['LEYENDO...', 'No mueva el acta'] : ['READING...', 'Keep the acta still']
		case 'recording':
			if (scene.slow) {
				return spanish
					? ['SIGUE GUARDANDO...', 'El disco va lento', 'No retire el acta']
					: ['STILL RECORDING...', 'The disk is slow', "Don't take it yet"]
			}
			return spanish ? ['GUARDANDO...', 'No la retire aún'] : ['RECORDING...', "Don't take it yet"]
		case 'recorded':
			return recorded(scene, spanish)
		case 'already-scanned':
			return [
				spanish ? `YA GUARDADA Nº ${scene.number}` : `ALREADY SAVED #${scene.number}`,
				...tableOf(scene.table, spanish),
			]
		case 'conflict':
			return spanish
				? [`GUARDADA Nº ${scene.number}`, `¡OJO! La Nº ${scene.other}`, 'dice OTROS votos']
				: [`RECORDED AS #${scene.number}`, `LOOK! #${scene.other} has`, 'OTHER votes']
		case 'confirming':
			return [...causeOf(scene.cause, spanish), spanish ? 'Botón: guardar foto' : 'Button: keep photo']
		case 'rejected':
			return [...causeOf(scene.cause, spanish), spanish ? 'No se guardó' : 'Not recorded']
		case 'fault':
			return deviceOf(scene.device, spanish)
		case 'disk-trouble': {
			const [what, todo] = diskOf(scene.trouble, spanish)
			return [what, paperOf(scene.unfinished, spanish), todo]
		}
		case 'asking-to-close':
			return askingToCloseScreen(spanish)
		case 'closing':
			return closingScreen(scene.slow, spanish)
		case 'closed':
			return closedScreen(scene.head, scene.page, spanish)
		case 'technician':
			return technicianScreen(scene.page, spanish)
		default:
			return unreachable(scene)
	}
}

function again(shot: number): string {
	return shot === 1 ? '' : ` ${shot}`
}

function recorded(
	{ number, table, received }: Extract<Scene, { at: 'recorded' }>,
	spanish: boolean,
): string[] {
	const first = spanish ? `GUARDADA Nº ${number}` : `RECORDED AS #${number}`
	if (received) return [first, ...(spanish ? ['RECIBIDA', 'EN EL CENTRO'] : ['RECEIVED', 'AT THE CENTRE'])]
	if (table !== null) return [first, ...tableOf(table, spanish)]
	return [first, ...(spanish ? ['Foto sin lectura', 'Retire el acta'] : ['Photo, not read', 'Take the acta'])]
}

function tableOf({ centro, mesa, votes }: Table, spanish: boolean): string[] {
	return [`${centro} mesa ${mesa}`, spanish ? `${votes} votos` : `${votes} votes`]
}

/** The cause, then what to do. */
function causeOf(cause: Cause, spanish: boolean): [string, string] {
	switch (cause) {
		case 'no-code':
			return spanish ? ['NO SE LEE EL QR', 'Alise y repita'] : ["CAN'T READ THE QR", 'Flatten, try again']
		case 'no-paper':
			return spanish ? ['NO SE VE UN ACTA', 'Ponga el acta'] : ['NO ACTA IN VIEW', 'Lay down the acta']
		case 'too-dark':
			return spanish ? ['HAY POCA LUZ', 'Encienda la luz'] : ['TOO DARK', 'Switch the light on']
		case 'code-outside':
			return spanish ? ['NO SE VE EL QR', 'Mueva o dé vuelta'] : ['QR NOT IN VIEW', 'Move it or turn over']
		case 'glare':
			return spanish ? ['REFLEJO EN EL QR', 'Tape el reflejo'] : ['GLARE ON THE QR', 'Shade or move it']
		case 'too-small':
			return spanish ? ['EL QR SE VE CHICO', 'Acérquelo'] : ['THE QR IS TOO SMALL', 'Move it closer']
		case 'blurred':
			return spanish ? ['FOTO BORROSA', 'Alise y no lo mueva'] : ['BLURRED PHOTO', 'Flatten, keep still']
		case 'pen-on-code':
			return spanish ? ['TINTA SOBRE EL QR', 'Pruebe otra copia'] : ['INK OVER THE QR', 'Try another copy']
		case 'several-codes':
			return spanish ? ['HAY DOS ACTAS', 'Ponga una sola'] : ['TWO ACTAS IN VIEW', 'Lay down only one']
		case 'web-address':
			return spanish ? ['NO ES UN ACTA', 'QR es un enlace web'] : ['NOT AN ACTA', 'The QR is a link']
		case 'not-an-acta':
			return spanish ? ['NO ES UN ACTA', 'El QR dice otra cosa'] : ['NOT AN ACTA', 'QR says other things']
		case 'settings-code':
			return spanish ? ['CÓDIGO DE AJUSTES', 'Llame al técnico'] : ['SETTINGS CODE', 'Call the technician']
		case 'other-election':
			return spanish ? ['ACTA NO ESPERADA', '¿De otra elección?'] : ['UNEXPECTED ACTA', 'Another election?']
		case 'not-a-picture':
			return spanish ? ['NO ES UNA IMAGEN', 'Revise el escáner'] : ['NOT A PICTURE', 'Check the scanner']
		case 'damaged-picture':
			return spanish ? ['IMAGEN INCOMPLETA', 'Escanee otra vez'] : ['PICTURE CUT SHORT', 'Scan it again']
		case 'picture-too-large':
			return spanish ? ['IMAGEN MUY GRANDE', 'Baje la resolución'] : ['PICTURE TOO LARGE', 'Lower resolution']
		case 'reading-too-long':
			return spanish ? ['NO SE PUDO LEER', 'Ponga otra vez'] : ["COULDN'T READ IT", 'Lay it down again']
		default:
			return unreachable(cause)
	}
}

function deviceOf(device: Device, spanish: boolean): [string, string, string] {
	switch (device) {
		case 'camera':
			return spanish
				? ['FALLA LA CÁMARA', 'Revise el cable', 'Llame al técnico']
				: ['CAMERA TROUBLE', 'Check its cable', 'Call the technician']
		case 'key':
			return spanish
				? ['FALLA LA FIRMA', 'No ponga más actas', 'Llame al técnico']
				: ['SIGNING TROUBLE', 'No more actas', 'Call the technician']
		case 'journal':
			return spanish
				? ['FALTAN REGISTROS', 'No ponga más actas', 'Llame al técnico']
				: ['RECORDS ARE MISSING', 'No more actas', 'Call the technician']
		default:
			return unreachable(device)
	}
}

/** What is the matter, and what the technician is to do; the kiosk goes on by itself when it is done. */
function diskOf(trouble: DiskTrouble, spanish: boolean): [string, string] {
	switch (trouble) {
		case 'full':
			return spanish ? ['DISCO LLENO', 'Técnico: dé espacio'] : ['THE DISK IS FULL', 'Technician: add room']
		case 'no-inodes':
			return spanish
				? ['DISCO SIN INODOS', 'Técnico: quite otros']
				: ['NO INODES ON DISK', 'Technician: add some']
		case 'read-only':
			return spanish
				? ['DISCO SOLO LECTURA', 'Llame al técnico']
				: ['DISK IS READ-ONLY', 'Call the technician']
		case 'no-answer':
			return spanish
				? ['EL DISCO NO RESPONDE', 'Llame al técnico']
				: ["DISK DOESN'T ANSWER", 'Call the technician']
		case 'failing':
			return spanish ? ['FALLA EL DISCO', 'Llame al técnico'] : ['DISK TROUBLE', 'Call the technician']
		default:
			return unreachable(trouble)
	}
}

/** A picture that waits is recorded by itself; its paper stays, in case the power goes before that. */
function paperOf(unfinished: boolean, spanish: boolean): string {
	if (unfinished) return spanish ? 'No retire el acta' : 'Leave the acta there'
	return spanish ? 'No ponga más actas' : 'No more actas now'
}

/** Before all else that may stand there: papers are being photographed in part. */
function away({ camerasAway = [] }: PanelStatus, spanish: boolean): string | null {
	const [camera, another] = camerasAway
	if (camera === undefined) return null
	if (another !== undefined) {
		return spanish ? `Fallan ${camerasAway.length} cámaras` : `${camerasAway.length} cameras failed`
	}
	return spanish ? `Falla la cámara ${camera}` : `Camera ${camera} failed`
}

/** What is set aside takes the place of what waits: it may need a technician. */
function waiting({ recorded, received, setAside }: PanelStatus, label: string, aside: string): string {
	if (setAside > 0) return `${aside} ${setAside}`
	return recorded > received ? `${label} ${recorded - received}` : ''
}

const connections: Record<Language, Record<Connection, readonly [string, string]>> = {
	es: {
		online: ['EN RED', 'EN RED'],
		paused: ['EN PAUSA', 'PAUSA'],
		offline: ['SIN RED', 'S/RED'],
		'no-uplink': ['SIN ENVÍO', 'S/ENV'],
	},
	en: {
		online: ['ONLINE', 'ONLINE'],
		paused: ['PAUSED', 'PAUSED'],
		offline: ['NO NET', 'NO NET'],
		'no-uplink': ['NO UPLINK', 'NO UPL'],
	},
}

function footer({ recorded, received, connection }: PanelStatus, language: Language): string {
	const counts = `G${recorded} R${received}`
	const [long, short] = connections[language][connection]
	const state = counts.length + 1 + long.length <= columns ? long : short
	return counts + state.padStart(columns - counts.length)
}
