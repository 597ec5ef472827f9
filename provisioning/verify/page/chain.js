/** What one device, station or officer signed: its first, second, third … object, each naming the one before. */

/** In a file of its own, where each line follows from the one before. */
export class Links {
	/** Seq and id of the last. */
	head = null
	/** The number that comes next. */
	expected = 1
	/** Whether the one before it is known. */
	linked = true
	constructor(genesis) {
		this.genesis = genesis
	}
	passOver() {
		this.expected++
		this.linked = false
	}
	/** The code of what is wrong with this link; null where nothing is. */
	add(seq, objectId, prev) {
		const { expected, linked } = this
		const before = this.head?.id ?? this.genesis
		this.head = { seq, id: objectId }
		this.expected = seq + 1
		this.linked = true
		if (seq !== expected) return seq < expected ? 'seq-repeated' : 'seq-gap'
		return linked && prev !== before ? 'bad-prev' : null
	}
}

/** As a centre got them: in any order, some twice, some never, some in conflict. */
export class Chain {
	bySeq = new Map()
	/** The last number before which none is missing. */
	contiguous = 0
	highest = 0
	constructor(genesis) {
		this.genesis = genesis
	}
	add(placed) {
		const bearers = this.bySeq.get(placed.seq) ?? []
		if (!bearers.some((other) => other.id === placed.id)) bearers.push(placed)
		this.bySeq.set(placed.seq, bearers)
		this.highest = Math.max(this.highest, placed.seq)
		while (this.bySeq.has(this.contiguous + 1)) this.contiguous++
	}
	has(seq, entryId) {
		return (this.bySeq.get(seq) ?? []).some((placed) => placed.id === entryId)
	}
	/** False only when the entry before is held and is another than the one named; what is withheld names none. */
	follows({ seq, prev }) {
		if (prev === null) return true
		if (seq === 1) return prev === this.genesis
		return !this.bySeq.has(seq - 1) || this.has(seq - 1, prev)
	}
	idsAt(seq) {
		return (this.bySeq.get(seq) ?? []).map((placed) => placed.id)
	}
	/** `revoked` is what the authority said of the device, or null. */
	look(faults, device, revoked) {
		const gaps = []
		const twice = []
		const proofs = []
		let last = 0
		let quarantined = 0
		for (const seq of [...this.bySeq.keys()].sort((a, b) => a - b)) {
			const bearers = this.bySeq.get(seq)
			if (seq > last + 1) {
				gaps.push([last + 1, seq - 1])
				faults.add(bearers[0].line, 'gap', last + 1, device)
			}
			if (bearers.length > 1) {
				twice.push(seq)
				proofs.push({ device, seq, entries: bearers.map(({ id: entryId, line }) => ({ id: entryId, line })) })
			}
			for (const { line } of bearers.slice(1)) faults.add(line, 'equivocation', seq, device)
			for (const placed of bearers)
				if (!this.follows(placed)) faults.add(placed.line, 'bad-prev', seq, device)
			if (revoked !== null && seq > revoked.last) {
				quarantined += bearers.length
				for (const { line } of bearers) faults.add(line, 'revoked', seq, device)
			}
			last = seq
		}
		const first = this.bySeq.get(this.contiguous)?.[0]
		const entries = [...this.bySeq.values()].reduce((sum, bearers) => sum + bearers.length, 0)
		const upto = first === undefined ? null : { seq: first.seq, id: first.id }
		return { report: { device, entries, upto, gaps, equivocations: twice, revoked, quarantined }, proofs }
	}
}
