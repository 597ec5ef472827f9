/**
 * The proof of one acta (C2SP tlog-proof), as FORMAT.md says it is checked: by the file and the folder `keys/` of a copy. The
 * steps stand in its order.
 */
import { readInForce, readWitnesses, readWords } from './archive.js'
import { ArchiveFiles } from './archive-files.js'
import { isRevoked } from './authority.js'
import { decodeBase64, isSameBytes, parseDecimal } from './bytes.js'
import { Election } from './election.js'
import { ArchiveFaults, codeOf, refuse } from './faults.js'
import { restsOn } from './fingerprint.js'
import { parseLeaf, rolesOfLeaves } from './leaves.js'
import { longestNote, openCheckpoint } from './note.js'
import { read, signers, verify } from './objects.js'
import { presidential2024 } from './presidential-2024.js'
import { leafHash, nodeHash } from './tiles.js'

/** By a file's name. */
export const proofEnding = '.tlog-proof'
const proofHeader = 'c2sp.org/tlog-proof@v1'
const mostProofHashes = 63
const longestLeaf = 65_535
const longestProof = longestNote + Math.ceil(longestLeaf / 3) * 4 + mostProofHashes * 45 + 100

/** `extra` is null where there is none. */
function parseProof(bytes) {
	if (bytes.length > longestProof) refuse('bad-proof')
	const written = new TextDecoder('latin1').decode(bytes)
	const end = written.indexOf('\n\n')
	if (end < 0) refuse('bad-proof')
	const [header, ...lines] = written.slice(0, end).split('\n')
	if (header !== proofHeader) refuse('bad-proof')
	const extraLine = lines[0]?.startsWith('extra ') ? lines.shift() : null
	const extra = extraLine === null ? null : decodeBase64(extraLine.slice('extra '.length))
	if (extraLine !== null && !(extra?.length > 0 && extra.length <= longestLeaf)) refuse('bad-proof')
	const [, decimal = ''] = /^index (.*)$/s.exec(lines.shift() ?? '') ?? []
	const index = parseDecimal(decimal)
	const hashes = lines.map(decodeBase64)
	const areHashes = lines.length <= mostProofHashes && hashes.every((hash) => hash?.length === 32)
	if (index === null || !areHashes) refuse('bad-proof')
	return { index, hashes, extra, checkpoint: bytes.subarray(end + 2) }
}

const half = (number) => Math.floor(number / 2)

/** That `leaf` is in the tree of this checkpoint (RFC 9162, section 2.1.3.2). */
async function verifyInclusion({ index, hashes }, leaf, { size, root }) {
	if (index >= size) refuse('not-included')
	let [at, last, hash] = [index, size - 1, await leafHash(leaf)]
	for (const sibling of hashes) {
		if (last === 0) refuse('not-included')
		if (at % 2 === 1 || at === last) {
			hash = await nodeHash(sibling, hash)
			while (at % 2 === 0 && at > 0) [at, last] = [half(at), half(last)]
		} else hash = await nodeHash(hash, sibling)
		;[at, last] = [half(at), half(last)]
	}
	if (last > 0 || !isSameBytes(hash, root)) refuse('not-included')
}

/** Refuses where nothing can be checked. `files` are those of `keys/` and, where they are at hand, of `campaign/`. */
export async function checkProof(bytes, files, isRehearsal) {
	const faults = new ArchiveFaults()
	const words = await readWords(files, faults)
	const { authority, campaign, log } = words
	const inForce = await readInForce(new ArchiveFiles(files), campaign.said)
	for (const { code, ...where } of inForce.faults.kept)
		if (code === 'registry-missing') faults.add(code, where)
	const isProgrammes = inForce.election === null && campaign.said.election === presidential2024.id
	const election = isProgrammes ? new Election(presidential2024) : inForce.election
	const reading = { election, definition: isProgrammes ? 'program' : 'campaign', register: inForce.register }
	const { threshold, witnesses, rehearsal } = campaign.said
	const report = {
		...{ origin: null, size: null, leaf: null, object: null, by: null, seq: null },
		...{ signatureVerified: null, entry: null, acta: null },
		...{ witnesses: { listed: witnesses.length, threshold, cosigned: [] }, rehearsal },
	}
	try {
		const proof = parseProof(bytes)
		const leaf = proof.extra ?? refuse('no-leaf')
		const head = await openCheckpoint(proof.checkpoint, log)
		await verifyInclusion(proof, leaf, head)
		Object.assign(report, { origin: head.origin, size: head.size, leaf: proof.index })
		await lookAtLeaf(leaf, { authority, reading, report, faults })
		report.witnesses = await readWitnesses(head.note, campaign.said, faults, '')
		if (rehearsal && !isRehearsal) refuse('rehearsal')
	} catch (error) {
		faults.add(codeOf(error), { path: '' })
	}
	const rests = [await restsOn('keys/authority.pem', authority.pinned.key)]
	const whole = faults.count === 0
	const found = { faults: faults.kept, faultCount: faults.count }
	return { kind: 'proof', whole, ...report, ...found, restsOn: rests, log: log.text }
}

