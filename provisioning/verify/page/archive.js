/**
 * An archive, as ARCHIVE.md says it is checked: by nothing but its files and what keys/authority.pem is compared with. The
 * steps stand in its order.
 */
import { ArchiveFiles, longestArchived } from './archive-files.js'
import { authorityBeside } from './authority.js'
import { isSameBytes, longest, longestRegistry, parseDecimal, sha256, toHex } from './bytes.js'
import { Issues, logKeyOf, witnessKeysOf } from './campaign.js'
import { checkFiles } from './checksums.js'
import { Counted } from './counting.js'
import { readElection } from './election.js'
import { ArchiveFaults, codeOf, refuse } from './faults.js'
import { Records } from './feed.js'
import { linesOf } from './files.js'
import { restsOn } from './fingerprint.js'
import { Leaves } from './leaves.js'
import { cosignedBy, longestNote, openCheckpoint, openSite, rootInBase64 } from './note.js'
import { checkPictures } from './pictures.js'
import { figuresFile, firstOtherLine, tablesFile } from './published.js'
import { readRegister } from './register.js'
import { checkTree } from './tiles.js'

const mostFindings = 1000

/** Whether the folder of these files is one. */
export const isArchive = (files) => files.has('checkpoint') || files.has('keys/campaign.jws')

/** Refuses where nothing can be checked. `progress` hears what part of which step is done. */
export async function checkArchive(files, { isRehearsal, progress }) {
	const archive = new ArchiveFiles(files)
	const faults = new ArchiveFaults()
	const { authority, campaigns, campaign, log } = await readWords(files, faults)
	const report = {
		...nothingKnown,
		restsOn: [await restsOn('keys/authority.pem', authority.pinned.key)],
		log: log.text,
	}
	const head = await openedAt(archive, 'checkpoint', log, faults)
	if (head === null) return { ...report, faults }
	const found = await new ArchiveCheck({
		archive,
		authority,
		campaigns,
		campaign,
		log,
		head,
		faults,
		progress,
	}).run()
	if (found.rehearsal && !isRehearsal) faults.add('rehearsal', { path: '' })
	return { ...report, ...found, faults }
}

/** Of an archive of which no more is known. */
const nothingKnown = {
	...{ origin: null, size: null, root: null, publication: null, time: null, rehearsal: false },
	witnesses: { listed: 0, threshold: 0, cosigned: [] },
	leaves: { entry: 0, head: 0, transcription: 0, ruling: 0, campaign: 0, withheld: 0 },
	...{ devices: [], stations: [], officers: [], images: { public: 0, absent: 0, withdrawn: 0 } },
	...{ findings: [], findingCount: 0, figures: null },
}

// ---- 1. The authority ----

/** Refuses where there is no authority, or no campaign object. */
export async function readWords(files, faults) {
	const authority = await readAuthority(files, faults)
	const campaigns = await readIssues(files, 'campaign', authority, faults)
	await readIssues(files, 'mirrors', authority, faults)
	const campaign = campaigns.newest ?? refuse('no-campaign')
	const log = await logKeyOf(campaign.said)
	// A log that took the place of others, whose keys were lost or stolen, names them; their campaign objects are kept.
	const logs = [campaign.said.log, ...campaign.said.earlier].map(({ vkey }) => vkey)
	for (const [number, { said }] of campaigns.byIssue) {
		if (!logs.includes(said.log.vkey))
			faults.add('log-changed', { path: 'keys/campaign.jws', detail: `no. ${number}` })
	}
	return { authority, campaigns, campaign, log }
}

async function readAuthority(files, faults) {
	const names = ['authority.pem', 'registry.jws', 'centres.jws']
	for (const name of names)
		refuseTooLarge(files, `keys/${name}`, name === 'authority.pem' ? 'no-authority' : 'unreadable')
	const ofKeys = names.map((name) => [name, files.get(`keys/${name}`)])
	let authority
	try {
		authority = await authorityBeside(new Map(ofKeys.filter(([, blob]) => blob !== undefined)))
	} catch (error) {
		codeOf(error)
	}
	if (authority == null) refuse('no-authority')
	for (const { file, code, line } of authority.faults.kept)
		faults.add(code, { path: `keys/${file}`, detail: `line ${line}` })
	return authority
}

function refuseTooLarge(files, path, code) {
	if (files.get(path)?.size > longestArchived) refuse(code)
}

