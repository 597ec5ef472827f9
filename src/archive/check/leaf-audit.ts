/**
 * Goes through the leaves of a log one by one, as a ledger's lines are gone through: form, role, signature, meaning are the
 * archive's fault; what somebody well known signed that does not go together is a finding about them.
 */
import type { KeyObject } from 'node:crypto'
import { AuditedChain } from '../../audit/audited-chain.ts'
import { GivenAnswers } from '../../audit/given-answers.ts'
import type { PublishedDevices } from '../../audit/published-devices.ts'
import type { CampaignIssues, SignedCampaign } from '../../evidence/authority/campaign.ts'
import type { ListedRole } from '../../evidence/authority/device-list.ts'
import type { ChainKind, ChainObject } from '../../evidence/chain.ts'
import { entryChain } from '../../evidence/entry.ts'
import { readHead } from '../../evidence/head.ts'
import { genesisOf } from '../../evidence/identity.ts'
import { type Jws, verifyJws } from '../../evidence/jws.ts'
import { type LeafKind, outsideGrammar, type PublishingRules } from '../../evidence/publishable.ts'
import { rulingChain } from '../../evidence/ruling.ts'
import { transcriptionChain } from '../../evidence/transcription.ts'
import { CollectedFaults } from '../../platform/collected-faults.ts'
import type { Result } from '../../platform/result.ts'
import { idOf, type Leaf, parseLeaf, roleOf } from '../leaf.ts'
import { PublicPictures } from '../public-pictures.ts'
import type { ArchiveFaults, Finding, FindingCode, SignerReport } from './archive-report.ts'

export interface LeafAuditParts {
	readonly devices: PublishedDevices
	readonly campaigns: CampaignIssues
	/** Null where no definition is in force: then nothing is said of the grammar. */
	readonly rules: PublishingRules | null
}

