/**
 * Checks an archive as a stranger can: without the network, by nothing but its files and what `keys/authority.pem` is
 * compared with (`provisioning/verify/ARCHIVE.md`, "How it is checked"). The steps stand in its order.
 */
import type { KeyObject } from 'node:crypto'
import { restsOn } from '../../audit/rests-on.ts'
import { logKey, witnessKeys } from '../../evidence/authority/campaign.ts'
import { authorityFile } from '../../evidence/authority/centres.ts'
import { encodeBase64 } from '../../evidence/base64.ts'
import { formatVerifierKey, type VerifierKey } from '../../evidence/keys/verifier-key.ts'
import { type OpenedCheckpoint, openCheckpoint } from '../../log/checkpoint.ts'
import { verifyCosignatures } from '../../log/cosignature.ts'
import { parseDecimal } from '../../log/decimal.ts'
import { longestNote } from '../../log/note.ts'
import { isSameHash } from '../../log/tree-hash.ts'
import { witnessing } from '../../log/witnesses.ts'
import { CollectedFaults } from '../../platform/collected-faults.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { publishedFigures } from '../../tally/figures.ts'
import { addUpLeaves } from '../added-up-leaves.ts'
import type { ArchivedFiles } from '../archive-folder.ts'
import { figuresFile } from '../figures-file.ts'
import {
	checkpointFile,
	checkpointsFolder,
	earlierCheckpointFile,
	feedFile,
	figuresPath,
	keysFolder,
	siteFile,
	siteOfFile,
	tablesPath,
} from '../layout.ts'
import { openSite, type Site } from '../site-note.ts'
import { tablesFile } from '../tables-file.ts'
import type { ArchiveFaults, ArchiveReport } from './archive-report.ts'
import { auditFiles } from './files-audit.ts'
import { LeafAudit } from './leaf-audit.ts'
import { auditPictures } from './pictures-audit.ts'
import { auditRecords, readRecords } from './records-audit.ts'
import { auditTree } from './tree-audit.ts'
import { auditInForce, type InForce, readArchivedWords } from './words-audit.ts'

export interface ArchiveAuditOptions {
	/** A rehearsal is what was asked for. */
	readonly rehearsal: boolean
	/** False leaves pictures out. */
	readonly images: boolean
	readonly progress: (what: string, done: number, total: number) => void
}

/** Nothing could be checked. */
export type ArchiveRefusal = Fault<'no-authority' | 'unreadable' | 'no-campaign' | 'no-checkpoint'>

/** Findings that are told; all are counted. */
const mostFindings = 1_000

