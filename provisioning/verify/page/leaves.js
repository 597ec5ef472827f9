/**
 * The leaves of a log one by one, as a ledger's lines are gone through: form, role, signature, meaning are the archive's
 * fault; what somebody well known signed that does not go together is a finding about them.
 */
import { Answers } from './answers.js'
import { isRevoked, revocationReport } from './authority.js'
import { Chain } from './chain.js'
import { isPublishable } from './closed-grammar.js'
import { ArchiveFaults, codeOf, refuse } from './faults.js'
import { verifies } from './keys.js'
import { parseAs, read, signers } from './objects.js'
import { isObject } from './shapes.js'

const leafKinds = ['entry', 'head', 'transcription', 'ruling', 'campaign']
/** In what role the signers of a kind are listed; a campaign object is the authority's. */
export const rolesOfLeaves = {
	entry: 'devices',
	head: 'devices',
	transcription: 'stations',
	ruling: 'officers',
}
const withheldForm =
	/^\{"withheld":"(entry|head|transcription|ruling|campaign)","by":"([a-z0-9][a-z0-9-]{2,31})","seq":([1-9][0-9]{0,15}),"id":"([A-Za-z0-9_-]{43})"\}$/

/** Stands for an object that must not be published: its place alone. */
function parseWithheld(written) {
	const [, kind, kid, seq, id] = withheldForm.exec(written) ?? refuse('bad-leaf')
	return Number.isSafeInteger(Number(seq))
		? { isWithheld: true, kind, kid, seq: Number(seq), id }
		: refuse('bad-leaf')
}

/** Says nothing of who signed it. */
export async function parseLeaf(bytes) {
	const written = new TextDecoder('latin1').decode(bytes)
	if (written.startsWith('{')) return parseWithheld(written)
	try {
		return { isWithheld: false, jws: written, ...(await parseAs(written, leafKinds)) }
	} catch (error) {
		codeOf(error)
		return refuse('bad-leaf')
	}
}

/** `election` is null where no definition is in force; `counted` takes in what verifies, and is null with it. */
export class Leaves {
	faults = new ArchiveFaults()
	counts = Object.fromEntries([...leafKinds, 'withheld'].map((kind) => [kind, 0]))
	/** Digest of a public picture to the most bytes that an entry gives it. */
	pictures = new Map()
	/** Of the campaign objects, in the order of the leaves. */
	#issues = []
	/** By role, id to chain. */
	#chains = { devices: new Map(), stations: new Map(), officers: new Map() }
	#answers = new Answers()
	#ids = new Set()
	/** Role and id to key; null where nobody lists it in this role. */
	#keys = new Map()
	/** Findings about those who are nobody's, or somebody else's. */
	#strangers = []
	constructor(authority, campaigns, election, counted) {
		this.authority = authority
		this.campaigns = campaigns
		this.election = election
		this.counted = counted
	}

	/** What takes a browser its time is asked of all at once; what it means then, one by one. */
	async takeAll(first, leaves) {
		const opened = await Promise.all(leaves.map((bytes) => this.#open(bytes)))
		for (const [at, leaf] of opened.entries()) this.#take(first + at, leaf)
	}

	async #open(bytes) {
		let leaf
		try {
			leaf = await parseLeaf(bytes)
		} catch (error) {
			return { code: codeOf(error) }
		}
		const role = rolesOfLeaves[leaf.kind]
		const key = role === undefined ? null : await this.#key(leaf.kid, role)
		if (leaf.isWithheld) return { ...leaf, key }
		const isProven = key !== null && (await verifies(key, leaf.signingInput, leaf.signature))
		const { election } = this
		const { rehearsal } = this.campaigns.newest.said
		const isOutside = election !== null && !(await isPublishable(leaf, election, rehearsal))
		return { ...leaf, key, isProven, isOutside }
	}

	#key(kid, role) {
		const own = `${role}/${kid}`
		if (!this.#keys.has(own)) this.#keys.set(own, this.authority.key(kid, role))
		return this.#keys.get(own)
	}

	#take(number, leaf) {
		try {
			if (leaf.code !== undefined) refuse(leaf.code)
			this.counts[leaf.isWithheld ? 'withheld' : leaf.kind]++
			if (this.#ids.has(leaf.id)) {
				this.#countAgain(leaf)
				refuse('leaf-twice')
			}
			this.#ids.add(leaf.id)
			if (leaf.isWithheld) {
				if (leaf.kind !== 'head' && leaf.key !== null)
					this.#place(number, leaf, { seq: leaf.seq, prev: null })
				return
			}
			if (leaf.isOutside) this.faults.add('not-closed', { leaf: number })
			if (leaf.kind === 'campaign') this.#takeCampaign(number, leaf)
			else this.#takeSigned(number, leaf)
		} catch (error) {
			this.faults.add(codeOf(error), { leaf: number })
		}
	}

