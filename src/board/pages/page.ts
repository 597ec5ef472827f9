/** What the board answers to a request for a page or a list. */
import type { Address } from '../routes.ts'
import type { BoardView } from '../view.ts'

export interface Page {
	/** 404 for a place, table or device that is not known: the page says so. */
	readonly status: 200 | 404
	readonly mediaType: 'text/html; charset=utf-8' | 'text/csv; charset=utf-8'
	readonly body: string
}

export function pageAt(address: Address, view: BoardView): Page {
	return { status: 404, mediaType: 'text/html; charset=utf-8', body: `${address.language} ${view.version}` }
}
