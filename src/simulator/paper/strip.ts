/**
 * The paper as the voting machine prints it, a strip of about 1:11. Places and sizes are measured on a real
 * acta (centre 121202007) and given in modules of its QR code, which is 72 % of the strip's width.
 *
 * What is personal on a real acta is plainly invented here: the names say so, the ID numbers are zeros, the
 * signatures are scribbles, and the observations say that the acta is simulated. The logo is not the electoral
 * council's, and the HMAC is random.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { ElectionDefinition } from '../../acta/election.ts'
import { type Acta, formatPayload } from '../../acta/payload.ts'
import type { Point } from '../../reading/search/patch.ts'
import { Random } from '../random.ts'
import { InkSheet, type Lettering } from './ink-sheet.ts'
import { modulesOfQr, openActaQrWriter, type QrSymbol } from './qr-symbol.ts'
import { Typeface } from './typeface.ts'

/** What an acta prints about the place, beyond its code. */
export interface Place {
	readonly state: string
	readonly municipality: string
	readonly parish: string
	/** Registered at this table. */
	readonly electors: number
}

/** One paper: everything that decides what is printed on it. */
export interface Paper {
	readonly acta: Acta
	readonly place: Place
	/** Decides what the acta leaves open: UUID, time, HMAC, signatures. */
	readonly seed: string
}

/** Modules. */
export const stripWidth = 68
export const stripHeight = 748
const qrLeft = (stripWidth - modulesOfQr) / 2
export const qrTop = 683

/** What printing needs and loading takes time for: two fonts and the QR writer. */
export interface StripPrinter {
	readonly regular: Typeface
	readonly bold: Typeface
	readonly qr: (text: string) => Promise<QrSymbol>
}

export async function openStripPrinter(): Promise<StripPrinter> {
	const face = async (weight: number) => {
		const resolved = createRequire(import.meta.url).resolve(
			`@fontsource/arimo/files/arimo-latin-${weight}-normal.woff`,
		)
		return new Typeface(await readFile(resolved))
	}
	const [regular, bold, qr] = await Promise.all([face(400), face(700), openActaQrWriter()])
	return { regular, bold, qr }
}

/** Prints the rows from `top` to `bottom` (modules) of one acta. */
export async function printStrip(
	press: StripPrinter,
	{ acta, place, seed }: Paper,
	election: ElectionDefinition,
	pixelsPerModule: number,
	{ top, bottom } = { top: 0, bottom: stripHeight },
): Promise<InkSheet> {
	const sheet = new InkSheet({ width: stripWidth, top, bottom }, pixelsPerModule)
	const print: Print = { sheet, small: small(press), strong: strong(press), press }
	printHead(print, acta, place, election, new Random(`${seed}/head`))
	printVoters(print, acta)
	printVotes(print, acta, election)
	printSummary(print, acta)
	printObservations(print)
	printSignatures(print, new Random(`${seed}/signatures`))
	printQr(sheet, await press.qr(formatPayload(acta)))
	const hmac = new Random(`${seed}/hmac`).hex(64)
	const hex = { face: press.bold, size: 2.05 }
	sheet.text(hmac.slice(0, 41), hex, stripWidth / 2, 739.6, 'centre')
	sheet.text(hmac.slice(41), hex, stripWidth / 2, 742.3, 'centre')
	return sheet
}

/** Digit-words as printed: four of them, the most the form holds. */
export function digitWords(count: number): string {
	const words = ['Cero', 'Uno', 'Dos', 'Tres', 'Cuatro', 'Cinco', 'Seis', 'Siete', 'Ocho', 'Nueve']
	return Array.from(String(count).padStart(4, '0'), (digit) => words[Number(digit)]).join(', ')
}

interface Print {
	readonly sheet: InkSheet
	readonly press: StripPrinter
	readonly small: Lettering
	readonly strong: Lettering
}

function small({ regular }: StripPrinter): Lettering {
	return { face: regular, size: 1.92 }
}

function strong({ bold }: StripPrinter): Lettering {
	return { face: bold, size: 1.92 }
}

