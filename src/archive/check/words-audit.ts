/** The authority's words in an archive, and the two files that the campaign object in force names. */
import { createHash } from 'node:crypto'
import { type ElectionDefinition, longestDefinition, WrittenElection } from '../../acta/election.ts'
import { parseRegister } from '../../acta/register/canonical.ts'
import type { Register } from '../../acta/register/register.ts'
import { registryFile } from '../../audit/published-authority.ts'
import { PublishedDevices, registryAlone } from '../../audit/published-devices.ts'
import {
	type Campaign,
	CampaignIssues,
	campaignFile,
	type SignedCampaign,
} from '../../evidence/authority/campaign.ts'
import { authorityFile, centresFile } from '../../evidence/authority/centres.ts'
import type { SignedIssue } from '../../evidence/authority/issued-words.ts'
import { MirrorsIssues, mirrorsFile } from '../../evidence/authority/mirrors.ts'
import { longestRegistry } from '../../evidence/jws.ts'
import { evidenceLines } from '../../journal/evidence-lines.ts'
import { CollectedFaults } from '../../platform/collected-faults.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { parseJson } from '../../platform/strict-json.ts'
import type { WordsFiles } from '../archive-folder.ts'
import { archivedRegisterFile, electionFile, keysFolder } from '../layout.ts'
import type { ArchiveFaults } from './archive-report.ts'

export interface ArchivedWords {
	readonly devices: PublishedDevices
	readonly campaigns: CampaignIssues
	readonly faults: ArchiveFaults
}

/** Fails where there is no authority: then nothing can be checked. */
export async function readArchivedWords(
	archive: WordsFiles,
): Promise<Result<ArchivedWords, Fault<'no-authority' | 'unreadable'>>> {
	// By handle first: who made the archive may have put links there.
	for (const name of [authorityFile, registryFile, centresFile]) {
		const bytes = await archive.read(`${keysFolder}/${name}`)
		if (bytes.ok || bytes.fault.code === 'file-missing') continue
		return fail(name === authorityFile ? 'no-authority' : 'unreadable', bytes.fault.detail)
	}
	const devices = await PublishedDevices.read(archive.keys, registryAlone)
	if (!devices.ok) return fail('no-authority', devices.fault.detail)
	const { authority } = devices.value
	if (authority === null)
		return fail('no-authority', `${archive.folder}: keys/authority.pem is not there; is this an archive?`)
	const faults: ArchiveFaults = new CollectedFaults()
	for (const { code, detail, file = '', line } of authority.faults.kept)
		faults.add({ code, path: `${keysFolder}/${file}`, detail: `line ${line}: ${detail}` })
	const campaigns = new CampaignIssues(authority.authority.publicKey)
	const mirrors = new MirrorsIssues(authority.authority.publicKey)
	for (const [name, issues] of [
		[campaignFile, campaigns],
		[mirrorsFile, mirrors],
	] as const) {
		const path = `${keysFolder}/${name}`
		const bytes = await archive.read(path)
		if (!bytes.ok) {
			if (bytes.fault.code !== 'file-missing') return fail('unreadable', bytes.fault.detail)
			if (name === campaignFile) faults.add({ code: 'file-missing', path, detail: 'there is no such file' })
			continue
		}
		for await (const line of evidenceLines([bytes.value])) {
			const taken = line.ok ? issues.take(line.text) : line
			if (!taken.ok) {
				const { code, detail } = taken.fault
				faults.add({ code, path, detail: `line ${line.number}: ${detail}` })
			} else if (taken.value === false)
				faults.add({
					code: `${name === campaignFile ? 'campaign' : 'mirrors'}-rollback`,
					path,
					detail: `line ${line.number} stands twice`,
				})
		}
	}
	for (const { said } of foreignTo(campaigns))
		faults.add({
			code: 'log-changed',
			path: `${keysFolder}/${campaignFile}`,
			detail: `no. ${said.issue} names another log`,
		})
	return ok({ devices: devices.value, campaigns, faults })
}

/** A log that took the place of others, whose keys were lost or stolen, names them; their campaign objects are kept. */
function foreignTo(campaigns: CampaignIssues): readonly SignedCampaign[] {
	const newest = campaigns.newest?.said
	if (newest === undefined) return []
	const logs = [newest.log, ...newest.earlier].map(({ vkey }) => vkey)
	return campaigns.issues().filter(({ said }) => !logs.includes(said.log.vkey))
}

export interface InForce {
	/** Null where its file is not there, or is none. */
	readonly election: ElectionDefinition | null
	readonly register: Register | null
	readonly faults: ArchiveFaults
	/** `keys/` holds a registry or a list of centres that is newer than the named one. */
	readonly isBehindKeys: boolean
}

/** What `campaign` names: the two files, and lines of `keys/`, where those are that each of `all` names. */
export async function auditInForce(
	archive: WordsFiles,
	{ said }: Pick<SignedIssue<Campaign>, 'said'>,
	all: readonly Pick<SignedIssue<Campaign>, 'said'>[] = [],
): Promise<InForce> {
	const faults: ArchiveFaults = new CollectedFaults()
	let isBehindKeys = false
	for (const [name, kind] of [
		[registryFile, 'registry'],
		[centresFile, 'centres'],
	] as const) {
		const path = `${keysFolder}/${name}`
		const bytes = await archive.read(path)
		const digests: string[] = []
		if (bytes.ok) {
			for await (const line of evidenceLines([bytes.value], longestRegistry)) {
				if (line.ok) digests.push(sha256(Buffer.from(line.text, 'latin1')))
			}
		}
		const named = new Map([...all, { said }].map((one) => [one.said[kind].sha256, one.said[kind].issue]))
		for (const [digest, issue] of named) {
			if (digests.includes(digest)) continue
			const detail = `lacks no. ${issue}, which a campaign object names`
			faults.add({ code: `${kind}-missing`, path, detail })
		}
		const at = digests.indexOf(said[kind].sha256)
		if (at >= 0 && at < digests.length - 1) isBehindKeys = true
	}
	const election = await named(archive, electionFile, said.definition, 'definition-differs', faults)
	const json = election === null || election.length > longestDefinition ? null : parseJson(election)
	const definition = json?.ok === true ? WrittenElection.safeParse(json.value) : null
	const isOfCampaign = definition?.success === true && definition.data.id === said.election
	if (election !== null && !isOfCampaign)
		faults.add({
			code: 'bad-election',
			path: electionFile,
			detail: 'no definition of the campaign’s election',
		})
	const bytes = await named(archive, archivedRegisterFile, said.register, 'register-differs', faults)
	const register = bytes === null || !isOfCampaign ? null : parseRegister(bytes, definition.data)
	if (register?.ok === false)
		faults.add({ code: 'bad-register', path: archivedRegisterFile, detail: register.fault.detail })
	return {
		election: isOfCampaign ? definition.data : null,
		register: register?.ok === true ? register.value : null,
		...{ faults, isBehindKeys },
	}
}

async function named(
	archive: WordsFiles,
	path: string,
	digest: string,
	code: string,
	faults: ArchiveFaults,
): Promise<Buffer | null> {
	const bytes = await archive.read(path)
	if (!bytes.ok) faults.add({ path, ...bytes.fault })
	else if (sha256(bytes.value) !== digest)
		faults.add({ code, path, detail: 'not the file that the campaign object names' })
	else return bytes.value
	return null
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex')
}
