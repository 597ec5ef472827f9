/**
 * `testigo ca campaign`: what decides the figures and the trust of a public log, signed for who publishes it and for
 * strangers.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Command } from 'commander'
import { ElectionDefinition, longestDefinition } from '../acta/election.ts'
import { longestRegister, parseRegister } from '../acta/register/canonical.ts'
import { registryFile } from '../audit/published-authority.ts'
import type { CampaignAuthority } from '../enrolment/authority.ts'
import {
	issueCampaign,
	namedRegistry,
	signedCampaigns,
	type WantedCampaign,
} from '../enrolment/publish-campaign.ts'
import { currentCentres } from '../enrolment/publish-centres.ts'
import {
	type Campaign,
	campaignFile,
	type EarlierLog,
	logKey,
	mostWitnesses,
} from '../evidence/authority/campaign.ts'
import { digestOfText } from '../evidence/authority/centre-list.ts'
import { encodeBase64 } from '../evidence/base64.ts'
import { longestRegistry } from '../evidence/jws.ts'
import { parseVerifierKey } from '../evidence/keys/verifier-key.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { longestNote } from '../log/note.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { faultsOf } from '../platform/files/json-file.ts'
import { printable } from '../platform/printable.ts'
import { parseJson } from '../platform/strict-json.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { languageOption, wholeNumber } from './arguments.ts'
import { withAuthority } from './ca-authority.ts'
import { publishCentres } from './ca-centres.ts'
import { notIssued, publishedIssues, publishIssues } from './ca-words.ts'
import { changesIn, linesOfCampaign } from './campaign-lines.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { timeOfDay } from './time-of-day.ts'

interface Options {
	readonly dir: string
	readonly definition?: string
	readonly register?: string
	readonly log?: string
	readonly witness?: readonly string[]
	readonly threshold?: number
	readonly rehearsal?: true
	readonly earlier?: readonly string[]
	readonly language: WordLanguage
}

export function campaignCommand(): Command {
	return new Command('campaign')
		.description(
			'sign what decides the figures of the public log: definition, register, registry, centres, log, witnesses; what is left out stays as in the issue before',
		)
		.requiredOption('--dir <directory>', 'that of "testigo ca init"')
		.option('--definition <file>', 'the definition of the election; together with --register')
		.option('--register <file>', 'the register of tables, as "testigo register check" wrote it')
		.option('--log <vkey>', 'the verifier key that "testigo enrol log" printed')
		.option('--witness <vkey,organisation,country...>', 'all who are asked to cosign, each with its key')
		.option(
			'--threshold <number>',
			'how many of these have to (default: more than half)',
			wholeNumber(0, mostWitnesses),
		)
		.option('--rehearsal', 'nothing in this log is of a real election; it stays so')
		.option('--earlier <checkpoint...>', 'last checkpoint of a log whose place this one takes')
		.addOption(languageOption())
		.action(issue)
}

async function issue(options: Options): Promise<void> {
	const { dir, language } = options
	const files = await namedFilesOf(options)
	const checkpoints = await Promise.all((options.earlier ?? []).map(readNote))
	const now = timeOfDay()
	const issued = await withAuthority(dir, now, async (authority) => {
		const before = signedCampaigns(authority)
		const registry = await registryIn(dir, authority)
		const listed = authority.log.centres?.issue ?? 0
		const centres = await currentCentres(authority, now)
		if (centres === null) throw new CommandRefused(exit.usedWrongly, 'no centre was certified yet')
		if (centres.issue !== listed) await publishCentres(dir, centres.text)
		const wanted: WantedCampaign = {
			...chosen(options, files, before.at(-1)?.said ?? null),
			registry,
			centres: { issue: centres.issue, sha256: digestOfText(centres.text) },
			earlier: [
				...(before.at(-1)?.said.earlier ?? []),
				...checkpoints.map((note) =>
					earlierLog(
						note,
						before.map(({ said }) => said),
					),
				),
			],
		}
		const done = await issueCampaign(authority, wanted, await publishedIssues(dir, campaignFile), now)
		if (!done.ok) throw notIssued(done.fault, 'campaign object')
		return {
			...done.value,
			authority: authority.signer.publicKey,
			path: await publishIssues(dir, campaignFile, done.value.texts),
		}
	})
	const { newest, before, isNew } = issued
	printLines(issued.path, ...linesOfCampaign(newest, language, issued.authority))
	if (!isNew) printAside('As in the issue before: nothing was signed.')
	else if (before !== null) {
		printLines(`changed since no. ${before.said.issue}`)
		printLines(...changesIn(before.said, newest.said).map((change) => `  ${change}`))
	}
	printAside(
		'Compare the words of the log with those that its machine shows. Publish those of the authority on paper: verifiers show them.',
		`Carry ${campaignFile} and what it names (definition, register, ${registryFile}, centres.jws) to who publishes, and publish its sha256 by another way.`,
	)
}

type NamedFiles = Pick<Campaign, 'election' | 'definition' | 'register'>

/** Both files, checked: a register can only be read by the definition. Throws a CommandRefused. */
async function namedFilesOf({ definition, register }: Options): Promise<NamedFiles | null> {
	if (definition === undefined && register === undefined) return null
	if (definition === undefined || register === undefined)
		throw new CommandRefused(
			exit.usedWrongly,
			'--definition and --register go together: one is checked by the other',
		)
	const bytes = await bytesOf(definition, longestDefinition, 'definition')
	const json = parseJson(bytes)
	const election = json.ok ? ElectionDefinition.safeParse(json.value) : null
	if (!json.ok || election?.success !== true) {
		const faults = json.ok && election !== null && !election.success ? faultsOf(election.error) : ['not JSON']
		throw new CommandRefused(
			exit.usedWrongly,
			`definition ${definition}:`,
			faults.map((fault) => printable(fault, 200)),
		)
	}
	const parsed = parseRegister(await bytesOf(register, longestRegister, 'register'), election.data)
	if (!parsed.ok) throw new CommandRefused(exit.usedWrongly, `register ${register}: ${parsed.fault.detail}`)
	return { election: election.data.id, definition: sha256(bytes), register: parsed.value.sha256 }
}