export async function auditArchive(
	archive: ArchivedFiles,
	{ rehearsal, images, progress }: ArchiveAuditOptions,
): Promise<Result<ArchiveReport, ArchiveRefusal>> {
	const { folder } = archive
	const faults: ArchiveFaults = new CollectedFaults()

	const words = await readArchivedWords(archive)
	if (!words.ok) return words
	const { devices, campaigns } = words.value
	faults.include(words.value.faults)
	const newest = campaigns.newest
	if (newest === null)
		return fail(
			'no-campaign',
			`${folder}: keys/campaign.jws has no campaign object; nothing says whose log it is`,
		)
	const key = logKey(newest.said)

	const checkpoint = await checkpointAt(archive, checkpointFile, key)
	if (!checkpoint.ok) {
		if (checkpoint.fault.code === 'file-missing')
			return fail('no-checkpoint', `${folder}: checkpoint is not there; is this an archive?`)
		faults.add({ path: checkpointFile, ...checkpoint.fault })
		return ok(reportOf({ faults, rests: [devices.authority?.authority.publicKey, key] }))
	}
	const head = checkpoint.value
	const earlier = await earlierCheckpoints(archive, key, faults)
	const larger = [...earlier.keys()].filter((size) => size > head.size)

	// What is in force is a leaf; which one it is shows when all were read. Until then the newest counts.
	const inForce = await auditInForce(archive, newest, campaigns.issues())
	const rules =
		inForce.election === null ? null : { election: inForce.election, rehearsal: newest.said.rehearsal }
	const leaves = new LeafAudit({ devices, campaigns, rules })
	const siteFaults: ArchiveFaults = new CollectedFaults()
	const site = await siteOf(archive, key, siteFaults)
	const records = site === null ? null : await readRecords(archive, site.publication)
	const sizes = [...(records?.values() ?? [])].map(({ record }) => record?.size ?? 0)
	const tree = await auditTree(
		archive.tiles,
		head,
		new Set([...earlier.keys(), ...sizes]),
		(leaf, bytes) => leaves.take(leaf, bytes),
		(done, total) => progress('leaves', done, total),
	)
	faults.include(tree.faults)
	for (const [size, one] of earlier) {
		const root = tree.roots.get(size)
		if (size > head.size || root === undefined || isSameHash(root, one.root)) continue
		const path = earlierCheckpointFile(size)
		faults.add({ code: 'forked', path, detail: 'signed by the log, and not of this tree: both are proof' })
	}
	const shown = earlier.get(head.size)
	if (shown === undefined)
		faults.add({
			code: 'checkpoint-missing',
			path: earlierCheckpointFile(head.size),
			detail: 'not there, or none',
		})
	faults.include(leaves.faults)

	const isTreeWhole = tree.faults.count === 0
	// The first one is in force by a log without a leaf.
	const isFirstAlone = head.size === 0 && campaigns.issues().length === 1
	const isInStep =
		site !== null &&
		site.size === head.size &&
		isSameHash(site.root, head.root) &&
		(isFirstAlone || leaves.newestIssue === newest.said.issue) &&
		!inForce.isBehindKeys &&
		!(await isBegun(archive, site.publication + 1))
	// Of a publication that is not complete the files that it names may not be there yet.
	const isLeftOut = site !== null && !isInStep && isTreeWhole
	if (!isLeftOut) faults.include(inForce.faults)
	faults.include(siteFaults)
	if (isInStep || !isTreeWhole) {
		for (const size of larger)
			faults.add({
				code: 'shrunk',
				path: earlierCheckpointFile(size),
				detail: `the log has signed ${size} leaves, and shows ${head.size}: both are proof`,
			})
	}
	let figures: ArchiveReport['figures'] = null
	let time: string | null = null
	if (isLeftOut) {
		faults.add({
			code: 'not-in-step',
			path: siteFile,
			detail: 'files of two publications lie together: copy the archive again',
		})
	} else if (site !== null && records !== null && isInStep) {
		figures = await auditFigures(archive, inForce, head.size, faults, progress)
		await auditFiles(archive, site, faults)
		await auditRecords(archive, records, { key, site, roots: tree.roots, leaves }, faults)
		time = records.get(site.publication)?.record?.time ?? null
	}

	const pictures = await auditPictures(archive, leaves.pictures.named(), faults, {
		...{ images, progress },
		isComplete: !isLeftOut,
	})
	const { threshold } = newest.said
	const witnesses = witnessKeys(newest.said)
	const cosigned = verifyCosignatures(head.note, witnesses)
	const witnessed = witnessing(cosigned.ok ? cosigned.value : [], threshold)
	if (!cosigned.ok) faults.add({ path: checkpointFile, ...cosigned.fault })
	if (witnessed.state === 'not-witnessed')
		faults.add({
			code: 'not-witnessed',
			path: checkpointFile,
			detail: `${witnessed.cosigned.length} of the ${threshold} witnesses that have to sign have`,
		})
	if (newest.said.rehearsal && !rehearsal)
		faults.add({
			code: 'rehearsal',
			path: '',
			detail: 'nothing here is of an election (--rehearsal takes it as one)',
		})

	return ok({
		...reportOf({ faults, rests: [devices.authority?.authority.publicKey, key] }),
		...{ origin: head.origin, size: head.size, root: encodeBase64(head.root) },
		...{ publication: site?.publication ?? null, time },
		rehearsal: newest.said.rehearsal,
		witnesses: {
			...{ listed: witnesses.length, threshold },
			cosigned: witnessed.cosigned.map(({ witness }) => witness.name),
		},
		leaves: leaves.counts,
		...{ devices: leaves.signers('device'), stations: leaves.signers('station') },
		officers: leaves.signers('officer'),
		images: pictures,
		...findingsOf(leaves),
		figures,
	})
}

async function checkpointAt(archive: ArchivedFiles, path: string, key: VerifierKey) {
	const bytes = await archive.read(path, longestNote)
	return bytes.ok ? openCheckpoint(bytes.value, key) : bytes
}

