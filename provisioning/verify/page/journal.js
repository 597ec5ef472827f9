/** entries.jws, device.pem, images/, and head.jws where it is: one device's records, each naming the one before. */
import { authorityBeside, authorityReport, isRevoked, revocationReport } from './authority.js'
import { longest } from './bytes.js'
import { purposes } from './certificate.js'
import { Links } from './chain.js'
import { codeOf, Faults, refuse } from './faults.js'
import { contentOfKey, linesOf, lookAtImage, noteImages } from './files.js'
import { restsOn } from './fingerprint.js'
import { readKey, readVouchedKey } from './keys.js'
import { openSigned, parse, read, verify } from './objects.js'
import { answers } from './shapes.js'

export async function checkJournal(files, progress) {
	const authority = await authorityBeside(files)
	const pem = await contentOfKey(files, 'device.pem')
	const { key, certified } = await readVouchedKey(pem, authority?.pinned ?? null, purposes.entries)
	const closing = await headBeside(files, key)
	const faults = new Faults()
	if (authority !== null) faults.include(authority.faults)
	const before = faults.count
	const named = new Map()
	const codes = new Set()
	const byKind = {}
	const quarantined = []
	let [device, entries] = [null, 0]
	const links = new Links(key.genesis)
	for await (const { number, code, jws } of linesOf(files.get('entries.jws'), progress)) {
		let signed
		try {
			if (code !== null) refuse(code)
			signed = await parse(jws, 'entry')
			await verify(signed, key)
			read(signed)
			if ((device ?? certified ?? signed.kid) !== signed.kid) refuse('wrong-device')
		} catch (error) {
			faults.add(number, codeOf(error), links.expected)
			links.passOver()
			continue
		}
		const entry = signed.payload
		const { seq } = entry
		const broken = links.add(seq, signed.id, entry.prev)
		if (broken !== null) faults.add(number, broken, seq)
		device = entry.device
		entries++
		byKind[entry.kind] = (byKind[entry.kind] ?? 0) + 1
		if (entry.kind === 'acta' && entry.reading.code !== null) codes.add(entry.reading.code)
		if (isRevoked(authority, device, seq)) quarantined.push({ number, seq })
		if (closing.payload?.seq === seq) closing.found = signed.id
		noteImages(entry, signed.id, number, named)
	}
	const chainWhole = faults.count === before
	for (const { number, seq } of quarantined) faults.add(number, 'revoked', seq)
	const isListed = authority?.lists(device, 'devices', key) === true
	const rests = authority === null ? [] : [await restsOn('authority.pem', authority.pinned.key)]
	if (certified === null && !isListed) rests.push(await restsOn('device.pem', key))
	if (authority?.issue > 0 && device !== null && certified === null && !isListed) {
		faults.add(1, 'unknown-device', undefined, undefined, 'device.pem')
	}
	// Whoever stole a key can sign a head of what never was.
	if (!isRevoked(authority, device, closing.payload?.seq))
		findFaultOfHead(closing, faults, device, links.head?.seq ?? 0)
	const given = await givenAway(files, authority)
	const images = { named: named.size, present: 0, givenAway: [], missing: 0, altered: 0 }
	const centres = new Map()
	for (const named1 of named.values()) {
		const code = await lookAtImage(files, named1)
		const proof = given.get(named1.digest)
		if (code === 'image-missing' && proof?.entry === named1.entryId) {
			const { receipt, centre } = proof
			if (!proof.isListed) centres.set(`given-away/${centre}.pem`, proof.key)
			images.givenAway.push({ seq: named1.seq, sha256: named1.digest, receipt, centre })
			continue
		}
		images[code === null ? 'present' : code === 'image-altered' ? 'altered' : 'missing']++
		if (code !== null) faults.add(named1.line, code, named1.seq)
	}
	if (entries === 0 && faults.count === 0) faults.add(1, 'nothing-to-check')
	for (const file of [...centres.keys()].sort()) rests.push(await restsOn(file, centres.get(file)))
	const closed = closing.payload && { seq: closing.payload.seq, id: closing.payload.id }
	const words = { authority: authorityReport(authority), revoked: revocationReport(authority, device) }
	const counts = { entries, byKind, actas: codes.size, quarantined: quarantined.length }
	return { device, ...counts, head: links.head, chainWhole, closed, restsOn: rests, ...words, images, faults }
}

/** What the device showed as its last record when the day was closed: a chain does not show its tail cut off. */
async function headBeside(files, key) {
	const closing = { payload: null, code: null, found: null }
	const blob = files.get('head.jws')
	if (blob === undefined || blob.size > longest + 1) return closing
	try {
		const text = new TextDecoder('latin1').decode(await blob.arrayBuffer())
		const signed = await parse(text.replace(/\n$/, ''), 'head')
		await verify(signed, key)
		closing.payload = read(signed)
	} catch (error) {
		codeOf(error)
		closing.code = 'bad-head'
	}
	return closing
}

function findFaultOfHead({ payload, code, found }, faults, device, last) {
	const add = (what, seq) => faults.add(1, what, seq, undefined, 'head.jws')
	if (code !== null) add(code)
	else if (payload === null) return
	else if (device !== null && payload.device !== device) add('wrong-device')
	else if (payload.seq > last) add('tail-cut-off', payload.seq)
	else if (found !== null && found !== payload.id) add('head-differs', payload.seq)
}

/**
 * Digest to entry, receipt and centre: images that the kiosk deleted since a centre holds them, as far as receipts by
 * the centres that the authority lists prove it; where it lists none, by the keys in given-away/, whose the reader has
 * to know.
 */
async function givenAway(files, authority) {
	const listed = authority !== null && authority.centres.issue > 0 ? authority.centres : null
	const given = new Map()
	for (const path of [...files.keys()].sort()) {
		const centre = /^given-away\/([a-z0-9][a-z0-9-]{2,31})\.jws$/.exec(path)?.[1]
		if (centre === undefined) continue
		let key
		try {
			key =
				listed === null
					? await readKey(await contentOfKey(files, `given-away/${centre}.pem`))
					: await listed.key(centre)
		} catch (error) {
			codeOf(error)
			continue
		}
		for await (const { code, jws } of linesOf(files.get(path))) {
			try {
				if (code !== null) refuse(code)
				const { id: receipt, payload } = await openSigned(jws, 'receipt', centre, key)
				const isListed = listed !== null
				for (const { entry, images } of answers(payload)) {
					for (const { sha256: digest, status } of images) {
						if (status === 'stored') given.set(digest, { entry, receipt, centre, key, isListed })
					}
				}
			} catch (error) {
				codeOf(error)
			}
		}
	}
	return given
}