async function bytesOf(path: string, cap: number, what: string): Promise<Buffer> {
	const bytes = await readCapped(path, cap)
	if (bytes.ok) return bytes.value
	throw new CommandRefused(exit.usedWrongly, `${what} ${path}: ${bytes.fault.detail}`)
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}

/** What the options say, or the issue before. Throws a CommandRefused. */
function chosen(
	{ log, witness, threshold, rehearsal }: Options,
	files: NamedFiles | null,
	before: Campaign | null,
): Omit<WantedCampaign, 'registry' | 'centres' | 'earlier'> {
	const named = files ?? before
	const witnesses = witness?.map(witnessOf) ?? before?.witnesses ?? []
	const usual =
		witness === undefined && before !== null ? before.threshold : Math.ceil((witnesses.length + 1) / 2)
	const place = log === undefined ? before?.log : { origin: originOf(log), vkey: log }
	if (named === null || place === undefined)
		throw new CommandRefused(exit.usedWrongly, 'the first issue names --definition, --register and --log')
	return {
		...{ election: named.election, definition: named.definition, register: named.register },
		...{ log: place, witnesses, rehearsal: rehearsal ?? before?.rehearsal ?? false },
		threshold: threshold ?? (witnesses.length === 0 ? 0 : usual),
	}
}

/** The organisation may have commas. */
function witnessOf(text: string): Campaign['witnesses'][number] {
	const [, vkey = '', organisation = '', country = ''] =
		/^(.+?\+[0-9a-f]{8}\+[^,]+),(.+),([^,]+)$/s.exec(text) ?? []
	if (country !== '') return { vkey, organisation: organisation.trim(), country: country.trim() }
	throw new CommandRefused(
		exit.usedWrongly,
		`--witness ${text}: not <vkey>,<organisation>,<country>, as …,Observadores,VE`,
	)
}

function originOf(vkey: string): string {
	const parsed = parseVerifierKey(vkey)
	if (parsed.ok) return parsed.value.name
	throw new CommandRefused(exit.usedWrongly, `--log: ${parsed.fault.detail} (${parsed.fault.code})`)
}

async function registryIn(dir: string, authority: CampaignAuthority) {
	const path = join(dir, registryFile)
	const refuse = (detail: string) =>
		new CommandRefused(exit.usedWrongly, `${path}: ${detail}; first "testigo ca registry --dir ${dir}"`)
	const bytes = await readCapped(path, longestRegistry + 1)
	if (!bytes.ok) throw refuse(bytes.fault.detail)
	const named = namedRegistry(authority, bytes.value.toString('latin1').replace(/\n$/, ''))
	if (!named.ok) throw refuse(`${named.fault.detail} (${named.fault.code})`)
	return named.value
}

async function readNote(path: string): Promise<{ readonly path: string; readonly bytes: Buffer }> {
	return { path, bytes: await bytesOf(path, longestNote, '--earlier') }
}

/** The log of a checkpoint, by the key that an earlier issue names. Throws a CommandRefused. */
function earlierLog(
	{ path, bytes }: { readonly path: string; readonly bytes: Buffer },
	before: readonly Campaign[],
): EarlierLog {
	for (const campaign of before) {
		const opened = openCheckpoint(bytes, logKey(campaign))
		if (opened.ok) return { ...campaign.log, size: opened.value.size, root: encodeBase64(opened.value.root) }
	}
	throw new CommandRefused(
		exit.foundWrong,
		`--earlier ${path}: not a checkpoint that is signed by a log of an earlier issue (foreign-key)`,
	)
}