/** Left and right edge of the tables, and the columns in them. */
const left = 4.6
const right = 64.6
const line = 0.22
const columns = { name: 5.2, sigla: 22.8, code: 27.4, number: 35.6, letters: 52 }

const office = ['PRESIDENTA O', 'PRESIDENTE DE LA', 'REPUBLICA', 'BOLIVARIANA DE', 'VENEZUELA']

function printHead(
	{ sheet, press, small, strong }: Print,
	acta: Acta,
	place: Place,
	election: ElectionDefinition,
	random: Random,
): void {
	sheet.rectangle(24, 40, 24.3, 133.5)
	printLogo(sheet, press)
	printStamp(sheet, press, random)
	const middle = 45
	sheet.text('Acta de escrutinio', { face: press.bold, size: 2.5 }, middle, 43.2, 'centre')
	sheet.text(acta.code, { face: press.regular, size: 2.1 }, middle, 47.2, 'centre')
	const uuid = [8, 4, 4, 4, 12].map((digits) => random.hex(digits).toLowerCase())
	sheet.text(`${uuid.slice(0, 4).join('-')}-`, { face: press.regular, size: 2.1 }, middle, 51.4, 'centre')
	sheet.text(uuid[4] ?? '', { face: press.regular, size: 2.1 }, middle, 54, 'centre')
	const time = [random.whole(0, 59), random.whole(0, 59)].map((part) => String(part).padStart(2, '0'))
	sheet.text(`28/07/2024 0${random.whole(6, 9)}:${time.join(':')} PM`, small, right, 57.9, 'right')
	office.forEach((words, index) => {
		sheet.text(words, { face: press.bold, size: 3.3 }, middle, 63.3 + 3.95 * index, 'centre')
	})
	sheet.text(election.title.toUpperCase(), small, middle, 84, 'centre')
	const lines: [string, number, Lettering][] = [
		['País VENEZUELA', 88.4, small],
		[`Estado ${place.state}`, 92.8, small],
		[`Municipio ${place.municipality}`, 97.2, small],
		[`Parroquia ${place.parish}`, 101.7, small],
		['UNIDAD EDUCATIVA', 106.6, small],
		['DE MUESTRA', 109, small],
		['SECTOR DE MUESTRA. DERECHA', 112.8, small],
		['CALLE DE MUESTRA. IZQUIERDA', 115.4, small],
		['AVENIDA DE MUESTRA. FRENTE', 118, small],
		['PLAZA DE MUESTRA. EDIFICIO', 120.6, small],
		[acta.centro, 129, small],
		[`${place.electors} Electores`, 132.6, strong],
	]
	for (const [words, y, lettering] of lines) {
		const room = right - 25
		const size = Math.min(lettering.size, room / lettering.face.width(words))
		sheet.text(words, { ...lettering, size }, right, y, 'right')
	}
}

/** Three slanted bars, like no institution's. */
function printLogo(sheet: InkSheet, press: StripPrinter): void {
	for (let bar = 0; bar < 3; bar++) {
		const x = 10.5 + 3.4 * bar
		sheet.stroke([point(x, 51), point(x + 2.6, 46.2)], 1.9)
	}
	sheet.text('MUESTRA', { face: press.bold, size: 2 }, 14.4, 54.6, 'centre')
}

/** The rubber stamp of the table, with the hand-written number in it. */
function printStamp(sheet: InkSheet, press: StripPrinter, random: Random): void {
	const [x, y] = [random.between(6, 8), random.between(66, 72)]
	const lean = random.between(-0.6, 0.6)
	const corners = [point(x, y), point(x + 12, y + lean), point(x + 12, y + 34), point(x, y + 34 - lean)]
	sheet.stroke([...corners, point(x, y)], 0.5, 0.8)
	sheet.text('MESA', { face: press.bold, size: 3 }, x + 6, y + 6, 'centre')
	sheet.text('DE MUESTRA', { face: press.bold, size: 1.7 }, x + 6, y + 9.5, 'centre')
	sheet.stroke(scribble(random, x + 2, y + 22, 8, 9), 0.45)
}

