/**
 * All that a rehearsal needs to be published and nobody has signed: an authority, its registry of those whom a centre
 * knows, a register of the tables that were seen, a log's key, and a campaign object that says it is a rehearsal. Made in
 * one folder, and signed anew where the centre knows more than it says.
 */
import { createHash, type KeyObject, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { ElectionDefinition } from '../acta/election.ts'
import { formatRegister, parseRegister } from '../acta/register/canonical.ts'
import type { RegisteredTable } from '../acta/register/register.ts'
import { centreKeyFile } from '../audit/ledger-lines.ts'
import { registryFile } from '../audit/published-authority.ts'
import { PublishedDevices } from '../audit/published-devices.ts'
import {
	type LogIdentityFault,
	makeLogIdentity,
	openLogIdentity,
	removeLogIdentity,
} from '../enrolment/log-identity.ts'
import { pseudonym } from '../enrolment/pseudonym.ts'
import { makeKeyFile } from '../enrolment/signing-key.ts'
import {
	CampaignIssues,
	campaignFile,
	type NamedIssue,
	signCampaign,
} from '../evidence/authority/campaign.ts'
import { authorityFile, centresFile, signCentres } from '../evidence/authority/centres.ts'
import type { ListedRole } from '../evidence/authority/device-list.ts'
import { registered, signRegistry } from '../evidence/authority/registry.ts'
import { type Identity, publicKeyPem } from '../evidence/identity.ts'
import { verifyJws } from '../evidence/jws.ts'
import { readPublicKeyFile } from '../evidence/keys/public-key-file.ts'
import { formatVerifierKey, type VerifierKey } from '../evidence/keys/verifier-key.ts'
import { KeyFileSigner, type Signer } from '../evidence/signer.ts'
import type { NoteSigner } from '../log/signing.ts'
import { instant } from '../platform/clock.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { makeOwnFolder } from '../platform/files/own-folder.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type CentreRecord, firstPosition } from '../records/centre-records.ts'
import { LedgerRecords } from '../records/ledger-records.ts'
import { tallyOfLedger } from '../tally/ledger-tally.ts'
import type { WordsSource } from './campaign-words.ts'
import type { TorrentSettings } from './config.ts'
import { Publisher, type PublisherFault } from './publisher.ts'
import { withDiskFaults } from './publishing-lock.ts'
import type { RipenessSettings } from './ripeness.ts'

const authorityKeyFile = 'authority-key.pem'
const authorityNameFile = 'authority-name'
const mostBytes = 64 * 1024 * 1024

export interface TrialParts {
	/** The centre's. */
	readonly directory: string
	/** Of the trial's own keys and words. */
	readonly folder: string
	readonly election: ElectionDefinition
	/** Of a register; null where there is none: then that of the tables seen. */
	readonly register: Uint8Array | null
	readonly log: VerifierKey
	readonly nowMs: number
}

type TrialFault = Fault<'unreadable' | 'bad-key'>

const trialOrigin = 'testigo.example/ensayo'

/** All at once: nobody stands anywhere. */
export const trialRipeness: RipenessSettings = { ripeMs: 0, leastEntries: 1, leastDevices: 1, longestMs: 0 }

export interface TrialPublisherParts extends Pick<TrialParts, 'directory' | 'election' | 'register'> {
	/** Keys and words of the trial lie beside it, never in it: in `<archive>.trial`. */
	readonly archive: string
	readonly ripeness: RipenessSettings
	readonly torrent?: TorrentSettings | undefined
	readonly nowMs: () => number
}

/** A publisher of a rehearsal, with all that it lacks made. */
export async function openTrial(parts: TrialPublisherParts): ReturnType<typeof open> {
	return withDiskFaults(() => open(parts))
}

