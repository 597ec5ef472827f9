/** Answers of reading stations to the entries of a ledger: to a picture that the entry names, and no two to one entry. */

/** Of stations that have not disowned them. */
export class Answers {
	/** Entry to the digests of its pictures. */
	#pictures = new Map()
	/** Id to line and answer. */
	#given = new Map()

	takeEntry(entryId, entry) {
		this.#pictures.set(entryId, picturesOf(entry))
	}

	take(line, answerId, answer) {
		if (!this.#given.has(answerId)) this.#given.set(answerId, { line, answer })
	}

	/** As they stand in the ledger, whose lines follow one another. */
	findFaults(faults) {
		const about = ({ station, entry }, objectId) => [station, entry, objectId].join(' ')
		const all = [...this.#given]
		const replaced = new Set(
			all
				.filter(([, { answer }]) => answer.replaces !== undefined && this.#isToAPicture(answer))
				.map(([, { answer }]) => about(answer, answer.replaces)),
		)
		/** Station and entry to what was said first. */
		const first = new Map()
		for (const [answerId, { line, answer }] of all) {
			let code = null
			if (!this.#isToAPicture(answer)) code = this.#pictures.has(answer.entry) ? 'other-image' : null
			else if (!replaced.has(about(answer, answerId))) {
				const said = JSON.stringify(
					answer.text === undefined ? ['code', answer.code ?? null] : ['text', answer.text],
				)
				const before = first.get(about(answer))
				if (before === undefined) first.set(about(answer), said)
				else if (before !== said) code = 'answer-changed'
			}
			if (code !== null) faults.add(line, code, answer.seq, answer.station)
		}
	}

	#isToAPicture({ entry, image }) {
		return this.#pictures.get(entry)?.has(image) === true
	}
}

/** The digests of an entry's pictures as they were taken, sealed or not. */
export function picturesOf(entry) {
	return new Set(entry.kind === 'acta' ? entry.images.map((one) => one.sha256) : [])
}
