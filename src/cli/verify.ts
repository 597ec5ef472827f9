import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import type { AuditFault } from '../audit/audit-fault.ts'
import type { AuditProgress } from '../audit/audit-progress.ts'
import { type AuditRefusal, auditJournal, auditJournalFile } from '../audit/journal-audit.ts'
import type { EvictedImage, JournalReport } from '../audit/journal-report.ts'
import { auditLedger, type LedgerRefusal } from '../audit/ledger-audit.ts'
import type { DeviceAudit, LedgerReport } from '../audit/ledger-report.ts'
import { auditPeople, type PeopleChainName, type PeopleReport } from '../audit/people-audit.ts'
import type { AuthorityReport, RevokedReport } from '../audit/published-authority.ts'
import { type RestsOn, restsOn } from '../audit/rests-on.ts'
import type { Position } from '../evidence/fields.ts'
import {
	type CertificateFault,
	type Certified,
	checkCertified,
	readCertificateFile,
} from '../evidence/keys/certificate.ts'
import { readPublicKeyFile } from '../evidence/keys/public-key-file.ts'
import { deviceFile } from '../journal/journal.ts'
import { tlogProofEnding } from '../log/tlog-proof.ts'
import type { CappedFileFault } from '../platform/files/capped-file.ts'
import { type Fault, fail, ok, type Result, unreachable } from '../platform/result.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { progressBars } from './progress.ts'
import { custodyNotTruth, equivocationLine } from './proof-lines.ts'
import { restsOnLines } from './rests-on-lines.ts'
import { isArchive, verifyArchive } from './verify-archive.ts'
import { isForkProof, verifyForkProofs } from './verify-fork.ts'
import { type ProofOptions, verifyProofFile } from './verify-proof.ts'

interface Options extends ProofOptions {
	readonly json?: true
	readonly images: boolean
	readonly key?: string
	readonly root?: string
	readonly centreKey?: string
	readonly rehearsal?: true
	readonly trusted?: string
}

export function verifyCommand(): Command {
	return new Command('verify')
		.description(
			'check a public archive or a proof of an acta, a journal or a ledger, or what a station or an officer signed',
		)
		.argument(
			'<path>',
			'directory of an archive, of a journal, of a centre, or of a station or an officer on a stick, a proof (.tlog-proof), what a mirror or witness kept as proof, or a journal file with --key',
		)
		.option('--key <file>', 'public key to check a lone journal file against')
		.option(
			'--root <file>',
			"the root that a journal's device must chain to; its certificate is checked as of its issue",
		)
		.option(
			'--centre-key <file>',
			'whose receipts excuse images that a kiosk gave away, instead of the keys beside the journal',
		)
		.option('--trusted <file>', 'of an archive: certificates that its time stamps are verified by, in PEM')
		.option('--keys <dir>', 'of a proof: an archive or its folder keys/, by which it is verified')
		.option('--log <vkey>', "of a proof: the log's verifier key")
		.option('--leaf <file>', 'of a proof: the leaf, where it does not lie in it')
		.option('--rehearsal', 'of an archive or a proof: a rehearsal is what was asked for')
		.option('--no-images', 'leave the images out')
		.option('--json', 'print one JSON object')
		.action(async (path: string, options: Options) => {
			await asOwnerOf(path)
			if (path.endsWith(tlogProofEnding)) return verifyProofFile(path, options)
			if (await isForkProof(path)) return verifyForkProofs(path, options)
			if (await isArchive(path)) return verifyArchive(path, options)
			const bar = progressBars()
			const choice = await choose(path, options, (what, done, total) =>
				bar.show(`verify ${what}`, done, total),
			)
			const { kind, audit } = choice
			bar.end()
			if (!audit.ok) {
				const { code, detail } = audit.fault
				// A journal without a good key beside it proves nothing: found wrong, not used wrongly.
				const machine = code === 'unreadable' || code === 'file-unreadable'
				const empty = code === 'nothing-to-check' ? [nothingToCheck] : []
				print([...empty, detail], { kind, whole: false, fault: audit.fault }, options)
				process.exitCode = machine ? exit.environmentFailed : exit.foundWrong
				return
			}
			const lines = linesOf(choice)
			const { faults, faultCount } = audit.value
			const certified = kind === 'journal' ? await certification(path, audit.value.device, options) : null
			const whole = faultCount === 0 && certified?.ok !== false
			const keys = [...audit.value.restsOn, ...(certified?.ok ? [certified.value.root] : [])]
			print(
				[
					...(isNothingToCheck(audit.value) ? [nothingToCheck] : []),
					...lines,
					...restsOnLines(keys),
					...certificationLine(certified),
					...faultLines(faults, faultCount),
				],
				{ kind, whole, ...(certified === null ? {} : { certified }), ...audit.value, restsOn: keys },
				options,
			)
			process.exitCode = whole ? exit.done : exit.foundWrong
		})
}

