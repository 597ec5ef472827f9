/** The files of an archive by SHA256SUMS, which its site note signs (ARCHIVE.md, "Files by digest"). */
import { byBytes, manyAtOnce } from './archive-files.js'
import { parseDecimal, sha256, toHex } from './bytes.js'
import { codeOf, refuse } from './faults.js'
import { isTilePath } from './tiles.js'

const checksumsName = 'SHA256SUMS'
const checksumsLine = /^([0-9a-f]{64}) {2}((?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*)$/
/** Whose folders have sums of their own. */
const dividedFolders = ['p', 'c']
/** What leaves name, and what is being written. */
const foldersWithout = ['image', '.new']
const longestPath = 255

/** The folder whose sums name a file; empty for the top. */
function folderNaming(path) {
	const [top, below, ...rest] = path.split('/')
	if (below === undefined) return ''
	return dividedFolders.includes(top) && rest.length > 0 ? `${top}/${below}` : top
}

const folderAbove = (folder) => folder.slice(0, Math.max(0, folder.lastIndexOf('/')))

/** Path and digest of each line. */
function parseChecksums(bytes) {
	const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\n')
	if (lines.pop() !== '') refuse('bad-checksums')
	let before = ''
	return lines.map((line) => {
		const [, digest, path] = checksumsLine.exec(line) ?? refuse('bad-checksums')
		if (path <= before || path.length > longestPath) refuse('bad-checksums')
		before = path
		return [path, digest]
	})
}

class Checksums {
	/** Path to digest. */
	listed = new Map()
	/** The paths of all sums that should be there. */
	sums = new Set()
	/** Nothing else can be said of files. */
	isBad = false
	constructor(archive, faults) {
		this.archive = archive
		this.faults = faults
	}

	async take(folder, digest) {
		const path = folder === '' ? checksumsName : `${folder}/${checksumsName}`
		this.sums.add(path)
		let bytes
		try {
			bytes = await this.archive.read(path)
			if (toHex(await sha256(bytes)) !== digest) refuse('file-altered')
		} catch (error) {
			const code = codeOf(error)
			if (folder === '') this.isBad = true
			this.faults.add(folder === '' ? 'sums-differ' : code, { path })
			return
		}
		try {
			for (const [name, right] of parseChecksums(bytes))
				await this.#takeName(folder, folder === '' ? name : `${folder}/${name}`, right, path)
		} catch (error) {
			this.isBad = true
			this.faults.add(codeOf(error), { path })
		}
	}

	async #takeName(folder, name, right, path) {
		const below = name.endsWith(`/${checksumsName}`) ? folderAbove(name) : null
		const isOfFolder = below !== null && folderNaming(name) === below && folderAbove(below) === folder
		if (below === null && folderNaming(name) === folder) this.listed.set(name, right)
		else if (isOfFolder) await this.take(below, right)
		else {
			this.isBad = true
			this.faults.add('bad-checksums', { path })
		}
	}

	/** Whether sums name it, or need not. */
	isNamed(path, { size, publication }) {
		if (this.listed.has(path) || this.sums.has(path) || path === 'feed/latest') return true
		const [top, ...rest] = path.split('/')
		const name = rest.join('/')
		if (rest.length > 0 && top === 'tile') return isTilePath(path, size)
		if (rest.length > 0 && top === 'checkpoints') return isNameOfCheckpoint(name, size)
		if (rest.length > 0 && top === 'sites') return name === 'latest.torrent' || isUpTo(name, publication)
		return rest.length > 0 ? foldersWithout.includes(top) : top === 'checkpoint' || top === 'site'
	}
}

function isNameOfCheckpoint(name, size) {
	const [, decimal, number] = /^([^.]*)\.([^.]*)\.tsr$/.exec(name) ?? []
	if (decimal === undefined) return parseDecimal(name) !== null
	return isUpTo(decimal, size) && parseDecimal(number) !== null
}

function isUpTo(decimal, most) {
	const number = parseDecimal(decimal)
	return number !== null && number <= most
}

export async function checkFiles(archive, site, faults, progress) {
	const checksums = new Checksums(archive, faults)
	await checksums.take('', site.checksums)
	if (checksums.isBad) return
	const listed = [...checksums.listed.keys()].sort()
	const codes = await manyAtOnce(
		listed,
		(path) => archive.faultOf(path, checksums.listed.get(path)),
		progress,
	)
	for (const [at, code] of codes.entries()) if (code !== null) faults.add(code, { path: listed[at] })
	const unlisted = archive.paths().filter((path) => !checksums.isNamed(path, site))
	for (const path of unlisted.sort(byBytes)) faults.add('file-unlisted', { path })
}
