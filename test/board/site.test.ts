import { expect, test } from 'vitest'
import { routesOf } from '#src/board/site.js'
import { EventStream } from '#src/platform/http/event-stream.js'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { sampleView } from './sample-view.ts'

test('keeps a page by what is asked for, however it is written, and no list as a file', async () => {
	const view = sampleView({ tables: 30, stateOf: () => 'missing' })
	const routes = routesOf({
		view: async () => view,
		live: new EventStream({ clock: new SimulatedClock(), mostViewers: 1 }),
		picture: { method: 'GET', path: '/picture/:sha256', answer: () => ({ status: 404, type: '', body: '' }) },
	})
	const pages = routes.find(({ path }) => path === '/es/*')
	const get = async (target: string) =>
		await pages?.answer({
			...{ method: 'GET', path: target.split('?')[0] ?? '', target, from: '', body: Buffer.alloc(0) },
			...{ parameters: {}, query: new URLSearchParams(), cookies: new Map(), languages: '' },
		})
	const page = await get('/es/llamadas')
	expect(page).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' })
	expect(page).not.toHaveProperty('tag')
	expect(await get('/es/llamadas?x=1')).toBe(page)
	const list = await get('/es/llamadas.csv')
	expect(list).toMatchObject({ status: 200, type: 'text/csv; charset=utf-8' })
	expect(await get('/es/llamadas.csv')).not.toBe(list)
})
