/**
 * What a volunteer sees, scene by scene: real reader, session, recorder, journal and screens; simulated are the
 * papers, the camera and the hand. Each scene's screens are printed, for whoever reads the test's output.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import type { Camera } from '#src/capture/camera.js'
import { sessionDelays } from '#src/kiosk/session/delays.js'
import type { Screen } from '#src/panel/screens.js'
import { systemClock } from '#src/platform/clock.js'
import { fail, ok } from '#src/platform/result.js'
import { QrReader } from '#src/reading/qr-reader.js'
import { ActaPrinter } from '#src/simulator/acta-printer.js'
import type { Paper } from '#src/simulator/paper/strip.js'
import { drawPhotograph, type Photograph } from '#src/simulator/photograph/severity.js'
import { qrPicture } from '../reading/qr-picture.ts'
import { HandledKiosk } from '../support/handled-kiosk.ts'
import { acta, paper } from '../support/printed-actas.ts'
import { makeSigner } from '../support/test-identity.ts'

const signer = makeSigner('k-view')
const good = drawPhotograph(0, 'volunteer', 3)
let directory: string
let handled: HandledKiosk
let printer: ActaPrinter
let screens: Screen[] = []
/** What the camera sees: shot after shot the same paper, photographed anew. */
let view: (shot: number) => Promise<Uint8Array>
let shot = 0

const camera: Camera = {
	retakes: true,
	start: async () => ok(true),
	capture: async () => {
		try {
			return ok([{ role: 'full', bytes: await view(++shot), origin: 'simulated' }])
		} catch (error) {
			return fail('device', String(error))
		}
	},
	release: async () => {},
	stop: async () => {},
}

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'testigo-view-'))
	printer = new ActaPrinter(presidential2024)
	await printer.start()
	const { glance } = sessionDelays
	const reader = new QrReader(presidential2024)
	handled = await HandledKiosk.start({
		...{ directory, signer, camera, clock: systemClock, pressesWhenAsked: false },
		reader: {
			start: () => reader.start(),
			answers: () => reader.answers(),
			read: (bytes) => reader.read(bytes),
			stop: () => reader.stop(),
		},
		onScreen: (screen) => void screens.push(screen),
		session: { unread: 'set-aside', shots: 2, shotsWithin: 60_000 },
		delays: { ...sessionDelays, confirming: 600_000, recorded: 600_000, glance: { ...glance, recorded: 0 } },
	})
})

afterAll(async () => {
	await handled.stop()
	await printer.stop()
	await rm(directory, { recursive: true })
})

/** Lays down what the camera then sees, and waits until the display stands still. */
async function scene(
	title: string,
	seen: (shot: number) => Promise<Uint8Array>,
	end: string,
): Promise<string[]> {
	handled.tray('no-paper')
	view = seen
	shot = 0
	screens = []
	handled.tray('paper')
	await vi.waitUntil(() => shot > 0, { timeout: 120_000, interval: 5 })
	await until(end)
	return shownUnder(title)
}

async function until(at: string): Promise<void> {
	await vi.waitUntil(() => handled.kiosk.status.scene.at === at, { timeout: 120_000, interval: 20 })
}

function shownUnder(title: string): string[] {
	const from = Math.max(
		0,
		screens.findIndex(([first]) => first === 'FOTO...'),
	)
	const shown = screens
		.slice(from)
		.filter((screen, index) => index === 0 || `${screen}` !== `${screens[from + index - 1]}`)
	const edge = '─'.repeat(22)
	const drawn = shown.map(
		(lines) => `  ┌${edge}┐\n${lines.map((line) => `  │ ${line.padEnd(20)} │\n`).join('')}  └${edge}┘`,
	)
	process.stdout.write(`\n${title}\n${drawn.join('\n')}\n`)
	screens = []
	return shown.map((screen) => screen.slice(0, 3).join(' / '))
}

/** A table of its own for each scene. */
function paperOf(mesa: string): Paper {
	return { ...paper, acta: { ...acta, mesa, code: `121202007.${mesa}.1.0001` } }
}

