/** What the page shows of the proof of one acta, in the words of either language. */
import { lineOfWitnesses, linesOfKeys } from './archive-shown.js'

export function linesOfProof(report, say) {
	const { origin, size, leaf, object, by, seq, signatureVerified, entry, acta, witnesses, rehearsal } = report
	const isIn = origin !== null
	return [
		...(rehearsal ? [`${say.isRehearsal}.`] : []),
		...(acta === null ? [] : linesOfActa(acta, entry, say)),
		...(object === null
			? []
			: [
					`${say.leafKindOne[object]}${seq === null ? '' : `, ${say.number} ${seq}`}; ${say.recordedBy} ${by}.`,
				]),
		...(signatureVerified ? [`${say.signatureVerified}.`] : []),
		...(entry?.kind === 'acta' && acta === null ? [lineOfUnread(entry, say)] : []),
		...(isIn ? [`${say.inLog} ${origin}: ${say.leaf} ${leaf} ${say.of} ${size}.`] : []),
		...(isIn ? [lineOfWitnesses(witnesses, say)] : []),
		...(acta === null ? [] : [say.oneActaAlone]),
		...linesOfKeys(report, say),
	]
}

function linesOfActa({ table, place, candidates, nullVotes, emptyVotes, total, definition }, entry, say) {
	const [centro, mesa] = table.split('.')
	const parts = place && [place.state, place.municipality, place.parish, place.centroName].filter(Boolean)
	return [
		`${say.centre} ${centro}, ${say.table} ${mesa}${parts ? `: ${parts.join(', ')}; ${place.electors} ${say.electors}` : ''}.`,
		...candidates.map(({ id: candidate, name, votes }) => `${name} (${candidate}): ${votes}`),
		`${say.nullVotes} ${nullVotes}, ${say.emptyVotes} ${emptyVotes}; ${say.total} ${total}.`,
		`${entry.method === 'qr' ? say.readFromCode : say.readFromPrint}, ${entry.day}.`,
		...(definition === 'program' ? [say.namesOfProgram] : []),
	]
}

function lineOfUnread({ said, code }, say) {
	if (said !== null) return `${say.saidToTheLetter}: ${said}`
	return `${say.nobodyReadCounts}${code === null ? '' : ` (${code})`}.`
}