function printVoters({ sheet, press, small }: Print, acta: Acta): void {
	const head = { face: press.bold, size: 2.3 }
	const rows = [135.6, 139, 143.8, 148.6]
	for (const y of rows) sheet.rectangle(left, y, right, y + line)
	for (const x of [left, 28.4, 40.2, right - line]) sheet.rectangle(x, 135.6, x + line, 148.8)
	sheet.text('Votantes', head, 5.1, 138.2)
	sheet.text('NRO.', head, 34.3, 138.2, 'centre')
	sheet.text('Letras', head, columns.letters, 138.2, 'centre')
	const voters = votesOf(acta) + acta.nullVotes + acta.emptyVotes
	for (const [index, label] of ['En la máquina de', 'En el cuaderno de'].entries()) {
		const y = 140.9 + 4.8 * index
		sheet.text(label, small, 5.1, y)
		sheet.text('votación', small, 5.1, y + 2.2)
		sheet.text(String(voters), small, 34.3, y, 'centre')
		sheet.text(digitWords(voters), small, columns.letters, y, 'centre')
	}
	sheet.text('Cand', small, 5.2, 151.4)
	sheet.text('Sigla', small, columns.sigla, 151.4, 'right')
	sheet.text('Código', small, columns.code, 151.4, 'centre')
	sheet.text('NRO.', small, columns.number, 151.4, 'centre')
	sheet.text('Letras', small, columns.letters, 151.4, 'centre')
}

/** The box keeps its place; with more cards than in 2024 the rows stand closer. */
function printVotes({ sheet, press, small }: Print, acta: Acta, election: ElectionDefinition): void {
	const [top, bottom] = [152.7, 373]
	sheet.frame(left, top, right, bottom, line)
	const groups = election.candidates.length
	const pitch = Math.min(4.47, (bottom - top - 3) / (election.cards.length + 1.1 * groups))
	const shrink = pitch / 4.47
	let y = top + 2.7 * shrink
	let candidate = ''
	election.cards.forEach((card, index) => {
		if (card.candidate !== candidate) {
			if (index > 0) y += 1 * shrink
			candidate = card.candidate
			const name = election.candidates.find(({ id }) => id === candidate)?.name ?? candidate
			sheet.text(withoutAccents(name), { face: press.bold, size: 3 * shrink }, columns.name, y)
			y += 4.15 * shrink
		}
		const votes = acta.votes[index] ?? 0
		const lettering = { ...small, size: small.size * shrink }
		const room = columns.sigla - columns.name
		const sigla = { ...lettering, size: Math.min(lettering.size, room / small.face.width(card.sigla)) }
		sheet.text(card.sigla, sigla, columns.sigla, y, 'right')
		if (card.number !== undefined) sheet.text(String(card.number), lettering, columns.code, y, 'centre')
		sheet.text(String(votes), lettering, columns.number, y, 'centre')
		sheet.text(digitWords(votes), lettering, columns.letters, y, 'centre')
		y += pitch
	})
}

function printSummary({ sheet, press, small }: Print, acta: Acta): void {
	sheet.text('Resumen de votos', { face: press.bold, size: 2.2 }, 34, 376.2, 'centre')
	const valid = votesOf(acta)
	const rows: [string, number][] = [
		['Votos', valid + acta.nullVotes + acta.emptyVotes],
		['Votos validos', valid],
		['Votos parciales', 0],
		['Votos nulos', acta.nullVotes],
		['Votos vacíos', acta.emptyVotes],
		['Opciones validas', valid],
		['Opciones nulas', acta.nullVotes],
		['Opciones vacías', acta.emptyVotes],
	]
	const [top, pitch] = [377.8, 2.82]
	for (const x of [left, 28.2, 37.2, right - line]) sheet.rectangle(x, top, x + line, top + pitch * 8 + line)
	sheet.rectangle(left, top, right, top + line)
	rows.forEach(([label, count], index) => {
		const y = top + pitch * (index + 1)
		sheet.rectangle(left, y, right, y + line)
		sheet.text(label, small, 5.1, y - 0.7)
		sheet.text(String(count), small, 32.8, y - 0.7, 'centre')
		sheet.text(digitWords(count), small, columns.letters - 1, y - 0.7, 'centre')
	})
}

