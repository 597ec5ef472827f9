/**
 * The pages of an archive, made of the tally alone: the same leaves and words give the same bytes. Pages of places lie by
 * the digits of the centres' codes; none shows figures of a wider place than its own, so that a change touches few. Pure.
 */
import { withdrawnFile } from '../../archive/layout.ts'
import type { Campaign } from '../../evidence/authority/campaign.ts'
import type { Tally } from '../../tally/tally.ts'
import { centrePage } from './centre-page.ts'
import { disputesPage } from './disputes-page.ts'
import { centrePath, placePath, prefixesOf } from './paths.ts'
import { homePage, placePage, placesByPrefix, prefixesAbove } from './place-page.ts'

export interface PagesView {
	readonly tally: Tally
	/** Only pages that show one of these tables; null for all. */
	readonly changed: ReadonlySet<string> | null
	readonly campaign: Pick<Campaign, 'rehearsal'>
}

/** By path. */
export function* archivePages({ tally, changed, campaign }: PagesView): Generator<readonly [string, string]> {
	const context = { tally, isRehearsal: campaign.rehearsal }
	yield ['index.html', homePage(context)]
	yield ['disputes/index.html', disputesPage(context)]
	yield [withdrawnFile, 'sha256,reason,day\n']
	const centres = centresOf(tally)
	const shown = changed === null ? new Set(centres.keys()) : new Set([...changed].map(centreOf))
	const places = placesByPrefix(tally.country)
	const prefixes = new Set([...shown].flatMap((centro) => prefixesOf(centro)))
	// A place is on the page of its first centre's digits, whatever those of its other centres are.
	for (const table of changed ?? []) for (const prefix of prefixesAbove(tally, table)) prefixes.add(prefix)
	for (const prefix of [...prefixes].sort()) {
		yield [placePath(prefix), placePage(prefix, places.get(prefix) ?? [], context)]
	}
	for (const centro of [...shown].sort()) {
		yield [centrePath(centro), centrePage(centro, [...(centres.get(centro) ?? [])].sort(), context)]
	}
}

/** Tables by centre, of the register and beside it. */
function centresOf(tally: Tally): ReadonlyMap<string, ReadonlySet<string>> {
	const centres = new Map<string, Set<string>>()
	for (const table of [...(tally.register?.tables.keys() ?? []), ...tally.unlistedTables()]) {
		const centro = centreOf(table)
		centres.set(centro, (centres.get(centro) ?? new Set()).add(table))
	}
	return centres
}

function centreOf(table: string): string {
	return table.slice(0, table.indexOf('.'))
}
