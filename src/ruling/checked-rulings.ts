/** Whether those signed rulings whom they name, by the registry beside a centre's records. */
import type { PublishedDevices } from '../audit/published-devices.ts'
import { openRuling, type SignedRuling } from '../evidence/ruling.ts'

export interface CheckedRuling extends SignedRuling {
	/** By a key that the authority's registry lists. Else there is only the word of who brought it. */
	readonly isChecked: boolean
}

/** Those that the registry contradicts are left out. `published`: null where there are no records to ask. */
export async function checkedRulings(
	rulings: readonly SignedRuling[],
	published: PublishedDevices | null,
): Promise<CheckedRuling[]> {
	const checked: CheckedRuling[] = []
	for (const ruling of rulings) {
		const { officer: id, seq } = ruling.ruling
		const key = await published?.signer('officer', id)
		if (key?.ok !== true) {
			if (key?.fault.code !== 'wrong-role') checked.push({ ...ruling, isChecked: false })
			continue
		}
		const isDisowned = published?.authority?.roll.isRevoked(id, seq) === true
		const isSigned = openRuling(ruling.text, { id, publicKey: key.value }).ok
		if (isSigned && !isDisowned) checked.push({ ...ruling, isChecked: true })
	}
	return checked
}