async function readIssues(files, kind, authority, faults) {
	const path = `keys/${kind}.jws`
	refuseTooLarge(files, path, 'unreadable')
	const issues = new Issues(kind, authority.pinned.key)
	for await (const { number, code, jws } of linesOf(files.get(path) ?? new Blob(), undefined, longest)) {
		try {
			if (code !== null) refuse(code)
			await issues.take(jws)
		} catch (error) {
			faults.add(codeOf(error), { path, detail: `line ${number}` })
		}
	}
	return issues
}

// ---- 2. The checkpoint ----

/** Null where it is none. */
async function openedAt(archive, path, log, faults) {
	try {
		return await openCheckpoint(await archive.read(path, longestNote), log)
	} catch (error) {
		const code = codeOf(error)
		if (code === 'file-missing') refuse('no-checkpoint')
		faults.add(code, { path })
		return null
	}
}

/** What comes after the checkpoint. */
class ArchiveCheck {
	constructor(parts) {
		Object.assign(this, parts)
	}

	async run() {
		const { archive, authority, campaigns, campaign, head, faults, progress } = this
		const earlier = await this.#earlierCheckpoints()
		const inForce = await readInForce(
			archive,
			campaign.said,
			[...campaigns.byIssue.values()].map(({ said }) => said),
		)
		const counted = inForce.election === null ? null : new Counted(inForce.election)
		const leaves = new Leaves(authority, campaigns, inForce.election, counted)
		const { site, faults: ofSite } = await this.#site()
		const records = site && (await new Records(archive, this.log, site).read())
		const before = faults.count
		const sizes = [...new Set([...earlier.keys(), ...(records?.sizes() ?? [])])]
		const { isThere, roots } = await checkTree(archive, head, sizes, {
			take: (first, some) => leaves.takeAll(first, some),
			faults,
			progress: (part) => progress(part, 'leaves'),
		})
		const isTreeWhole = faults.count === before
		for (const [size, { root }] of earlier) {
			if (size <= head.size && roots.has(size) && !isSameBytes(roots.get(size), root))
				faults.add('forked', { path: `checkpoints/${size}` })
		}
		if (!earlier.has(head.size)) faults.add('checkpoint-missing', { path: `checkpoints/${head.size}` })
		faults.include(leaves.faults)
		const isInStep = site !== null && (await this.#isInStep(site, leaves, inForce))
		// Of a publication that is not complete the files that it names may not be there yet, and others be there too soon.
		const isLeftOut = site !== null && !isInStep && isTreeWhole
		if (!isLeftOut) faults.include(inForce.faults)
		faults.include(ofSite)
		if (isInStep || !isTreeWhole) {
			for (const size of earlier.keys())
				if (size > head.size) faults.add('shrunk', { path: `checkpoints/${size}` })
		}
		let [figures, time] = [null, null]
		if (isInStep) {
			figures = await this.#figures(inForce, counted, isThere)
			await checkFiles(archive, site, faults, (part) => progress(part, 'files'))
			await records.check(roots, (size) => leaves.campaignAt(size), faults)
			time = records.time
		} else if (isLeftOut) faults.add('not-in-step', { path: 'site' })
		const pictures = { named: leaves.pictures, areAllNamed: !isLeftOut }
		const images = await checkPictures(archive, pictures, faults, (part) => progress(part, 'pictures'))
		const witnesses = await readWitnesses(head.note, campaign.said, faults, 'checkpoint')
		const findings = leaves.findings()
		return {
			...{ origin: head.origin, size: head.size, root: rootInBase64(head) },
			...{ publication: site?.publication ?? null, time },
			...{ rehearsal: campaign.said.rehearsal, witnesses, leaves: leaves.counts },
			...{ devices: leaves.signers('devices'), stations: leaves.signers('stations') },
			...{ officers: leaves.signers('officers'), images },
			...{ findings: findings.slice(0, mostFindings), findingCount: findings.length, figures },
		}
	}

	// ---- 3. The tree ----

	/** By size, all of checkpoints/ that are good; the smallest first. */
	async #earlierCheckpoints() {
		const { archive, log, faults } = this
		const names = archive.paths().flatMap((path) => /^checkpoints\/([^/]+)$/.exec(path)?.[1] ?? [])
		const sizes = names.map(parseDecimal).filter((size) => size !== null)
		const found = new Map()
		for (const size of sizes.sort((one, other) => one - other)) {
			const path = `checkpoints/${size}`
			try {
				const one = await openCheckpoint(await archive.read(path, longestNote), log)
				if (one.size !== size) refuse('bad-note')
				found.set(size, one)
			} catch (error) {
				faults.add(codeOf(error), { path })
			}
		}
		return found
	}

	// ---- 6. In step ----

