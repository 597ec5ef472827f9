/** Identities that follow the one of now, day after day: how many are left. */
import { freshSpares } from '../enrolment/day-identities.ts'
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { fewSpares } from '../panel/status.ts'
import { type Finding, findingsOf } from './finding.ts'

/** Nothing of a kiosk that has one identity. */
export async function inspectSpares(config: KioskConfig): Promise<Finding[]> {
	if (config.identities === 'one') return []
	const { ok, warn } = findingsOf('spares')
	const left = (await freshSpares(config)).length
	const what = { es: `quedan ${left} identidades de reserva`, en: `${left} spare identities left` }
	if (left >= fewSpares) return [ok(what)]
	const dir = config.identity
	return [
		warn(left === 0 ? 'none-left' : 'few-left', what, {
			es: `testigo enrol spares --dir ${dir} --count 7, y lleve la solicitud a la autoridad; sin ninguna, sigue la última`,
			en: `testigo enrol spares --dir ${dir} --count 7, and carry the request to the authority; with none the last goes on`,
		}),
	]
}