/** First of all lines: an emptied file must not look like one that is well. */
const nothingToCheck = 'NOTHING TO CHECK'

function isNothingToCheck({ faults, faultCount }: JournalReport | LedgerReport | PeopleReport): boolean {
	return faultCount === 1 && faults[0]?.code === 'nothing-to-check'
}

type Choice =
	| { readonly kind: null; readonly audit: Result<never, Fault<'nothing-to-check'>> }
	| { readonly kind: 'journal'; readonly audit: Result<JournalReport, AuditRefusal> }
	| { readonly kind: 'ledger'; readonly audit: Result<LedgerReport, LedgerRefusal> }
	| { readonly kind: PeopleChainName; readonly audit: Result<PeopleReport, AuditRefusal> }

async function choose(
	path: string,
	{ key, root, images, centreKey }: Options,
	progress: AuditProgress,
): Promise<Choice> {
	const what = await kindOf(path)
	if (what === 'file') {
		if (key === undefined)
			throw new CommandRefused(
				exit.usedWrongly,
				`${path} is a file: of an archive name the folder; of a journal's file its key, with --key`,
			)
		return { kind: 'journal', audit: await auditJournalFile(path, key, null, progress) }
	}
	if (what !== 'directory')
		throw new CommandRefused(exit.environmentFailed, `${path}: can't be read (${what.code})`)
	if (key !== undefined)
		throw new CommandRefused(exit.usedWrongly, '--key is for a lone file; a directory has its own')
	if ((await kindOf(join(path, 'entries.jws'))) === 'file') {
		const centre = centreKey === undefined ? undefined : await readPublicKeyFile(centreKey)
		if (centre?.ok === false) throw new CommandRefused(exit.usedWrongly, centre.fault.detail)
		const pinned = centre === undefined ? {} : { centreKey: centre.value }
		return { kind: 'journal', audit: await auditJournal(path, { images, progress, ...pinned }) }
	}
	if ((await kindOf(join(path, 'ledger.jws'))) === 'file') {
		if (root !== undefined)
			throw new CommandRefused(exit.usedWrongly, '--root is for the journal of a device')
		return { kind: 'ledger', audit: await auditLedger(path, { images, progress }) }
	}
	for (const name of ['transcriptions', 'rulings'] as const) {
		if ((await kindOf(join(path, `${name}.jws`))) === 'file') {
			if (root !== undefined)
				throw new CommandRefused(exit.usedWrongly, '--root is for the journal of a device')
			return { kind: name, audit: await auditPeople(path, name, progress) }
		}
	}
	const detail = `${path}: holds neither entries.jws nor ledger.jws, transcriptions.jws, rulings.jws, and no checkpoint of an archive; is this the folder?`
	return { kind: null, audit: fail('nothing-to-check', detail) }
}

async function kindOf(path: string): Promise<'file' | 'directory' | { readonly code: string }> {
	try {
		return (await stat(path)).isDirectory() ? 'directory' : 'file'
	} catch (error) {
		return { code: (error as NodeJS.ErrnoException).code ?? 'unknown' }
	}
}

