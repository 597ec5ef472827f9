/** What is wrong: `code` is the same word in all verifiers. */
export class Fault extends Error {
	constructor(code) {
		super(code)
		this.code = code
	}
}
export const refuse = (code) => {
	throw new Fault(code)
}

const mostFaults = 100
export class Faults {
	kept = []
	count = 0
	/** What was found in another file, before anything in this. */
	include(others) {
		this.kept.push(...others.kept)
		this.count += others.count
	}
	add(line, code, seq, device, file) {
		this.count++
		if (this.kept.length < mostFaults) this.kept.push({ file, line, device, seq, code })
	}
}

/** Of an archive: each with the path of a file or the number of a leaf. */
export class ArchiveFaults {
	kept = []
	count = 0
	include(others) {
		this.count += others.count
		this.kept.push(...others.kept.slice(0, mostFaults - this.kept.length))
	}
	add(code, where) {
		this.count++
		if (this.kept.length < mostFaults) this.kept.push({ code, ...where })
	}
}

export const codeOf = (error) => {
	if (error instanceof Fault) return error.code
	throw error
}