async function open({
	directory,
	archive,
	election,
	register,
	ripeness,
	torrent,
	nowMs,
}: TrialPublisherParts): Promise<Result<Publisher, TrialFault | PublisherFault | LogIdentityFault>> {
	const keyFolder = `${archive.replace(/\/+$/, '')}.trial`
	const signer = await openTrialLog(keyFolder)
	if (!signer.ok) return signer
	const words = await makeTrial({
		...{ directory, folder: keyFolder, election, register },
		...{ log: signer.value.key, nowMs: nowMs() },
	})
	if (!words.ok) return words
	return Publisher.open({
		...{ directory, words: words.value, archive, keyFolder, signer: signer.value, ripeness, torrent, nowMs },
		// Nobody stands anywhere, and nothing of it is of an election.
		clockFault: async () => null,
	})
}

/** One that was cut off while it was made has signed nothing: its verifier key is written last. */
async function openTrialLog(folder: string): Promise<Result<NoteSigner, TrialFault | LogIdentityFault>> {
	const there = await openLogIdentity(folder)
	if (there.ok || there.fault.code !== 'file-missing') return there
	await removeLogIdentity(folder)
	const made = await makeLogIdentity(folder, trialOrigin, { alone: false })
	return made.ok ? await openLogIdentity(folder) : fail('unreadable', made.fault.detail)
}

export async function makeTrial(parts: TrialParts): Promise<Result<WordsSource, TrialFault>> {
	const { directory, folder, election, log } = parts
	await makeOwnFolder(folder)
	const at = (name: string) => join(folder, name)
	const opened = await openAuthority(folder)
	if (!opened.ok) return opened
	const signer = opened.value
	const definition = `${JSON.stringify(election, null, '\t')}\n`
	const register = parts.register ?? (await registerOfSeen(directory, election))
	if (register === null) return fail('unreadable', `${directory}: its ledger can't be added up`)
	const listed = await listedAt(directory)
	if (!listed.ok) return listed
	const centre = await readPublicKeyFile(join(directory, centreKeyFile))
	const centres = centre.ok
		? [registered({ id: await idOfCentre(directory, centre.value), publicKey: centre.value })]
		: []

	const issues = new CampaignIssues(signer.publicKey)
	const before = await readCapped(at(campaignFile), mostBytes)
	const lines = before.ok ? before.value.toString('latin1').split('\n').slice(0, -1) : []
	for (const line of lines) issues.take(line)
	const newest = issues.newest?.said ?? null
	const content = createHash('sha256')
		.update(definition)
		.update(register)
		.update(JSON.stringify([listed.value, centres]))
		.digest('hex')
	const contentFile = 'content.sha256'
	const contentBefore = await readCapped(at(contentFile), 100)
	if (newest === null || !contentBefore.ok || contentBefore.value.toString() !== content) {
		const issue = (newest?.issue ?? 0) + 1
		const time = instant(parts.nowMs)
		const registry = await signRegistry({ v: 1, issue, time, ...listed.value, revocations: [] }, signer)
		const list = await signCentres({ v: 1, issue, time, centres, revoked: [] }, signer)
		const campaign = await signCampaign(
			{
				...{ v: 1, issue, time, election: election.id },
				...{ definition: sha256(definition), register: sha256(register) },
				registry: namedIssue(issue, registry.text),
				centres: namedIssue(issue, list.text),
				log: { origin: log.name, vkey: formatVerifierKey(log) },
				...{ witnesses: [], threshold: 0, rehearsal: true, earlier: [] },
			},
			signer,
		)
		// What no campaign object names was written by one that was cut off.
		const named = newest?.issue ?? 0
		await appendLine(at(registryFile), registry.text, named)
		await appendLine(at(centresFile), list.text, named)
		await replaceFile(at('election.json'), definition)
		await replaceFile(at('register.csv'), register)
		await appendLine(at(campaignFile), campaign.text, named)
		await replaceFile(at(contentFile), content)
	}
	return ok({ directory: folder, definitionPath: at('election.json'), registerPath: at('register.csv') })
}

