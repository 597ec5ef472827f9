/**
 * transcriptions.jws beside station.pem, or rulings.jws beside officer.pem: what one reading station or one officer
 * signed, each naming the one before.
 */
import { authorityBeside, authorityReport, isRevoked, revocationReport } from './authority.js'
import { purposes } from './certificate.js'
import { Links } from './chain.js'
import { codeOf, Faults, refuse } from './faults.js'
import { contentOfKey, linesOf } from './files.js'
import { restsOn } from './fingerprint.js'
import { readVouchedKey } from './keys.js'
import { parse, read, signers, verify } from './objects.js'

/** By what the file holds: of what kind, and in what role its signer is listed. */
const chainsOfPeople = {
	transcriptions: { kind: 'transcription', role: 'stations' },
	rulings: { kind: 'ruling', role: 'officers' },
}

export async function checkPeople(name, files, progress) {
	const { kind, role } = chainsOfPeople[name]
	const signer = signers[kind]
	const keyFile = `${signer}.pem`
	const authority = await authorityBeside(files)
	const pem = await contentOfKey(files, keyFile)
	const { key, certified } = await readVouchedKey(pem, authority?.pinned ?? null, purposes[name])
	const faults = new Faults()
	if (authority !== null) faults.include(authority.faults)
	const before = faults.count
	const links = new Links(key.genesis)
	const quarantined = []
	let [device, entries] = [null, 0]
	for await (const { number, code, jws } of linesOf(files.get(`${name}.jws`), progress)) {
		try {
			if (code !== null) refuse(code)
			const signed = await parse(jws, kind)
			await verify(signed, key)
			const { seq, prev } = read(signed)
			if ((device ?? certified ?? signed.kid) !== signed.kid) refuse(`wrong-${signer}`)
			device = signed.kid
			entries++
			const broken = links.add(seq, signed.id, prev)
			if (broken !== null) faults.add(number, broken, seq)
			if (isRevoked(authority, device, seq)) quarantined.push({ number, seq })
		} catch (error) {
			faults.add(number, codeOf(error), links.expected)
			links.passOver()
		}
	}
	const chainWhole = faults.count === before
	for (const { number, seq } of quarantined) faults.add(number, 'revoked', seq)
	const isVouchedFor = certified !== null || authority?.lists(device, role, key) === true
	if (authority?.issue > 0 && device !== null && !isVouchedFor)
		faults.add(1, `unknown-${signer}`, undefined, undefined, keyFile)
	if (entries === 0 && faults.count === 0) faults.add(1, 'nothing-to-check')
	const rests = authority === null ? [] : [await restsOn('authority.pem', authority.pinned.key)]
	if (!isVouchedFor) rests.push(await restsOn(keyFile, key))
	const words = { authority: authorityReport(authority), revoked: revocationReport(authority, device) }
	const counts = { entries, quarantined: quarantined.length }
	return { device, ...counts, head: links.head, chainWhole, restsOn: rests, ...words, faults }
}