/** The root that was given is what the verdict rests on as well. */
interface CertifiedByRoot extends Certified {
	readonly root: RestsOn
}

/**
 * Whether the key in `device.pem` is that of a device of the campaign, by its certificate: without this a journal
 * shows only that somebody's key made it. What was signed while the certificate held stays good, so it is checked
 * by its time of issue.
 */
async function certification(
	path: string,
	device: string | null,
	{ root, key }: Options,
): Promise<Result<CertifiedByRoot, CertificateFault | CappedFileFault> | null> {
	if (root === undefined) return null
	const anchor = await readCertificateFile(root)
	if (!anchor.ok) throw new CommandRefused(exit.environmentFailed, anchor.fault.detail)
	const [pinned] = anchor.value
	const chain = await readCertificateFile(key ?? join(path, deviceFile))
	if (!chain.ok || pinned === undefined) return chain.ok ? null : chain
	const checked = checkCertified(chain.value, pinned, 'entries', 0)
	if (!checked.ok) return checked
	if (device === null || checked.value.id === device)
		return ok({ ...checked.value, root: restsOn(root, pinned.publicKey) })
	return fail('bad-name', `the certificate is ${checked.value.id}'s, the entries are ${device}'s`)
}

function certificationLine(certified: Result<Certified> | null): string[] {
	if (certified === null) return []
	if (!certified.ok) return [`FAULT in the certificate: ${certified.fault.code}: ${certified.fault.detail}`]
	const { id, authority } = certified.value
	return [`Certified: ${id} is a device of the campaign ${authority.id}.`]
}

function print(lines: readonly string[], json: object, options: Options): void {
	if (options.json) printJson({ ...json, note: custodyNotTruth })
	else printLines(...lines, custodyNotTruth)
}

function linesOf({ kind, audit }: Choice): string[] {
	if (!audit.ok) return []
	switch (kind) {
		case null:
			return []
		case 'journal':
			return journalLines(audit.value)
		case 'ledger':
			return ledgerLines(audit.value)
		case 'transcriptions':
			return peopleLines(audit.value, 'answers')
		case 'rulings':
			return peopleLines(audit.value, 'rulings')
		default:
			return unreachable(kind)
	}
}

function peopleLines(report: PeopleReport, what: string): string[] {
	const { device, entries, head, chainWhole, authority, revoked, quarantined } = report
	return [
		`Chain of ${device ?? 'nobody'}: ${entries} ${what}.`,
		chainLine(chainWhole, head),
		...authorityLines(authority),
		...(revoked === null ? [] : [`REVOKED${revokedAs(revoked)}.`]),
		...quarantineLine([{ device: device ?? 'nobody', quarantined }], what),
	]
}

function chainLine(isWhole: boolean, head: Position | null): string {
	return `Chain ${isWhole ? 'whole' : 'BROKEN'}, head ${head === null ? 'none' : `${head.seq} ${head.id}`}.`
}

function journalLines(report: JournalReport): string[] {
	const { device, entries, byKind, actas, head, chainWhole, closed, authority, revoked, images } = report
	const givenAway = images?.givenAway.length ? `${images.givenAway.length} evicted, ` : ''
	const kinds = Object.entries(byKind).map(([kind, count]) => `${count} ${kind}`)
	return [
		`Journal of ${device ?? 'nobody'}: ${entries} entries${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}, ${actas} actas.`,
		chainLine(chainWhole, head),
		...(closed === null ? [] : [`Day closed at entry ${closed.seq} ${closed.id}.`]),
		...authorityLines(authority),
		...(revoked === null ? [] : [`REVOKED${revokedAs(revoked)}.`]),
		...quarantineLine([{ device: device ?? 'nobody', quarantined: report.quarantined }]),
		images === null
			? 'Images not looked at.'
			: `Images: ${images.named} named, ${images.present} present, ${givenAway}${images.missing} missing, ${images.altered} altered.`,
		...givenAwayLines(images?.givenAway ?? []),
	]
}