export class LeafAudit {
	readonly faults: ArchiveFaults = new CollectedFaults()
	readonly counts: Record<Leaf['kind'], number> = {
		entry: 0,
		head: 0,
		transcription: 0,
		ruling: 0,
		campaign: 0,
		withheld: 0,
	}
	readonly pictures = new PublicPictures()
	readonly #parts: LeafAuditParts
	readonly #ids = new Set<string>()
	readonly #chains: Readonly<Record<ListedRole, Map<string, AuditedChain>>> = {
		device: new Map(),
		station: new Map(),
		officer: new Map(),
	}
	readonly #answers = new GivenAnswers()
	readonly #findings: Finding[] = []
	/** Of the campaign objects, in the order of the leaves. */
	readonly #issues: { readonly leaf: number; readonly issue: number }[] = []

	constructor(parts: LeafAuditParts) {
		this.#parts = parts
	}

	async take(leaf: number, bytes: Uint8Array): Promise<void> {
		const parsed = parseLeaf(bytes)
		if (!parsed.ok) {
			this.faults.add({ leaf, ...parsed.fault })
			return
		}
		this.counts[parsed.value.kind]++
		const id = idOf(parsed.value)
		if (this.#ids.has(id)) {
			this.faults.add({ leaf, code: 'leaf-twice', detail: 'an object with its id stands before' })
			return
		}
		this.#ids.add(id)
		if (parsed.value.kind === 'withheld') {
			const { withheld, by, seq } = parsed.value.withheld
			if (withheld !== 'campaign' && withheld !== 'head')
				await this.#place(leaf, withheld, by, { seq, id, prev: null })
			return
		}
		const { kind, jws } = parsed.value
		const { rules } = this.#parts
		const outside = rules === null ? null : outsideGrammar(kind, jws, rules)
		if (outside !== null)
			this.faults.add({
				leaf,
				code: 'not-closed',
				detail: 'published as text, though outside the closed grammar',
			})
		if (kind === 'campaign') this.#takeCampaign(leaf, jws)
		else await this.#takeSigned(leaf, kind, jws)
	}

	/** Of the newest campaign object among the leaves; 0 before the first. */
	get newestIssue(): number {
		return this.#issues.at(-1)?.issue ?? 0
	}

	/** The one in force when there were `size` leaves. */
	campaignAt(size: number): SignedCampaign | undefined {
		const { campaigns } = this.#parts
		const last = this.#issues.findLast(({ leaf }) => leaf < size)
		return last === undefined && size === 0 ? campaigns.issues()[0] : campaigns.withIssue(last?.issue ?? 0)
	}

	/** In the order of the leaves, once all were seen. */
	findings(): readonly Finding[] {
		const all = [...this.#findings]
		for (const chains of Object.values(this.#chains)) {
			for (const [by, chain] of chains) {
				for (const { code, line, seq } of chain.faults()) {
					if (code !== 'gap') all.push({ code, leaf: line, by, seq })
				}
			}
		}
		for (const { code, line, device = '', seq = null } of this.#answers.faults()) {
			all.push({ code: code as FindingCode, leaf: line, by: device, seq })
		}
		return all.sort((one, other) => one.leaf - other.leaf || (one.code < other.code ? -1 : 1))
	}

	signers(role: ListedRole): readonly SignerReport[] {
		return [...this.#chains[role]]
			.map(([id, chain]) => ({
				...{ id, entries: chain.entries, last: chain.highest },
				awaited: chain.gaps().reduce((sum, [first, last]) => sum + last - first + 1, 0),
			}))
			.sort((one, other) => (one.id < other.id ? -1 : 1))
	}

	#takeCampaign(leaf: number, jws: Jws): void {
		const issue = (jws.payload as { readonly issue?: unknown } | null)?.issue
		const known = typeof issue === 'number' ? this.#parts.campaigns.withIssue(issue) : undefined
		if (known?.text !== jws.text || known.said.issue <= this.newestIssue) {
			this.faults.add({
				leaf,
				code: 'campaign-differs',
				detail: 'not the next campaign object of keys/campaign.jws',
			})
			return
		}
		this.#issues.push({ leaf, issue: known.said.issue })
	}

	async #takeSigned(leaf: number, kind: Exclude<LeafKind, 'campaign'>, jws: Jws): Promise<void> {
		const role = roleOf[kind]
		const key = await this.#keyOf(jws.kid, role)
		if (!key.ok) {
			this.#findings.push({ code: key.fault.code as FindingCode, leaf, by: jws.kid, seq: null })
			return
		}
		const verified = verifyJws(jws, { id: jws.kid, publicKey: key.value })
		if (!verified.ok) {
			this.faults.add({ leaf, ...verified.fault })
			return
		}
		switch (kind) {
			case 'entry': {
				const signed = await this.#takeLinked(leaf, entryChain, jws)
				if (signed === null) return
				this.#answers.noteEntry(signed)
				this.pictures.note(signed.entry)
				return
			}
			case 'head': {
				const read = readHead(jws)
				if (!read.ok) this.faults.add({ leaf, ...read.fault })
				return
			}
			case 'transcription': {
				const signed = await this.#takeLinked(leaf, transcriptionChain, jws)
				if (signed === null) return
				const { station, seq } = signed.transcription
				const isRevoked = this.#parts.devices.authority?.roll.isRevoked(station, seq) === true
				if (!isRevoked) this.#answers.note(leaf, signed)
				return
			}
			case 'ruling':
				await this.#takeLinked(leaf, rulingChain, jws)
		}
	}

	async #takeLinked<T extends ChainObject>(leaf: number, chain: ChainKind<T>, jws: Jws): Promise<T | null> {
		const read = chain.read(jws)
		if (!read.ok) {
			this.faults.add({ leaf, ...read.fault })
			return null
		}
		await this.#place(
			leaf,
			chain.kind as 'entry' | 'transcription' | 'ruling',
			jws.kid,
			chain.linkOf(read.value),
		)
		return read.value
	}

	async #place(
		leaf: number,
		kind: 'entry' | 'transcription' | 'ruling',
		by: string,
		link: { readonly seq: number; readonly id: string; readonly prev: string | null },
	): Promise<void> {
		const role = roleOf[kind]
		const key = await this.#keyOf(by, role)
		// What is withheld is by whoever the log says: without a key there is no chain to put it in.
		if (!key.ok) return
		const chains = this.#chains[role]
		const chain =
			chains.get(by) ?? new AuditedChain(genesisOf(key.value), this.#parts.devices.revocationOf(by))
		chains.set(by, chain)
		chain.add({ line: leaf, ...link })
	}

	#keyOf(id: string, role: ListedRole): Promise<Result<KeyObject>> {
		return this.#parts.devices.signer(role, id)
	}
}