	/** Of the newest campaign object among the leaves; 0 before the first. */
	get newestIssue() {
		return this.#issues.at(-1)?.issue ?? 0
	}

	/** The campaign object in force when there were `size` leaves. */
	campaignAt(size) {
		const { byIssue } = this.campaigns
		if (size === 0) return [...byIssue.values()][0]
		return byIssue.get(this.#issues.findLast(({ leaf }) => leaf < size)?.issue)
	}

	#takeCampaign(number, { payload, jws }) {
		const issue = isObject(payload) ? payload.issue : undefined
		const isNext = this.campaigns.byIssue.get(issue)?.jws === jws && issue > this.newestIssue
		if (!isNext) refuse('campaign-differs')
		this.#issues.push({ leaf: number, issue })
	}

	#takeSigned(number, leaf) {
		const { kind, kid, key, isProven } = leaf
		if (key === null) {
			const code = this.authority.roleOf(kid) === undefined ? `unknown-${signers[kind]}` : 'wrong-role'
			this.#strangers.push({ code, leaf: number, by: kid, seq: null })
			return
		}
		if (!isProven) refuse('bad-signature')
		const payload = read(leaf)
		if (kind === 'head') return
		this.#place(number, leaf, payload)
		if (kind === 'entry') {
			this.#answers.takeEntry(leaf.id, payload)
			this.#notePictures(payload)
		} else if (kind === 'transcription' && !isRevoked(this.authority, kid, payload.seq))
			this.#answers.take(number, leaf.id, payload)
		this.#count(leaf, payload)
	}

	/** Of two leaves with one id the first may bear no good signature, and the second one. */
	#countAgain(leaf) {
		if (leaf.isProven !== true) return
		try {
			this.#count(leaf, read(leaf))
		} catch (error) {
			codeOf(error)
		}
	}

	#count({ kind, kid, id }, payload) {
		if (kind !== 'head') this.counted?.take(kind, id, payload, isRevoked(this.authority, kid, payload.seq))
	}

	#place(number, { kind, kid, id, key }, { seq, prev }) {
		const chains = this.#chains[rolesOfLeaves[kind]]
		if (!chains.has(kid)) chains.set(kid, new Chain(key.genesis))
		chains.get(kid).add({ seq, id, prev, line: number })
	}

	#notePictures(entry) {
		for (const { role, sealed, sha256: digest, size } of entry.kind === 'acta' ? entry.images : []) {
			if (role === 'public' && sealed === undefined)
				this.pictures.set(digest, Math.max(size, this.pictures.get(digest) ?? 0))
		}
	}

	/** In the order of the leaves, once all were seen. */
	findings() {
		const found = [...this.#strangers]
		// Takes what a ledger's checks would call faults; numbers that are not there are awaited.
		const taking = {
			add(leaf, code, seq, by) {
				if (code !== 'gap') found.push({ code, leaf, by, seq })
			},
		}
		for (const chains of Object.values(this.#chains)) {
			for (const [kid, chain] of chains) chain.look(taking, kid, revocationReport(this.authority, kid))
		}
		this.#answers.findFaults(taking)
		return found.sort((one, other) => one.leaf - other.leaf || (one.code < other.code ? -1 : 1))
	}

	signers(role) {
		return [...this.#chains[role]]
			.map(([id, chain]) => {
				const { entries, gaps } = chain.look({ add() {} }, id, null).report
				const awaited = gaps.reduce((sum, [from, to]) => sum + to - from + 1, 0)
				return { id, entries, last: chain.highest, awaited }
			})
			.sort((one, other) => (one.id < other.id ? -1 : 1))
	}
}
