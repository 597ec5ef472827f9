/** The files of an archive by SHA256SUMS, which its site note signs (ARCHIVE.md, "Files by digest"). */
import { byBytes, manyAtOnce } from './archive-files.js'
import { sha256, toHex } from './bytes.js'
import { codeOf, refuse } from './faults.js'

const checksumsName = 'SHA256SUMS'
const checksumsLine = /^([0-9a-f]{64}) {2}((?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*)$/
/** Whose folders have sums of their own. */
const dividedFolders = ['p', 'c']
/** What is signed, or named by a leaf. */
const foldersWithout = ['tile', 'checkpoints', 'sites', 'image']

/** The folder whose sums name a file; empty for the top. */
function folderNaming(path) {
	const [top, below, ...rest] = path.split('/')
	if (below === undefined) return ''
	return dividedFolders.includes(top) && rest.length > 0 ? `${top}/${below}` : top
}

const folderAbove = (folder) => folder.slice(0, Math.max(0, folder.lastIndexOf('/')))

/** Path and digest of each line. */
function parseChecksums(bytes) {
	const lines = new TextDecoder().decode(bytes).split('\n')
	if (lines.pop() !== '') refuse('bad-checksums')
	let before = ''
	return lines.map((line) => {
		const [, digest, path] = checksumsLine.exec(line) ?? refuse('bad-checksums')
		if (path <= before) refuse('bad-checksums')
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
	isNamed(path) {
		if (this.listed.has(path) || this.sums.has(path) || path === 'feed/latest') return true
		const [top, ...rest] = path.split('/')
		return rest.length > 0 ? foldersWithout.includes(top) : top === 'checkpoint' || top === 'site'
	}
}

/** `digest` is that of the sums at the top. */
export async function checkFiles(archive, digest, faults, progress) {
	const checksums = new Checksums(archive, faults)
	await checksums.take('', digest)
	if (checksums.isBad) return
	const listed = [...checksums.listed.keys()].sort()
	const codes = await manyAtOnce(
		listed,
		(path) => archive.faultOf(path, checksums.listed.get(path)),
		progress,
	)
	for (const [at, code] of codes.entries()) if (code !== null) faults.add(code, { path: listed[at] })
	const unlisted = archive.paths().filter((path) => !checksums.isNamed(path))
	for (const path of unlisted.sort(byBytes)) faults.add('file-unlisted', { path })
}
