/** Identities that follow the one of now, day after day: how many are left. */
import { fewSpares } from '../panel/status.ts'
import { type Finding, findingsOf } from './finding.ts'

export function diagnoseSpares(dir: string, left: number): Finding {
	const { ok, warn } = findingsOf('spares')
	const what = { es: `quedan ${left} identidades de reserva`, en: `${left} spare identities left` }
	if (left >= fewSpares) return ok(what)
	return warn(left === 0 ? 'none-left' : 'few-left', what, {
		es: `testigo enrol spares --dir ${dir} --count 7, y lleve la solicitud a la autoridad; sin ninguna, sigue la última`,
		en: `testigo enrol spares --dir ${dir} --count 7, and carry the request to the authority; with none the last goes on`,
	})
}