async function openAuthority(folder: string): Promise<Result<Signer, TrialFault>> {
	const at = (name: string) => join(folder, name)
	const named = await readCapped(at(authorityNameFile), 100)
	const name = named.ok ? named.value.toString().trim() : pseudonym('campaign', randomBytes)
	// First: a key without a name would be nobody's.
	if (!named.ok) await replaceFile(at(authorityNameFile), `${name}\n`)
	const there = await KeyFileSigner.open(name, at(authorityKeyFile))
	const signer =
		!there.ok && there.fault.code === 'key-missing' ? await makeKeyFile(name, at(authorityKeyFile)) : there
	if (!signer.ok) return fail('bad-key', signer.fault.detail)
	await replaceFile(at(authorityFile), publicKeyPem(signer.value.publicKey))
	return signer
}

interface Listed {
	readonly devices: ReturnType<typeof registered>[]
	readonly stations: ReturnType<typeof registered>[]
	readonly officers: ReturnType<typeof registered>[]
}

const roles: Readonly<Partial<Record<CentreRecord['kind'], ListedRole>>> = {
	entry: 'device',
	transcription: 'station',
	ruling: 'officer',
}

/** Who signed what lies in the ledger, as far as the centre knows their keys. */
async function listedAt(directory: string): Promise<Result<Listed, TrialFault>> {
	const devices = await PublishedDevices.read(directory)
	if (!devices.ok) return fail('unreadable', devices.fault.detail)
	const found: Record<ListedRole, Map<string, Identity | null>> = {
		device: new Map(),
		station: new Map(),
		officer: new Map(),
	}
	for await (const { records } of new LedgerRecords(directory).read(firstPosition)) {
		for (const { kind, jws } of records) {
			const role = roles[kind]
			if (role === undefined || found[role].has(jws.kid)) continue
			const key = await devices.value.signer(role, jws.kid)
			found[role].set(jws.kid, key.ok ? { id: jws.kid, publicKey: key.value } : null)
		}
	}
	const listOf = (role: ListedRole) =>
		[...found[role].values()]
			.filter((one) => one !== null)
			.sort((one, other) => (one.id < other.id ? -1 : 1))
			.map(registered)
	return ok({ devices: listOf('device'), stations: listOf('station'), officers: listOf('officer') })
}

/** As its receipts name it: its key file does not. */
async function idOfCentre(directory: string, publicKey: KeyObject): Promise<string> {
	for await (const { records } of new LedgerRecords(directory).read(firstPosition)) {
		for (const { kind, jws } of records) {
			if (kind === 'receipt' && verifyJws(jws, { id: jws.kid, publicKey }).ok) return jws.kid
		}
	}
	return 'c-trial'
}

/** Places by the digits of the code; as many electors as voted. */
async function registerOfSeen(directory: string, election: ElectionDefinition): Promise<string | null> {
	const added = await tallyOfLedger(directory, election, null)
	if (!added.ok) return null
	const { tally } = added.value
	const rows = [...tally.unlistedTables()].sort().map((table): RegisteredTable => {
		const [centro = '', mesa = ''] = table.split('.')
		const votes = (tally.table(table)?.versions ?? []).map(
			({ votes: { candidates, nullVotes, emptyVotes } }) =>
				Object.values(candidates).reduce((sum, count) => sum + count, nullVotes + emptyVotes),
		)
		const electors = Math.min(Math.max(1, ...votes), election.highestCount)
		return {
			...{ table, centro, mesa, electors, centroName: '' },
			state: `ESTADO ${centro.slice(0, 2)}`,
			municipality: `MUNICIPIO ${centro.slice(0, 4)}`,
			parish: `PARROQUIA ${centro.slice(0, 6)}`,
		}
	})
	const text = formatRegister(rows)
	return parseRegister(Buffer.from(text), election).ok ? text : null
}

/** Behind the first `most` lines. */
async function appendLine(path: string, line: string, most: number): Promise<void> {
	const before = await readCapped(path, mostBytes)
	const lines = before.ok ? before.value.toString('latin1').split('\n').slice(0, -1) : []
	await replaceFile(path, [...lines.slice(0, most), line].map((one) => `${one}\n`).join(''))
}

function namedIssue(issue: number, text: string): NamedIssue {
	return { issue, sha256: sha256(text) }
}

function sha256(content: Uint8Array | string): string {
	return createHash('sha256').update(content).digest('hex')
}