function printObservations({ sheet, press, strong }: Print): void {
	const [top, pitch] = [403, 3.65]
	sheet.frame(left, top, right, top + 5 * pitch, line)
	for (let row = 1; row < 5; row++) sheet.rectangle(left, top + row * pitch, right, top + row * pitch + line)
	sheet.rectangle(34, top, 34.3, top + pitch)
	sheet.text('Observaciones:', { face: press.bold, size: 2.3 }, 5.1, top + 2.5)
	sheet.text('ACTA SIMULADA. SIN VALIDEZ.', strong, 5.6, top + pitch + 2.6)
	const words = { face: press.bold, size: 2.25 }
	sheet.text('Se levanta la presente acta la cual firman en', words, 5, 426)
	sheet.text('señal de conformidad.', words, 5, 428.9)
	sheet.text('Miembros de la mesa electoral', words, 34, 433.6, 'centre')
}

const signers = ['Presidente', 'Secretario', 'Miembro A', 'Testigo A', 'Testigo B', 'Operador']

function printSignatures({ sheet, press, small, strong }: Print, random: Random): void {
	signers.forEach((role, index) => {
		const y = 438 + 39.5 * index
		sheet.frame(left, y, right, y + 36, line)
		sheet.text(role, { face: press.bold, size: 2.3 }, 5.6, y + 3)
		sheet.rectangle(left, y + 4.2, right, y + 4.2 + line)
		sheet.text('Nombre y apellido:', small, 5.6, y + 7)
		sheet.text('NOMBRE DE MUESTRA', strong, 26, y + 7)
		sheet.text('C.I.:', small, 5.6, y + 11.2)
		sheet.text('V-00000000', strong, 26, y + 11.2)
		sheet.text('Firma:', small, 5.6, y + 15.4)
		sheet.rectangle(20, y + 32.5, 60, y + 32.5 + line)
		const [x, height] = [random.between(20, 28), random.between(8, 15)]
		sheet.stroke(scribble(random, x, y + 25, random.between(24, 34), height), random.between(0.35, 0.6))
	})
}

/** A signature that nobody's hand made: loops that wander from left to right. */
function scribble(random: Random, x: number, y: number, width: number, height: number): Point[] {
	const loops = random.whole(3, 7)
	const lean = random.between(0.1, 0.5)
	const sway = Array.from({ length: loops + 1 }, () => random.between(0.25, 1))
	const steps = loops * 24
	return Array.from({ length: steps + 1 }, (_, step) => {
		const t = step / steps
		const turn = t * loops * 2 * Math.PI
		const size = ((sway[Math.floor(t * loops)] ?? 1) * height) / 2
		const up = Math.sin(turn) * size
		return point(x + t * width + Math.cos(turn) * size * 0.45 - up * lean, y - up)
	})
}

function printQr(sheet: InkSheet, { size, dark }: QrSymbol): void {
	const module = modulesOfQr / size
	for (let row = 0; row < size; row++) {
		for (let column = 0; column < size; column++) {
			if (dark[row * size + column] !== true) continue
			let end = column + 1
			while (end < size && dark[row * size + end] === true) end++
			const y = qrTop + row * module
			sheet.rectangle(qrLeft + column * module, y, qrLeft + end * module, y + module)
			column = end
		}
	}
}

function votesOf(acta: Acta): number {
	return acta.votes.reduce((sum, votes) => sum + votes, 0)
}

/** The machine prints candidates in capitals without accents; Ñ stays. */
function withoutAccents(name: string): string {
	return name
		.normalize('NFD')
		.replace(/[\u0300-\u0302\u0304-\u036f]/g, '')
		.normalize('NFC')
		.toUpperCase()
}

function point(x: number, y: number): Point {
	return { x, y }
}