	/** Null where it is none, and then the archive says nothing of its files; and what is wrong with it. */
	async #site() {
		const { archive, log } = this
		const faults = new ArchiveFaults()
		let path = 'site'
		let site = null
		try {
			const bytes = await archive.read(path, longestNote)
			site = await openSite(bytes, log)
			path = `sites/${site.publication}`
			if (!isSameBytes(await archive.read(path, longestNote), bytes)) refuse('site-differs')
		} catch (error) {
			faults.add(codeOf(error), { path })
		}
		return { site, faults }
	}

	async #isInStep(site, leaves, inForce) {
		const { head, campaigns, campaign } = this
		// The first one is in force by a log without a leaf.
		const isFirstAlone = head.size === 0 && campaigns.byIssue.size === 1
		return (
			site.size === head.size &&
			isSameBytes(site.root, head.root) &&
			(isFirstAlone || leaves.newestIssue === campaign.said.issue) &&
			!inForce.isBehindKeys &&
			!(await this.#isBegun(site.publication + 1))
		)
	}

	/** Whether the record of a publication is there, which is written before what it changes. */
	async #isBegun(publication) {
		try {
			await this.archive.read(`feed/${publication}.json`)
			return true
		} catch (error) {
			codeOf(error)
			return false
		}
	}

	// ---- 7. Figures ----

	async #figures({ election, register }, counted, isThere) {
		if (election === null || register === null) return null
		if (!isThere) {
			this.faults.add('unreadable', { path: '' })
			return null
		}
		const { figures, standings } = counted.count(register)
		await this.#compare('data/figures.json', 'figures-differ', figuresFile(figures))
		await this.#compare('data/tables.csv', 'tables-differ', tablesFile(standings, election, register))
		return figures
	}

	async #compare(path, code, right) {
		try {
			const line = firstOtherLine(await this.archive.read(path), right)
			if (line !== null) this.faults.add(code, { path, detail: `line ${line}` })
		} catch (error) {
			this.faults.add(codeOf(error), { path })
		}
	}
}

// ---- 10. Witnesses ----

/** Who has signed below this note. */
export async function readWitnesses(note, campaign, faults, path) {
	const { threshold } = campaign
	const witnesses = await witnessKeysOf(campaign)
	let cosigned = []
	try {
		cosigned = await cosignedBy(note, witnesses)
	} catch (error) {
		faults.add(codeOf(error), { path })
	}
	if (cosigned.length < threshold) faults.add('not-witnessed', { path })
	return { listed: witnesses.length, threshold, cosigned }
}

// ---- 5. What is in force ----

/** What campaign objects name: lines of keys/; and the two files of the one in force. `election` and `register` are null where they are none. */
export async function readInForce(archive, campaign, all = [campaign]) {
	const faults = new ArchiveFaults()
	let isBehindKeys = false
	for (const name of ['registry', 'centres']) {
		const path = `keys/${name}.jws`
		const digests = await digestsOfLines(archive.files.get(path) ?? new Blob())
		const issues = all.map((said) => said[name])
		for (const [digest, issue] of new Map(issues.map((named) => [named.sha256, named.issue])))
			if (!digests.includes(digest)) faults.add(`${name}-missing`, { path, detail: `no. ${issue}` })
		const at = digests.indexOf(campaign[name].sha256)
		if (at >= 0 && at < digests.length - 1) isBehindKeys = true
	}
	const named = async (path, code, digest) => {
		try {
			const bytes = await archive.read(path)
			if (toHex(await sha256(bytes)) !== digest) refuse(code)
			return new Blob([bytes])
		} catch (error) {
			faults.add(codeOf(error), { path })
			return null
		}
	}
	/** Null, and the fault told, for what is none. */
	const readAs = async (path, code, look) => {
		try {
			return await look()
		} catch (error) {
			codeOf(error)
			faults.add(code, { path })
			return null
		}
	}
	const [ofElection, ofRegister] = ['campaign/election.json', 'campaign/register.csv']
	const definition = await named(ofElection, 'definition-differs', campaign.definition)
	const election =
		definition &&
		(await readAs(ofElection, 'bad-election', async () => {
			const one = await readElection(definition)
			return one.id === campaign.election ? one : refuse('bad-election')
		}))
	const tables = await named(ofRegister, 'register-differs', campaign.register)
	const register =
		tables && election && (await readAs(ofRegister, 'bad-register', () => readRegister(tables, election)))
	return { election, register, faults, isBehindKeys }
}

async function digestsOfLines(blob) {
	const digests = []
	for await (const { code, jws } of linesOf(blob, undefined, longestRegistry))
		if (code === null) digests.push(toHex(await sha256(new TextEncoder().encode(jws))))
	return digests
}
