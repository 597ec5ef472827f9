import { describe, expect, test } from 'vitest'
import { closedPages } from '#src/panel/closing-screens.js'
import { columns, draw, type Language, rows, toneOf } from '#src/panel/screens.js'
import type { Connection, PanelStatus, Scene, TechnicianPage } from '#src/panel/status.js'
import { catalogue, connections } from '../support/panel/catalogue.ts'

const table = { centro: '121202007', mesa: '15', votes: 9999 }

/** The longest device id, the most entries. */
const longest = { device: `k-${'w'.repeat(30)}`, seq: 9_999_999, id: 'W'.repeat(43) }
const longestPages: TechnicianPage[] = [
	{ page: 'device', device: longest.device },
	{ page: 'versions', software: 'testigo/10.12.13-alpha.15', format: 1 },
	{ page: 'network', addresses: ['192.168.100.100', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff'] },
	{ page: 'counts', entries: 130_026, confirmed: 30_026, setAside: 99 },
	{ page: 'storage', free: 123_456_789_012, reserveMissing: 32 << 20 },
	{
		page: 'camera',
		shot: {
			...{ kind: 'picture', role: 'abcdefghijklmnop', width: 9248, height: 6944 },
			...{ bytes: 12_345_678, light: 100, sharpness: 999 },
		},
	},
	{ page: 'camera', shot: { kind: 'unreadable', role: 'lower-middle', bytes: 12_345_678 } },
	{ page: 'camera', shot: { kind: 'missing', role: 'lower-middle' } },
]

/** Those of the catalogue that hold numbers or names, with the longest. */
const longestScenes: Scene[] = [
	{ at: 'capturing', shot: 3 },
	{ at: 'recorded', number: 30026, table, received: false },
	{ at: 'recorded', number: 30026, table, received: true },
	{ at: 'recorded', number: 30026, table: null, received: false },
	{ at: 'already-scanned', number: 30026, table },
	{ at: 'conflict', number: 30026, other: 29999, table },
	...closedPages(longest, true).map((_, page): Scene => ({ at: 'closed', head: longest, page })),
	...longestPages.map((page): Scene => ({ at: 'technician', page })),
]

const busiest: PanelStatus = {
	scene: { at: 'idle' },
	recorded: 30026,
	received: 12345,
	setAside: 0,
	connection: 'no-uplink',
}

const statuses: readonly PanelStatus[] = [
	...catalogue.map(({ status }) => status),
	...longestScenes.map((scene) => ({ ...busiest, scene })),
]

describe.each<Language>(['es', 'en'])('screens in %s', (language) => {
	test.each(statuses.map((status) => [JSON.stringify(status), status] as const))('%s fits', (_, status) => {
		for (const connection of Object.keys(connections) as Connection[]) {
			const screen = draw({ ...status, recorded: 30026, received: 12345, connection }, language)
			expect(screen).toHaveLength(rows)
			for (const line of screen) expect(line.length, line).toBeLessThanOrEqual(columns)
		}
	})

	test('every screen says the counts and the connection in its last line', () => {
		for (const status of statuses) {
			const counted = { ...status, recorded: 12, received: 7, connection: 'offline' } as const
			expect(draw(counted, language)[3]).toMatch(/^G12 R7 +(SIN RED|NO NET)$/)
		}
	})

	test('no two look the same', () => {
		const seen = statuses.map((status) => draw(status, language).join('\n'))
		expect(new Set(seen).size).toBe(statuses.length)
	})
})

test('what a volunteer sees when an acta is on the disk', () => {
	const scene: Scene = {
		at: 'recorded',
		number: 3,
		table: { centro: '121202007', mesa: '01', votes: 164 },
		received: false,
	}
	const status: PanelStatus = { scene, recorded: 3, received: 2, setAside: 0, connection: 'online' }
	expect(draw(status, 'es')).toEqual([
		'GUARDADA Nº 3',
		'121202007 mesa 01',
		'164 votos',
		'G3 R2         EN RED',
	])
	expect(draw({ ...status, scene: { ...scene, received: true } }, 'es').slice(0, 3)).toEqual([
		'GUARDADA Nº 3',
		'RECIBIDA',
		'EN EL CENTRO',
	])
})

test('what does not get through to the centre is said in the place of what waits', () => {
	expect(draw(busiest, 'es')[2]).toBe('Por enviar: 17681')
	expect(draw({ ...busiest, setAside: 3 }, 'es')[2]).toBe('No pasan: 3')
	expect(draw({ ...busiest, setAside: 30026 }, 'en')[2]).toBe('Held up: 30026')
})

test('only what is on the disk looks good; trouble looks like trouble', () => {
	const tones = Object.fromEntries(statuses.map((status) => [status.scene.at, toneOf(status)]))
	expect(Object.keys(tones).filter((at) => tones[at] === 'good')).toEqual(['recorded', 'closed'])
	expect(Object.keys(tones).filter((at) => tones[at] === 'trouble')).toEqual([
		'rejected',
		'fault',
		'disk-trouble',
	])
})

test('the head stands on as many pages as it needs, its id in groups of four', () => {
	const head = { device: 'k-q5zt3mbwvd', seq: 128, id: 'nH7bXq2_Lw0vKcT9sYfJd4RgUeZp-1AxMiOo6BhGtNk' }
	const [first = [], second = [], ...more] = closedPages(head, true)
	expect(first).toEqual(['DÍA CERRADO', 'k-q5zt3mbwvd', 'Registro 128'])
	expect(second).toEqual(['nH7b Xq2_ Lw0v KcT9', 'sYfJ d4Rg UeZp -1Ax', 'MiOo 6BhG tNk'])
	expect(second.join('').replaceAll(' ', '')).toBe(head.id)
	expect(more).toEqual([])
	const long = closedPages(longest, false)
	expect(long.map((page) => page.length)).toEqual([3, 1, 3])
	expect(long.flat().slice(1, 3).join('')).toBe(longest.device)
})
