/** What the page shows of an archive, line by line, in the words of either language. */
import { inGroups } from './fingerprint.js'

const dayMs = 86_400_000
const mostShown = 200

export function whereInArchive({ path, leaf, detail }, say) {
	return [path, leaf !== undefined && `${say.leaf} ${leaf}`, detail].filter(Boolean).join(', ')
}

export function linesOfArchive(report, say, meaning, nowMs) {
	const { origin, size, root, rehearsal, leaves, images, findings, findingCount } = report
	const kinds = Object.entries(leaves).map(([kind, count]) => `${count} ${say.leafKinds[kind]}`)
	return [
		...(rehearsal ? [`${say.isRehearsal}.`] : []),
		...(origin === null
			? []
			: [`${say.archiveOf} ${origin}: ${size}, ${root}`, ...linesOfAge(report, say, nowMs)]),
		...(origin === null ? [] : [lineOfWitnesses(report.witnesses, say)]),
		`${say.leavesWord}: ${kinds.join(', ')}.`,
		...Object.entries(say.signersOf).flatMap(([role, name]) => lineOfSigners(report[role], name, say)),
		`${say.imagesWord}: ${images.public} ${say.publicImages}, ${images.absent} ${say.absent}, ${images.withdrawn} ${say.withdrawn}.`,
		...(findingCount > 0 ? [`${say.findings}: ${findingCount}`] : []),
		...findings
			.slice(0, mostShown)
			.map(
				({ code, leaf, by, seq }) =>
					`${say.leaf} ${leaf}, ${by}${seq === null ? '' : ` ${seq}`}: ${meaning(code)}`,
			),
		...linesOfKeys(report, say),
	]
}

/** What people have to compare. */
export function linesOfKeys({ restsOn, log }, say) {
	return [
		...restsOn.flatMap(({ file, sha256: digest, es, en }) => [
			`${say.restsOn} ${file}: ${inGroups(digest)}`,
			`es: ${es}`,
			`en: ${en}`,
		]),
		`${say.logKey}: ${log}`,
	]
}

/** A copy that is kept from growing shows by its age alone. */
function linesOfAge({ publication, time }, say, nowMs) {
	if (publication === null) return []
	if (time === null) return [`${say.publication} ${publication}.`]
	const days = Math.floor((nowMs - Date.parse(time)) / dayMs)
	const age = days < 0 ? say.inFuture : `${say.daysAgo} ${days}`
	return [`${say.publication} ${publication}, ${time} (${age}). ${say.freshness}`]
}

export function lineOfWitnesses({ threshold, cosigned }, say) {
	if (threshold === 0) return `${say.nobodyAsked}.`
	const names = cosigned.length === 0 ? say.nobody : cosigned.join(', ')
	if (cosigned.length < threshold)
		return `${say.notWitnessed} ${cosigned.length} (${names}), ${say.ofThreshold} ${threshold}.`
	return `${say.witnessed}: ${cosigned.length} (${names}), ${say.ofThreshold} ${threshold}.`
}

function lineOfSigners(all, name, say) {
	if (all.length === 0) return []
	const sum = (field) => all.reduce((before, one) => before + one[field], 0)
	return [
		`${name}: ${all.length}, ${sum('entries')} ${say.entries}, ${sum('awaited')} ${say.awaitedNumbers}.`,
	]
}
