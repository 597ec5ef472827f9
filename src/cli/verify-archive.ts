/** What `testigo verify` says of a public archive. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveFolder } from '../archive/archive-folder.ts'
import { auditArchive } from '../archive/check/archive-audit.ts'
import type { ArchiveFault, ArchiveReport, Finding } from '../archive/check/archive-report.ts'
import { checkpointFile, keysFolder } from '../archive/layout.ts'
import { campaignFile } from '../evidence/authority/campaign.ts'
import { type FoundStamp, findStamps } from '../mirroring/stamping.ts'
import { exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { progressBars } from './progress.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { restsOnLines } from './rests-on-lines.ts'

interface Options {
	readonly json?: true
	readonly images: boolean
	readonly rehearsal?: true
	/** Certificates of authorities of time. */
	readonly trusted?: string
}

export async function isArchive(path: string): Promise<boolean> {
	for (const name of [checkpointFile, join(keysFolder, campaignFile)]) {
		const found = await stat(join(path, name)).catch(() => null)
		if (found?.isFile() === true) return true
	}
	return false
}

export async function verifyArchive(
	path: string,
	{ json, images, rehearsal, trusted }: Partial<Options>,
): Promise<void> {
	const bar = progressBars()
	const audit = await auditArchive(new ArchiveFolder(path), {
		...{ rehearsal: rehearsal === true, images: images !== false },
		progress: (what, done, total) => bar.show(`verify ${what}`, done, total),
	})
	bar.end()
	if (!audit.ok) {
		const { fault } = audit
		if (json) printJson({ kind: 'archive', whole: false, fault, note: custodyNotTruth })
		else printLines(fault.detail, custodyNotTruth)
		process.exitCode = fault.code === 'unreadable' ? exit.environmentFailed : exit.foundWrong
		return
	}
	const report = audit.value
	const whole = report.faultCount === 0
	if (json) printJson({ kind: 'archive', whole, ...report, note: custodyNotTruth })
	else {
		const stamps = await findStamps(new ArchiveFolder(path), trusted ?? null)
		printLines(...stamps.map(stampLine), ...archiveLines(report), custodyNotTruth)
	}
	process.exitCode = whole ? exit.done : exit.foundWrong
}

function archiveLines(report: ArchiveReport): string[] {
	const { origin, size, root, publication, time, rehearsal, witnesses, leaves, images, figures } = report
	const kinds = Object.entries(leaves).flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : []))
	const { listed, threshold, cosigned } = witnesses
	return [
		...(rehearsal ? ['REHEARSAL: nothing here is of an election.'] : []),
		`Archive of the log ${origin ?? '(unknown)'}: publication ${publication ?? '?'} of ${time ?? '?'}, ${size ?? 0} leaves (${kinds.join(', ')}).`,
		`Root ${root ?? 'unknown'}.`,
		threshold === 0
			? 'Nobody was asked to witness it.'
			: `${cosigned.length < threshold ? 'NOT WITNESSED' : 'Witnessed'}: by ${cosigned.length} of ${listed}, ${threshold} have to (${cosigned.join(', ') || 'nobody'}).`,
		`Signed by ${report.devices.length} devices, ${report.stations.length} stations, ${report.officers.length} officers.`,
		`Pictures: ${images.public} public ones named, ${images.absent} absent, ${images.withdrawn} withdrawn.`,
		figures === null
			? 'FIGURES: could not be computed.'
			: `Figures computed from the leaves: ${figures.tables.counted.tables + figures.unlisted.counted} tables counted, ${figures.confirmed.tables} confirmed.`,
		...report.findings.slice(0, mostFindings).map(findingLine),
		...(report.findingCount > mostFindings
			? [`… and ${report.findingCount - mostFindings} more findings`]
			: []),
		...report.faults.map(faultLine),
		...(report.faultCount > report.faults.length
			? [`… and ${report.faultCount - report.faults.length} more faults`]
			: []),
		...restsOnLines(report.restsOn),
		`Log ${report.log}`,
		report.faultCount === 0 ? 'WHOLE' : 'FOUND WRONG',
	]
}

function stampLine({ path, size, time, isVerified }: FoundStamp): string {
	if (time === null) return `${path}: is no time stamp of that checkpoint.`
	const how =
		isVerified === null
			? 'nobody has said whom to trust (--trusted)'
			: isVerified
				? 'verified by openssl'
				: 'NOT VERIFIED by the certificates that were named'
	return `Time stamp of ${size} leaves: ${time}; ${how}.`
}

/** Lines; the JSON has more. */
const mostFindings = 20

function findingLine({ code, leaf, by, seq }: Finding): string {
	return `Finding in leaf ${leaf}: ${code}, by ${by}${seq === null ? '' : `, number ${seq}`}`
}

function faultLine({ code, path, leaf, detail }: ArchiveFault): string {
	const where = leaf === undefined ? (path ? ` in ${path}` : '') : ` in leaf ${leaf}`
	return `FAULT${where}: ${code}: ${detail}`
}
