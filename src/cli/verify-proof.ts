/** What `testigo verify` says of a proof that was forwarded. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveFolder, KeysFolder } from '../archive/archive-folder.ts'
import {
	auditProof,
	keysOfLog,
	type ProofKeys,
	type ProofReport,
	type ProvedActa,
	readProofKeys,
} from '../archive/check/proof-audit.ts'
import { keysFolder } from '../archive/layout.ts'
import { authorityFile } from '../evidence/authority/centres.ts'
import { parseVerifierKey, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { longestTlogProof } from '../log/tlog-proof.ts'
import { longestLeaf } from '../log/tree-hash.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import type { Fault, Result } from '../platform/result.ts'
import { CommandRefused, exit } from './exit.ts'
import { printJson, printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { restsOnLines } from './rests-on-lines.ts'

export interface ProofOptions {
	readonly json?: true
	readonly leaf?: string
	readonly keys?: string
	readonly log?: string
	readonly rehearsal?: true
}

export async function verifyProofFile(path: string, options: ProofOptions): Promise<void> {
	const file = await named(path, longestTlogProof)
	const leaf = options.leaf === undefined ? null : await named(options.leaf, longestLeaf)
	const keys = await keysOf(options)
	if (!keys.ok) {
		const { fault } = keys
		if (options.json) printJson({ kind: 'proof', whole: false, fault, note: custodyNotTruth })
		else printLines(`NOT PROVED: ${fault.code}: ${fault.detail}`, custodyNotTruth)
		process.exitCode = fault.code === 'unreadable' ? exit.environmentFailed : exit.foundWrong
		return
	}
	const report = await auditProof(file, leaf, keys.value, { rehearsal: options.rehearsal === true })
	const whole = report.faultCount === 0
	if (options.json) printJson({ kind: 'proof', whole, ...report, note: custodyNotTruth })
	else printLines(...linesOf(report), custodyNotTruth)
	process.exitCode = whole ? exit.done : exit.foundWrong
}

async function named(path: string, cap: number): Promise<Buffer> {
	const bytes = await readCapped(path, cap)
	if (bytes.ok) return bytes.value
	throw new CommandRefused(exit.environmentFailed, `${path}: ${bytes.fault.detail}`)
}

/** The key of the log that was named. */
export async function logOf(options: ProofOptions): Promise<VerifierKey> {
	const keys = await keysOf(options)
	if (keys.ok) return keys.value.log
	throw new CommandRefused(exit.foundWrong, `--keys: ${keys.fault.detail} (${keys.fault.code})`)
}

async function keysOf({ keys, log }: ProofOptions): Promise<Result<ProofKeys, Fault>> {
	const vkey = log === undefined ? null : parseVerifierKey(log)
	if (vkey?.ok === false) throw new CommandRefused(exit.usedWrongly, `--log: ${vkey.fault.detail}`)
	if (keys === undefined) {
		if (vkey === null)
			throw new CommandRefused(exit.usedWrongly, 'name --keys, an archive or its folder keys/, or --log')
		return { ok: true, value: keysOfLog(vkey.value) }
	}
	const isArchive = (await stat(join(keys, keysFolder, authorityFile)).catch(() => null)) !== null
	const read = await readProofKeys(isArchive ? new ArchiveFolder(keys) : new KeysFolder(keys))
	return read.ok && vkey !== null ? { ok: true, value: { ...read.value, log: vkey.value } } : read
}

function linesOf(report: ProofReport): string[] {
	const { origin, size, leaf, rehearsal, faults, faultCount, restsOn, log } = report
	return [
		faultCount === 0 ? 'PROVED' : 'NOT PROVED',
		...(rehearsal ? ['REHEARSAL: nothing here is of an election.'] : []),
		...(origin === null ? [] : [`In the log ${origin}: leaf ${leaf} of ${size}.`]),
		...(report.object === null ? [] : linesOfLeaf(report)),
		...(origin === null ? [] : [lineOfWitnesses(report)]),
		...faults.map(
			({ code, path, detail }) =>
				`FAULT${path === undefined || path === '' ? '' : ` in ${path}`}: ${code}: ${detail}`,
		),
		...restsOnLines(restsOn),
		`Log ${log}`,
	]
}

function linesOfLeaf({ object, by, seq, signatureVerified, entry, acta, faults }: ProofReport): string[] {
	const what = entry === null ? object : `entry (${entry.kind}, ${entry.day})`
	const lines = [`It is ${what}${seq === null ? '' : ` no. ${seq}`} by ${by}.`]
	if (object === 'withheld') return [...lines, 'Its text is not published: its place alone is proved.']
	if (signatureVerified) lines.push('Its signature verifies under a key that the authority lists.')
	else if (faults.length === 0)
		lines.push('ITS SIGNATURE WAS NOT VERIFIED: nobody has said whose key counts (--keys).')
	if (entry?.kind !== 'acta') return lines
	if (acta === null)
		return [
			...lines,
			entry.said === null
				? `No machine read its counts${entry.code === null ? '' : ` (code ${entry.code})`}.`
				: `It says, to the letter: ${entry.said}`,
		]
	return [
		...lines,
		...linesOfActa(acta, entry.method),
		'Whether it was taken back later, or another says otherwise, no proof of one acta shows: the archive does.',
	]
}

function linesOfActa(acta: ProvedActa, method: string | null): string[] {
	const { table, place, candidates, nullVotes, emptyVotes, total, definition } = acta
	const [centre, mesa] = table.split('.')
	const where =
		place === null
			? ''
			: `: ${[place.state, place.municipality, place.parish, place.centroName].filter((part) => part !== '').join(', ')}; ${place.electors} electors`
	return [
		`Centre ${centre}, table ${mesa}${where}.`,
		...candidates.map(({ id, name, votes }) => `  ${name} (${id}): ${votes}`),
		`  null ${nullVotes}, empty ${emptyVotes}; ${total} in all.`,
		`Read from ${method === 'qr' ? 'the code that is printed on it' : 'its print'}.`,
		...(definition === 'program'
			? ['The names are those of this program: campaign/election.json of the copy is not at hand.']
			: []),
	]
}

function lineOfWitnesses({ witnesses: { listed, threshold, cosigned } }: ProofReport): string {
	if (threshold === null) return 'Nobody has said which witnesses have to sign (--keys).'
	if (threshold === 0) return 'Nobody was asked to witness it.'
	const isWitnessed = cosigned.length >= threshold
	return `${isWitnessed ? 'Witnessed' : 'NOT WITNESSED'}: by ${cosigned.length} of ${listed}, ${threshold} have to (${cosigned.join(', ') || 'nobody'}).`
}
