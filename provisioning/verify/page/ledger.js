/**
 * ledger.jws, images/, and heads.jws where it is: entries as received and receipts as issued. Who may sign say
 * devices/<id>.pem and centre.pem, or the authority.
 */
import { authorityBeside, authorityReport, isRevoked, revocationReport } from './authority.js'
import { purposes } from './certificate.js'
import { Chain } from './chain.js'
import { codeOf, Faults, refuse } from './faults.js'
import { contentOfKey, linesOf, lookAtImage, noteImages } from './files.js'
import { restsOn } from './fingerprint.js'
import { readVouchedKey } from './keys.js'
import { parse, read, verify } from './objects.js'
import { answers } from './shapes.js'

const headsFile = 'heads.jws'

export async function checkLedger(files, progress) {
	const authority = await authorityBeside(files)
	const pinned = authority?.pinned ?? null
	const centres = authority !== null && authority.centres.issue > 0 ? authority.centres : null
	const pinnedOne = centres === null ? await pinnedCentre(files, pinned) : null
	const faults = new Faults()
	if (authority !== null) faults.include(authority.faults)
	const keys = new Map()
	/** Those that neither the registry nor a certificate vouches for. */
	const bare = new Map()
	const chains = new Map()
	const codes = new Set()
	const named = new Map()
	const claimed = new Set()
	let [centre, receipts, revokedReceipts, heads] = [null, 0, 0, 0]

	/** Once there is a registry, a key counts that it lists, or that has a certificate. */
	async function readKeyOf(device) {
		const listed = (await authority?.key(device)) ?? null
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

	async function takeEntry(line, signed) {
		const device = signed.kid
		let key
		try {
			key = await keyOf(device)
			await verify(signed, key)
			read(signed)
		} catch (error) {
			faults.add(line, codeOf(error), undefined, device)
			return
		}
		const entry = signed.payload
		if (!chains.has(device)) chains.set(device, new Chain(key.genesis))
		chains.get(device).add({ seq: entry.seq, id: signed.id, prev: entry.prev, line })
		if (entry.kind === 'acta' && entry.reading.code !== null) codes.add(entry.reading.code)
		noteImages(entry, signed.id, line, named)
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
		const chain = chains.get(device) ?? new Chain('')
		const founded =
			said.every((one) => one.status === 'rejected' || chain.has(one.seq, one.entry)) &&
			(upto === null || (chain.has(upto.seq, upto.id) && upto.seq <= chain.contiguous))
		if (!founded) faults.add(line, 'receipt-unfounded', seq, device)
	}

	async function take(line, jws) {
		try {
			return await takeEntry(line, await parse(jws, 'entry'))
		} catch (error) {
			if (codeOf(error) !== 'foreign-typ') throw error
		}
		await takeReceipt(line, await parse(jws, 'receipt'))
	}

	async function takeHead(line, jws) {
		const signed = await parse(jws, 'head')
		await verify(signed, await keyOf(signed.kid))
		const { device, seq, id: entryId } = read(signed)
		heads++
		// Whoever stole a key can sign a head of what never was.
		if (isRevoked(authority, device, seq)) return
		const chain = chains.get(device) ?? new Chain('')
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
	const looked = [...chains].map(([device, chain]) =>
		chain.look(faults, device, revocationReport(authority, device)),
	)
	const devices = looked.map(({ report }) => report)
	const proofs = looked
		.flatMap((one) => one.proofs)
		.sort((a, b) => a.entries[0].line - b.entries[0].line)
		.slice(0, 100)
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
	if (devices.length === 0 && faults.count === 0) faults.add(1, 'nothing-to-check')
	const rests = authority === null ? [] : [await restsOn('authority.pem', pinned.key)]
	if (pinnedOne?.certified === null) rests.push(await restsOn('centre.pem', pinnedOne.key))
	for (const device of chains.keys())
		if (bare.has(device)) rests.push(await restsOn(`devices/${device}.pem`, bare.get(device)))
	const entries = devices.reduce((sum, device) => sum + device.entries, 0)
	const counts = { entries, actas: codes.size, receipts, revokedReceipts, heads }
	const words = { restsOn: rests, authority: authorityReport(authority) }
	return { centre, ...counts, devices, ...words, proofs, images, faults }
}

async function pinnedCentre(files, pinned) {
	return readVouchedKey(await contentOfKey(files, 'centre.pem'), pinned, purposes.receipts)
}
