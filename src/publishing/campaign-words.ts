/**
 * What the authority says at a centre, and the two files that its campaign object names: what decides each figure that is
 * published. All of it is checked before anything is written.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { ElectionDefinition, longestDefinition } from '../acta/election.ts'
import { longestRegister, parseRegister } from '../acta/register/canonical.ts'
import type { Register } from '../acta/register/register.ts'
import { archivedRegisterFile, electionFile, keysFolder } from '../archive/layout.ts'
import {
	pinnedAuthority,
	registryFile,
	type TakenLine,
	takeCentresFile,
	takeRegistryFile,
} from '../audit/published-authority.ts'
import {
	type Campaign,
	CampaignIssues,
	campaignFile,
	type NamedIssue,
} from '../evidence/authority/campaign.ts'
import { CentreList } from '../evidence/authority/centre-list.ts'
import { authorityFile, centresFile } from '../evidence/authority/centres.ts'
import { DeviceList } from '../evidence/authority/device-list.ts'
import type { SignedIssue } from '../evidence/authority/issued-words.ts'
import { MirrorsIssues, mirrorsFile } from '../evidence/authority/mirrors.ts'
import { longestJws } from '../evidence/jws.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { filePieces } from '../platform/files/plain-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'

/** Bytes; a certificate and a root have some 2,000. */
const longestAuthority = 64 * 1024

export interface CampaignWords {
	readonly campaign: SignedIssue<Campaign>
	/** All issues, by number. */
	readonly campaigns: readonly SignedIssue<Campaign>[]
	readonly election: ElectionDefinition
	readonly register: Register
	/** What goes to `keys/` and `campaign/`: by its path in the archive. */
	readonly files: ReadonlyMap<string, Uint8Array | string>
}

export type CampaignWordsFault = Fault<'no-campaign' | 'not-named' | 'unreadable' | 'bad-words'>

export interface WordsSource {
	/** The centre's, with authority.pem, registry.jws, centres.jws, campaign.jws, and mirrors.jws where there is one. */
	readonly directory: string
	readonly definitionPath: string
	readonly registerPath: string
}

export async function readCampaignWords(
	source: WordsSource,
): Promise<Result<CampaignWords, CampaignWordsFault>> {
	try {
		return await read(source)
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('unreadable', message)
	}
}

async function read({
	directory,
	definitionPath,
	registerPath,
}: WordsSource): Promise<Result<CampaignWords, CampaignWordsFault>> {
	const at = (name: string) => join(directory, name)
	const pinned = await pinnedAuthority(directory)
	if (!pinned.ok) return fail('bad-words', pinned.fault.detail)
	if (pinned.value === null)
		return fail(
			'no-campaign',
			`${at(authorityFile)}: there is none; a centre without an authority publishes nothing`,
		)
	const { publicKey } = pinned.value
	const pem = await readCapped(at(authorityFile), longestAuthority)
	if (!pem.ok) return fail('unreadable', `${at(authorityFile)}: ${pem.fault.detail}`)

	const campaigns = new CampaignIssues(publicKey)
	const taken = await takeLines(at(campaignFile), (text) => campaigns.take(text))
	if (!taken.ok) return taken
	const campaign = campaigns.newest
	if (campaign === null)
		return fail('no-campaign', `${at(campaignFile)}: no campaign object; sign one with "testigo ca campaign"`)
	const { said } = campaign

	const registry = await linesUpTo(
		at(registryFile),
		takeRegistryFile(at(registryFile), new DeviceList(publicKey)),
		said.registry,
	)
	if (!registry.ok) return registry
	const centres = await linesUpTo(
		at(centresFile),
		takeCentresFile(at(centresFile), new CentreList(publicKey, null)),
		said.centres,
	)
	if (!centres.ok) return centres
	const mirrors = new MirrorsIssues(publicKey)
	const mirrorLines = await takeLines(at(mirrorsFile), (text) => mirrors.take(text))
	if (!mirrorLines.ok) return mirrorLines

	const definition = await namedFile(definitionPath, longestDefinition, said.definition, 'definition')
	if (!definition.ok) return definition
	const json = parseJson(definition.value)
	const election = json.ok ? ElectionDefinition.safeParse(json.value) : null
	if (election?.success !== true)
		return fail('bad-words', `${definitionPath}: is no definition of an election`)
	if (election.data.id !== said.election)
		return fail('bad-words', `${definitionPath}: is of ${election.data.id}, the campaign of ${said.election}`)
	const registerBytes = await namedFile(registerPath, longestRegister, said.register, 'register')
	if (!registerBytes.ok) return registerBytes
	const register = parseRegister(registerBytes.value, election.data)
	if (!register.ok) return fail('bad-words', `${registerPath}: ${register.fault.detail}`)

	const files = new Map<string, Uint8Array | string>([
		[`${keysFolder}/${authorityFile}`, pem.value],
		[`${keysFolder}/${registryFile}`, linesText(registry.value)],
		[`${keysFolder}/${centresFile}`, linesText(centres.value)],
		[`${keysFolder}/${campaignFile}`, linesText(taken.value)],
		...(mirrorLines.value.length === 0
			? []
			: [[`${keysFolder}/${mirrorsFile}`, linesText(mirrorLines.value)] as const]),
		[electionFile, definition.value],
		[archivedRegisterFile, registerBytes.value],
	])
	return ok({
		campaign,
		campaigns: campaigns.issues(),
		election: election.data,
		register: register.value,
		files,
	})
}

/** The lines of a file up to the named one, which has to be there: what is newer is not in force yet. */
async function linesUpTo(
	path: string,
	lines: AsyncGenerator<TakenLine<unknown>>,
	named: NamedIssue,
): Promise<Result<readonly string[], CampaignWordsFault>> {
	const texts: string[] = []
	for await (const { line, text, taken } of lines) {
		if (!taken.ok) return fail('bad-words', `${path}: line ${line}: ${taken.fault.detail}`)
		texts.push(text)
		if (createHash('sha256').update(text).digest('hex') === named.sha256) return ok(texts)
	}
	return fail(
		'not-named',
		`${path}: lacks no. ${named.issue} (${named.sha256}), which the campaign object names; put the newest file there`,
	)
}

async function takeLines(
	path: string,
	take: (text: string) => Result<boolean>,
): Promise<Result<readonly string[], CampaignWordsFault>> {
	const texts: string[] = []
	try {
		for await (const line of evidenceLines(filePieces(path), longestJws)) {
			const taken = line.ok ? take(line.text) : line
			if (!taken.ok) return fail('bad-words', `${path}: line ${line.number}: ${taken.fault.detail}`)
			if (line.ok && taken.value) texts.push(line.text)
		}
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
	}
	return ok(texts)
}

async function namedFile(
	path: string,
	cap: number,
	sha256: string,
	what: 'definition' | 'register',
): Promise<Result<Uint8Array, CampaignWordsFault>> {
	const bytes = await readCapped(path, cap)
	if (!bytes.ok) return fail('unreadable', `${path}: ${bytes.fault.detail}`)
	const found = createHash('sha256').update(bytes.value).digest('hex')
	return found === sha256
		? ok(bytes.value)
		: fail(
				'not-named',
				`${path}: is another ${what} (${found}) than the campaign object names (${sha256}); sign a new one with "testigo ca campaign", or bring the right file`,
			)
}

function linesText(lines: readonly string[]): string {
	return lines.map((line) => `${line}\n`).join('')
}
