/** What the board answers to a request for a page or a list. */
import { html } from '../../platform/html.ts'
import type { Address } from '../routes.ts'
import type { BoardView } from '../view.ts'
import { callsList, callsPage, rescansList, rescansPage } from './calls-page.ts'
import { checkPage } from './check-page.ts'
import { type PageContext, pageContext } from './context.ts'
import { coveragePage, placesList, tablesList } from './coverage-page.ts'
import { devicePage } from './device-page.ts'
import { devicesList, devicesPage } from './devices-page.ts'
import { disputesList, disputesPage } from './disputes-page.ts'
import { findingsList, findingsPage } from './findings-page.ts'
import { framed, type PageParts } from './frame.ts'
import { type List, listCsv } from './list.ts'
import { tablePage } from './table-page.ts'
import { papersList, papersPage, unreadList, unreadPage } from './unread-page.ts'
import { wallPage } from './wall-page.ts'

export interface Page {
	/** 404 for a place, table or device that is not known: the page says so. */
	readonly status: 200 | 404
	readonly mediaType: 'text/html; charset=utf-8' | 'text/csv; charset=utf-8'
	readonly body: string
}

export function pageAt(address: Address, view: BoardView): Page {
	const context = pageContext(address, view)
	if (address.isCsv) {
		const body = csvOf(context)
		return body === null ? unknown(context) : { status: 200, mediaType: 'text/csv; charset=utf-8', body }
	}
	if (address.route.page === 'wall') return shown(wallPage(context))
	const parts = partsOf(context)
	return parts === null ? unknown(context) : shown(framed(context, parts))
}

function shown(body: string): Page {
	return { status: 200, mediaType: 'text/html; charset=utf-8', body }
}

function partsOf(context: PageContext): PageParts | null {
	const { view } = context
	const { route } = context.address
	switch (route.page) {
		case 'coverage': {
			const place = view.place(route.names)
			return place === null ? null : coveragePage(context, place)
		}
		case 'table': {
			const table = view.table(route.table)
			return table === null ? null : tablePage(context, table)
		}
		case 'device': {
			const device = view.devices().find(({ id }) => id === route.id)
			return device === undefined ? null : devicePage(context, device)
		}
		case 'calls':
			return callsPage(context)
		case 'rescans':
			return rescansPage(context)
		case 'devices':
			return devicesPage(context)
		case 'disputes':
			return disputesPage(context)
		case 'unread':
			return unreadPage(context)
		case 'papers':
			return papersPage(context)
		case 'findings':
			return findingsPage(context)
		case 'check':
			return checkPage(context)
		case 'wall':
			return null
	}
}

/** The list of a page; null where it has none. */
function csvOf(context: PageContext): string | null {
	const { query, route } = context.address
	const csv = <T>(list: List<T>) => listCsv(list, query, context.language)
	switch (route.page) {
		case 'coverage': {
			const place = context.view.place(route.names)
			if (place === null) return null
			return place.level === 'centro' ? csv(tablesList(context, place)) : csv(placesList(context, place))
		}
		case 'calls':
			return csv(callsList(context))
		case 'rescans':
			return csv(rescansList(context))
		case 'devices':
			return csv(devicesList(context))
		case 'disputes':
			return csv(disputesList(context))
		case 'unread':
			return csv(unreadList(context))
		case 'papers':
			return csv(papersList(context))
		case 'findings':
			return csv(findingsList(context))
		default:
			return null
	}
}

function unknown(context: PageContext): Page {
	const first = context.to({ page: 'coverage', names: [] })
	const body = framed(context, {
		title: context.in({ es: 'Aquí no hay nada', en: 'There is nothing here' }),
		content: context.in({
			es: html`<p>Ni la lista de mesas ni lo que ha llegado al centro tienen lo que esta dirección nombra. <a href="${first}">Empezar por la cobertura</a></p>`,
			en: html`<p>Neither the register of tables nor what came to the centre has what this address names. <a href="${first}">Begin with the coverage</a></p>`,
		}),
	})
	return { ...shown(body), status: 404 }
}