const photograph = async (
	of: Paper,
	seed: string,
	overrides: Partial<Photograph> = {},
	neighbours: Parameters<ActaPrinter['print']>[0]['neighbours'] = [],
): Promise<Uint8Array> =>
	(await printer.print({ paper: of, severity: 0, seed, megapixels: 3, overrides, neighbours })).jpeg

const way = [
	'FOTO... / No mueva el acta / ',
	'LEYENDO... / No mueva el acta / ',
	'GUARDANDO... / No la retire aún / ',
]
const again = ['FOTO 2... / No mueva el acta / ', 'LEYENDO... / No mueva el acta / ']

test('a good acta', async () => {
	const seen = await scene('A good acta', () => photograph(paperOf('01'), 'good'), 'recorded')
	expect(seen).toEqual([...way, 'GUARDADA Nº 1 / 121202007 mesa 01 / 164 votos'])
})

test('an acta laid upside-down is as good', async () => {
	const upsideDown = { rotation: good.rotation + 180 }
	const seen = await scene(
		'Upside-down',
		() => photograph(paperOf('02'), 'volunteer', upsideDown),
		'recorded',
	)
	expect(seen).toEqual([...way, 'GUARDADA Nº 2 / 121202007 mesa 02 / 164 votos'])
})

test('a QR code with a web address', async () => {
	const link = () => qrPicture('https://example.org/acta')
	const seen = await scene('A web address', link, 'confirming')
	expect(seen).toEqual([...way.slice(0, 2), 'NO ES UN ACTA / QR es un enlace web / Botón: guardar foto'])
})

test('glare over the code, at both shots', async () => {
	const glare = [{ added: 1, x: 0, y: 0, radius: 40 }]
	const seen = await scene('Glare', () => photograph(paperOf('03'), 'volunteer', { glare }), 'confirming')
	expect(seen).toEqual([
		...way.slice(0, 2),
		...again,
		'REFLEJO EN EL QR / Tape el reflejo / Botón: guardar foto',
	])
})

test('the code out of the picture, until the acta is moved', async () => {
	const centre = { x: good.centre.x, y: good.height + 40 * good.pixelsPerModule }
	const outside = { rotation: 0, centre }
	const seen = await scene(
		'Out of frame',
		() => photograph(paperOf('03'), 'volunteer', outside),
		'confirming',
	)
	expect(seen).toEqual([
		...way.slice(0, 2),
		...again,
		'NO SE VE EL QR / Mueva o dé vuelta / Botón: guardar foto',
	])
	const moved = await scene(
		'Moved into the picture',
		() => photograph(paperOf('03'), 'volunteer'),
		'recorded',
	)
	expect(moved.at(-1)).toBe('GUARDADA Nº 3 / 121202007 mesa 03 / 164 votos')
})

test('an acta that can not be read is recorded by the button', async () => {
	const blurred = { defocus: 1.4 }
	const seen = await scene('Unreadable', () => photograph(paperOf('04'), 'volunteer', blurred), 'confirming')
	expect(seen).toEqual([
		...way.slice(0, 2),
		...again,
		'FOTO BORROSA / Alise y no lo mueva / Botón: guardar foto',
	])
	handled.press()
	await until('recorded')
	expect(shownUnder('... and the button')).toEqual([
		way[2],
		'GUARDADA Nº 4 / Foto sin lectura / Retire el acta',
	])
})

test('two actas at once', async () => {
	const upright = { rotation: 0, centre: { x: 400, y: 1600 }, width: 1536, height: 2048 }
	const second = [{ paper: paperOf('06'), across: 75, down: -20, turned: 8 }]
	const seen = await scene(
		'Two actas',
		() => photograph(paperOf('05'), 'volunteer', upright, second),
		'confirming',
	)
	expect(seen).toEqual([...way.slice(0, 2), 'HAY DOS ACTAS / Ponga una sola / Botón: guardar foto'])
})
