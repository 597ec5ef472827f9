/** Who can open the pictures: whether one person alone can, as far as the configuration says. */
import type { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { heldByOne } from '../sealing/custodians.ts'
import { type Finding, findingsOf } from './finding.ts'

export function diagnoseCustodians({
	custodians,
	production,
}: Pick<KioskConfig, 'custodians' | 'production'>): Finding {
	const { ok, warn } = findingsOf('custodians')
	const alone = heldByOne(custodians)
	if (production && alone.length > 0) {
		const keys = alone.map((key) => `${key.slice(0, 12)}…`).join(', ')
		return warn(
			'held-by-one',
			{
				es: `${keys}: nadie dice que esta clave esté repartida; una sola persona abre todas las imágenes`,
				en: `${keys}: nobody says that this key is split; one person alone opens every image`,
			},
			{
				es: 'haga una con "testigo custodian new --split 2/3"; la otra sigue abriendo lo anterior',
				en: 'make one with "testigo custodian new --split 2/3"; the other still opens what was before',
			},
		)
	}
	const split = custodians.length - alone.length
	return ok({
		es: `${custodians.length}, de ellos ${split} repartidos según quien los hizo (nadie puede comprobarlo)`,
		en: `${custodians.length}, ${split} of them split as their maker says (nothing can check it)`,
	})
}