/** What is wrong with it ends nothing: that it is in the log is proved. Says in `report` what it is. */
async function lookAtLeaf(bytes, { authority, reading, report, faults }) {
	try {
		const leaf = await parseLeaf(bytes)
		report.by = leaf.kid
		report.object = leaf.isWithheld ? 'withheld' : leaf.kind
		if (leaf.isWithheld) report.seq = leaf.seq
		if (leaf.isWithheld || leaf.kind === 'campaign') return
		const isListed = authority.roleOf(leaf.kid) !== undefined
		const key = await authority.key(leaf.kid, rolesOfLeaves[leaf.kind])
		if (key === null) refuse(isListed ? 'wrong-role' : `unknown-${signers[leaf.kind]}`)
		await verify(leaf, key)
		const payload = read(leaf)
		report.seq = payload.seq
		report.signatureVerified = true
		if (leaf.kind === 'entry') {
			report.entry = summaryOfEntry(payload)
			report.acta = actaIn(payload, reading)
		}
		if (isRevoked(authority, leaf.kid, payload.seq)) refuse('revoked')
	} catch (error) {
		faults.add(codeOf(error), { path: '' })
	}
}

function summaryOfEntry({ kind, time, reading }) {
	const { method, text: said, code } = reading ?? { method: null, text: null, code: null }
	return { kind, day: time.day ?? time.wall.slice(0, 10), method, said, code }
}

/** Its machine reading, by candidate; null where there is none, or nobody knows how it reads. */
function actaIn({ kind, reading }, { election, definition, register }) {
	if (kind !== 'acta' || election === null || reading.method === 'none') return null
	const said = election.read(reading.text)
	if (said === null) return null
	const { table, votes, nullVotes, emptyVotes } = said
	const byCandidate = election.votesOf(said)
	const total = votes.reduce((sum, count) => sum + count, nullVotes + emptyVotes)
	return {
		...{ table, place: placeOf(table, register) },
		candidates: election.candidates.map((one, at) => {
			return { id: one, name: election.names[at], votes: byCandidate[at] }
		}),
		...{ nullVotes, emptyVotes, total, definition },
	}
}

function placeOf(table, register) {
	const electors = register?.electors.get(table)
	if (electors === undefined) return null
	const [state, municipality, parish, centroName] = register.places.get(table.split('.')[0])
	return { state, municipality, parish, centroName, electors }
}

/**
 * What of `all` (paths and files) a proof is checked by, as paths of an archive: the folder with `campaign.jws` and
 * `authority.pem` that stands farthest up, whatever it is called, and what lies beside it. Null where there is none.
 */
export function keysAmong(all) {
	const given = new Map(all)
	const depth = (path) => path.split('/').length
	const found = [...given.keys()]
		.flatMap((path) => /^(.*\/)?campaign\.jws$/s.exec(path)?.slice(1) ?? [])
		.map((folder) => folder ?? '')
		.filter((folder) => given.has(`${folder}authority.pem`))
		.sort((one, other) => depth(one) - depth(other))
	if (found.length === 0) return null
	const [own] = found
	const above = own.replace(/[^/]*\/$/s, '')
	const places = [
		...['authority.pem', 'registry.jws', 'centres.jws', 'campaign.jws', 'mirrors.jws'].map((name) => [
			`keys/${name}`,
			[own + name],
		]),
		// Files that were chosen one by one lie in no folder.
		...['election.json', 'register.csv'].map((name) => [
			`campaign/${name}`,
			[`${above}campaign/${name}`, own + name],
		]),
	]
	const files = places.flatMap(([path, from]) => {
		const file = from.map((one) => given.get(one)).find((one) => one !== undefined)
		return file === undefined ? [] : [[path, file]]
	})
	return new Map(files)
}