/** All of `checkpoints/` that are good, by size. */
async function earlierCheckpoints(
	archive: ArchivedFiles,
	key: VerifierKey,
	faults: ArchiveFaults,
): Promise<ReadonlyMap<number, OpenedCheckpoint>> {
	const found = new Map<number, OpenedCheckpoint>()
	const names = await archive.names(checkpointsFolder)
	const sizes = names.map(parseDecimal).filter((size) => size !== null)
	for (const size of sizes.sort((one, other) => one - other)) {
		const path = earlierCheckpointFile(size)
		const one = await checkpointAt(archive, path, key)
		if (!one.ok) faults.add({ path, ...one.fault })
		else if (one.value.size !== size)
			faults.add({ code: 'bad-note', path, detail: `is a checkpoint of ${one.value.size} leaves` })
		else found.set(size, one.value)
	}
	return found
}

/** Whether the record of a publication is there, which is written before what it changes. */
async function isBegun(archive: ArchivedFiles, publication: number): Promise<boolean> {
	return (await archive.read(feedFile(publication))).ok
}

/** Null where it is none; then the archive says nothing of its files. */
async function siteOf(archive: ArchivedFiles, key: VerifierKey, faults: ArchiveFaults): Promise<Site | null> {
	const bytes = await archive.read(siteFile, longestNote)
	const site = bytes.ok ? openSite(bytes.value, key) : bytes
	if (!bytes.ok || !site.ok) {
		if (!site.ok) faults.add({ path: siteFile, ...site.fault })
		return null
	}
	const path = siteOfFile(site.value.publication)
	const kept = await archive.read(path, longestNote)
	if (!kept.ok) faults.add({ path, ...kept.fault })
	else if (!kept.value.equals(bytes.value))
		faults.add({ code: 'site-differs', path, detail: 'not the same as site' })
	return site.value
}

async function auditFigures(
	archive: ArchivedFiles,
	{ election, register }: InForce,
	size: number,
	faults: ArchiveFaults,
	progress: ArchiveAuditOptions['progress'],
): Promise<ArchiveReport['figures']> {
	if (election === null || register === null) return null
	progress('figures', 0, 1)
	const added = await addUpLeaves(archive, size, election, register)
	progress('figures', 1, 1)
	if (!added.ok) {
		faults.add({ code: 'unreadable', path: '', detail: added.fault.detail })
		return null
	}
	const { tally } = added.value
	const right = figuresFile(tally.figures())
	const shown = await archive.read(figuresPath)
	if (!shown.ok) faults.add({ path: figuresPath, ...shown.fault })
	else if (!shown.value.equals(Buffer.from(right)))
		faults.add({ code: 'figures-differ', path: figuresPath, detail: 'not what the leaves add up to' })
	const tables = await archive.read(tablesPath)
	if (!tables.ok) faults.add({ path: tablesPath, ...tables.fault })
	else {
		const line = firstOtherLine(tables.value, tablesFile(tally))
		if (line !== null)
			faults.add({
				code: 'tables-differ',
				path: tablesPath,
				detail: `line ${line} is not what the leaves add up to`,
			})
	}
	return publishedFigures(tally.figures())
}

/** Counts from 1; null where all are the same. */
function firstOtherLine(bytes: Buffer, right: Iterable<string>): number | null {
	let [number, at] = [0, 0]
	for (const line of right) {
		number++
		const end = at + Buffer.byteLength(line)
		if (!bytes.subarray(at, end).equals(Buffer.from(line))) return number
		at = end
	}
	return at === bytes.length ? null : number + 1
}

function findingsOf(leaves: LeafAudit): Pick<ArchiveReport, 'findings' | 'findingCount'> {
	const all = leaves.findings()
	return { findings: all.slice(0, mostFindings), findingCount: all.length }
}

interface ReportParts {
	readonly faults: ArchiveFaults
	readonly rests: readonly [KeyObject | undefined, VerifierKey]
}

/** Of an archive of which no more is known. */
function reportOf({ faults, rests: [authority, log] }: ReportParts): ArchiveReport {
	const { kept, count } = faults
	return {
		...{ origin: null, size: null, root: null, publication: null, time: null, rehearsal: false },
		witnesses: { listed: 0, threshold: 0, cosigned: [] },
		leaves: { entry: 0, head: 0, transcription: 0, ruling: 0, campaign: 0, withheld: 0 },
		...{ devices: [], stations: [], officers: [] },
		images: { public: 0, absent: 0, withdrawn: 0 },
		...{ findings: [], findingCount: 0, figures: null, faults: kept, faultCount: count },
		restsOn: authority === undefined ? [] : [restsOn(`${keysFolder}/${authorityFile}`, authority)],
		log: formatVerifierKey(log),
	}
}
