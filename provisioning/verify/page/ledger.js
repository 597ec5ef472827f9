/**
 * ledger.jws, images/, and heads.jws where it is: entries, answers of reading stations and rulings of officers as
 * received, and receipts as issued. Who may sign say devices/<id>.pem and centre.pem, or the authority, which alone lists
 * stations and officers.
 */
import { Answers } from './answers.js'
import { authorityBeside, authorityReport, isRevoked, revocationReport } from './authority.js'
import { purposes } from './certificate.js'
import { Chain } from './chain.js'
import { codeOf, Faults, refuse } from './faults.js'
import { contentOfKey, linesOf, lookAtImage, noteImages } from './files.js'
import { restsOn } from './fingerprint.js'
import { readVouchedKey } from './keys.js'
import { parse, parseAs, read, signers, verify } from './objects.js'
import { answers } from './shapes.js'

const headsFile = 'heads.jws'

/** The kinds that people sign, and in what role their signers are listed. */
const rolesOfPeople = { transcription: 'stations', ruling: 'officers' }

/** `counted` takes in what verifies, as `Counted` does. */
export async function checkLedger(files, progress, counted) {
	const authority = await authorityBeside(files)
	const pinned = authority?.pinned ?? null
	const centres = authority !== null && authority.centres.issue > 0 ? authority.centres : null
	const pinnedOne = centres === null ? await pinnedCentre(files, pinned) : null
	const faults = new Faults()
	if (authority !== null) faults.include(authority.faults)
	const keys = new Map()
	/** Those that neither the registry nor a certificate vouches for. */
	const bare = new Map()
	/** Id to chain. */
	const chains = { devices: new Map(), stations: new Map(), officers: new Map() }
	const given = new Answers()
	const codes = new Set()
	const named = new Map()
	const claimed = new Set()
	let [centre, receipts, revokedReceipts, heads] = [null, 0, 0, 0]

	/** Once there is a registry, a key counts that it lists, or that has a certificate. */
	async function readKeyOf(device) {
		const listed = (await authority?.key(device, 'devices')) ?? null
		if (listed !== null) return listed
		try {
			const pem = await contentOfKey(files, `devices/${device}.pem`)
			const { key, certified } = await readVouchedKey(pem, pinned, purposes.entries)
			if (certified !== null) return certified === device ? key : null
			if (authority?.issue > 0) return null
			bare.set(device, key)
			return key
		} catch (error) {
			codeOf(error)
			return null
		}
	}

	async function keyOf(device) {
		if (!keys.has(device)) keys.set(device, await readKeyOf(device))
		return keys.get(device) ?? refuse('unknown-device')
	}

	/** A station or an officer is known by the registry alone. */
	async function keyOfPerson({ kind, kid }, role) {
		const own = `${role}/${kid}`
		if (!keys.has(own)) keys.set(own, (await authority?.key(kid, role)) ?? null)
		return keys.get(own) ?? refuse(`unknown-${signers[kind]}`)
	}

	/** What somebody signed who is listed in this role. */
	async function takeSigned(line, signed, role) {
		const listedAs = authority?.roleOf(signed.kid)
		if (listedAs !== undefined && listedAs !== role) refuse('wrong-role')
		const key = await (role === 'devices' ? keyOf(signed.kid) : keyOfPerson(signed, role))
		await verify(signed, key)
		const payload = read(signed)
		const { seq, prev } = payload
		const ofRole = chains[role]
		if (!ofRole.has(signed.kid)) ofRole.set(signed.kid, new Chain(key.genesis))
		ofRole.get(signed.kid).add({ seq, id: signed.id, prev, line })
		const isDisowned = isRevoked(authority, signed.kid, seq)
		if (signed.kind === 'entry') {
			if (payload.kind === 'acta' && payload.reading.code !== null) codes.add(payload.reading.code)
			noteImages(payload, signed.id, line, named)
			given.takeEntry(signed.id, payload)
		} else if (signed.kind === 'transcription' && !isDisowned) given.take(line, signed.id, payload)
		counted?.take(signed.kind, signed.id, payload, isDisowned)
	}

	async function takeReceipt(line, signed) {
		// The honest ledger of a centre that was robbed of its key holds them for ever: they count nowhere.
		if (centres?.revoked.has(signed.kid)) {
			revokedReceipts++
			return
		}
		await verify(signed, pinnedOne?.key ?? (await centres.key(signed.kid)))
		const receipt = read(signed)
		const { device, seq, upto } = receipt
		centre ??= signed.kid
		if (centres === null && signed.kid !== centre) refuse('wrong-centre')
		receipts++
		const said = answers(receipt)
		for (const { images } of said) {
			for (const { sha256: digest, status } of images) if (status === 'stored') claimed.add(digest)
		}
		const chain = chains.devices.get(device) ?? new Chain('')
		const founded =
			said.every((one) => one.status === 'rejected' || chain.has(one.seq, one.entry)) &&
			(upto === null || (chain.has(upto.seq, upto.id) && upto.seq <= chain.contiguous))
		if (!founded) faults.add(line, 'receipt-unfounded', seq, device)
	}

	async function take(line, jws) {
		const signed = await parseAs(jws, ['entry', 'receipt', ...Object.keys(rolesOfPeople)])
		if (signed.kind === 'receipt') return takeReceipt(line, signed)
		try {
			await takeSigned(line, signed, rolesOfPeople[signed.kind] ?? 'devices')
		} catch (error) {
			faults.add(line, codeOf(error), undefined, signed.kid)
		}
	}

	async function takeHead(line, jws) {
		const signed = await parse(jws, 'head')
		await verify(signed, await keyOf(signed.kid))
		const { device, seq, id: entryId } = read(signed)
		heads++
		// Whoever stole a key can sign a head of what never was.
		if (isRevoked(authority, device, seq)) return
		const chain = chains.devices.get(device) ?? new Chain('')
		const ids = chain.idsAt(seq)
		if (seq > chain.highest) faults.add(line, 'tail-cut-off', seq, device, headsFile)
		else if (ids.length > 0 && !ids.includes(entryId))
			faults.add(line, 'head-differs', seq, device, headsFile)
	}

	for await (const { number, code, jws } of linesOf(files.get('ledger.jws'), progress)) {
		try {
			if (code !== null) refuse(code)
			await take(number, jws)
		} catch (error) {
			faults.add(number, codeOf(error))
		}
	}
	const look = (role) =>
		[...chains[role]].map(([signer, chain]) =>
			chain.look(faults, signer, revocationReport(authority, signer)),
		)
	const looked = look('devices')
	const devices = looked.map(({ report }) => report)
	const people = {
		stations: look('stations').map(({ report }) => report),
		officers: look('officers').map(({ report }) => report),
	}
	const proofs = looked
		.flatMap((one) => one.proofs)
		.sort((a, b) => a.entries[0].line - b.entries[0].line)
		.slice(0, 100)
	given.findFaults(faults)
	for await (const { number, code, jws } of linesOf(files.get(headsFile) ?? new Blob())) {
		try {
			if (code !== null) refuse(code)
			await takeHead(number, jws)
		} catch (error) {
			faults.add(number, codeOf(error), undefined, undefined, headsFile)
		}
	}
	const images = { named: named.size, present: 0, awaited: 0, missing: 0, altered: 0 }
	for (const named1 of named.values()) {
		const code = await lookAtImage(files, named1)
		if (code === null) images.present++
		else if (code === 'image-missing' && !claimed.has(named1.digest)) images.awaited++
		else {
			images[code === 'image-altered' ? 'altered' : 'missing']++
			faults.add(named1.line, code, named1.seq, named1.device)
		}
	}
	const isEmpty = Object.values(chains).every((ofRole) => ofRole.size === 0)
	if (isEmpty && faults.count === 0) faults.add(1, 'nothing-to-check')
	const rests = authority === null ? [] : [await restsOn('authority.pem', pinned.key)]
	if (pinnedOne?.certified === null) rests.push(await restsOn('centre.pem', pinnedOne.key))
	for (const device of chains.devices.keys())
		if (bare.has(device)) rests.push(await restsOn(`devices/${device}.pem`, bare.get(device)))
	const entries = devices.reduce((sum, device) => sum + device.entries, 0)
	const counts = { entries, actas: codes.size, receipts, revokedReceipts, heads }
	const words = { restsOn: rests, authority: authorityReport(authority) }
	return { centre, ...counts, devices, ...people, ...words, proofs, images, faults }
}

async function pinnedCentre(files, pinned) {
	return readVouchedKey(await contentOfKey(files, 'centre.pem'), pinned, purposes.receipts)
}