/** Lines; the JSON has all. */
const mostGivenAway = 20

function givenAwayLines(images: readonly EvictedImage[]): string[] {
	const lines = images.slice(0, mostGivenAway).map(({ seq, sha256, receipt, centre }) => {
		return `  Entry ${seq}: image ${sha256.slice(0, 16)}… evicted, receipt ${receipt} of ${centre}.`
	})
	if (images.length > lines.length) lines.push(`  … and ${images.length - lines.length} more evicted`)
	return lines
}

function ledgerLines(report: LedgerReport): string[] {
	const { centre, entries, actas, devices, stations, officers, receipts } = report
	const { revokedReceipts, authority, proofs, images } = report
	return [
		`Ledger of ${centre ?? 'a centre'}: ${entries} entries, ${actas} actas, ${receipts} receipts, devices:`,
		...devices.map((one) => heldLine(one, 'entries')),
		...(stations.length === 0 ? [] : ['Reading stations:']),
		...stations.map((one) => heldLine(one, 'answers')),
		...(officers.length === 0 ? [] : ['Officers:']),
		...officers.map((one) => heldLine(one, 'rulings')),
		...(revokedReceipts === 0
			? []
			: [`${revokedReceipts} receipts are by centres that the authority REVOKED: they count nowhere.`]),
		...quarantineLine(devices),
		...quarantineLine(stations, 'answers'),
		...quarantineLine(officers, 'rulings'),
		...authorityLines(authority),
		images === null
			? 'Images not looked at.'
			: `Images: ${images.named} named, ${images.present} present, ${images.awaited} awaited, ${images.missing} missing, ${images.altered} altered.`,
		...proofs.map(equivocationLine),
	]
}

function heldLine(one: DeviceAudit, what: string): string {
	const { device, entries: count, upto, gaps, equivocations } = one
	const whole = gaps.length === 0 && equivocations.length === 0
	const end = upto === null ? 'the first is missing' : `up to ${upto.seq} ${upto.id}`
	const wrong = `, ${gaps.length} gaps, ${equivocations.length} equivocations`
	const revoked = one.revoked === null ? '' : `, REVOKED${revokedAs(one.revoked)}`
	return `  ${device}: ${count} ${what}, ${end}${whole ? '' : wrong}${revoked}.`
}

function authorityLines(authority: AuthorityReport | null): string[] {
	if (authority === null) return []
	return [
		`By the word of authority ${authority.key}, registry ${authority.issue}, list of centres ${authority.centres}.`,
	]
}

function revokedAs({ last, reason, time }: RevokedReport): string {
	return ` ${time} (${reason}): good up to ${last}`
}

/** All of them in one line: what comes after the last good one of who is revoked, in no sum. */
function quarantineLine(
	devices: readonly { readonly device: string; readonly quarantined: number }[],
	what = 'entries',
): string[] {
	const held = devices.filter(({ quarantined }) => quarantined > 0)
	const sum = held.reduce((before, { quarantined }) => before + quarantined, 0)
	const each = held.map(({ device, quarantined }) => `${device} ${quarantined}`).join(', ')
	return sum === 0 ? [] : [`IN QUARANTINE: ${sum} ${what} (${each}).`]
}

function faultLines(faults: readonly AuditFault[], count: number): string[] {
	const lines = faults.map(({ line, file, device, seq, code, detail }) => {
		const entry = seq === undefined ? '' : `, entry ${seq}`
		const whose = device === undefined ? '' : ` of ${device}`
		const where = file === undefined ? `line ${line}` : `line ${line} of ${file}`
		return `FAULT in ${where}${entry}${whose}: ${code}: ${detail}`
	})
	if (count > faults.length) lines.push(`… and ${count - faults.length} more faults`)
	return lines
}
